"""Telling the watcher now and then, and asking it whether to stop."""

import time
from collections.abc import Callable

from dlstudio.reports.progress import Progress
from dlstudio.training.watcher import Watcher

EVERY_S = 0.2


class Ticker:
    """Lets through about five calls a second, so that reporting costs nothing measurable."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        """Be due at once.

        Args:
            every_s: Seconds between two calls.
        """
        self._every_s = every_s
        self._next_s = 0.0

    def is_due(self) -> bool:
        """Whether it is time again; if so, the next time is one interval away."""
        now = time.perf_counter()
        if now < self._next_s:
            return False
        self._next_s = now + self._every_s
        return True


class Watching:
    """Joins a training to its watcher."""

    def __init__(self, watcher: Watcher, every_s: float = EVERY_S) -> None:
        """Know whom to tell.

        Args:
            watcher: Is told about progress and asked whether to stop.
            every_s: Seconds between two reports.
        """
        self._watcher = watcher
        self._ticker = Ticker(every_s)
        self._is_stopping = False

    def say(self, text: str) -> None:
        """Write a sentence into the run's log."""
        self._watcher.on_log(text)

    def should_stop(self, progress: Callable[[], Progress]) -> bool:
        """Report progress and ask whether to stop, if it is time to.

        Args:
            progress: Makes the report; called only if it is time.

        Returns:
            Whether someone asked to stop, now or before.
        """
        if self._ticker.is_due():
            self._watcher.on_progress(progress())
            self._is_stopping = self._is_stopping or self._watcher.should_stop()
        return self._is_stopping
