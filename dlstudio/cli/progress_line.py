"""One line on the terminal that is written again and again; silent where nobody watches."""

import shutil
import sys
import time

REDRAW_S = 0.1


class ProgressLine:
    """Shows where a long job is, on stderr and only if that is a terminal."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._is_watched = sys.stderr.isatty()
        self._drawn_at = 0.0
        self._is_drawn = False

    def show(self, text: str) -> None:
        """Replace the line; calls that come too fast to read are passed over."""
        now = time.monotonic()
        if not self._is_watched or now - self._drawn_at < REDRAW_S:
            return
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[2K{text[:width]}")
        sys.stderr.flush()
        self._drawn_at, self._is_drawn = now, True

    def clear(self) -> None:
        """Remove the line, so that other output can follow."""
        if self._is_drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._is_drawn = False
