"""Ctrl-C as a request that is looked at between steps, not an exception in the middle of one."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

MOST_COUNTED = 2
Handler = Callable[[int, FrameType | None], object]


class CountedInterrupts:
    """Counts Ctrl-C while it is entered.

    `KeyboardInterrupt` may leave a database connection in the middle of a statement. The third
    Ctrl-C raises it all the same: whoever asks so often must not wait. Outside the main thread,
    which alone hears signals, nothing is counted.
    """

    def __init__(self) -> None:
        """Count from zero; nothing is listened to yet."""
        self.count = 0
        self._before: Handler | int | None = None

    def __enter__(self) -> "CountedInterrupts":
        """Begin to count."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        """Leave Ctrl-C to whoever heard it before."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > MOST_COUNTED:
            raise KeyboardInterrupt
