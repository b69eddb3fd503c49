"""What is wrong with a file of an image, a sound or a video."""

import struct
from pathlib import Path

from dlstudio.errors import DataError

# What Pillow raises over broken content, beside OSError.
PILLOW_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)


class UnreadableMedia(DataError):
    """A file that cannot be decoded.

    Attributes:
        reason: What is wrong, as the rest of a sentence that begins with the file's name, such as
            "is empty (0 bytes)".
        path: The file, if it is known here.
        own_fix: What helps with this file, as a sentence; None if only another file does.
    """

    def __init__(
        self, reason: str, path: Path | str | None = None, own_fix: str | None = None
    ) -> None:
        """Say what is wrong with a file."""
        name = "The file" if path is None else repr(str(path))
        super().__init__(
            f"{name} {reason}.",
            own_fix or "Replace the file, or leave it out.",
            where="" if path is None else str(path),
        )
        self.reason = reason
        self.path = path
        self.own_fix = own_fix

    def __reduce__(
        self,
    ) -> tuple[type["UnreadableMedia"], tuple[str, Path | str | None, str | None]]:
        """Let the error cross a process border whole."""
        return (UnreadableMedia, (self.reason, self.path, self.own_fix))
