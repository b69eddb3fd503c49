"""Copies of files, and their checksums."""

import hashlib
import shutil
from pathlib import Path

from dlstudio.errors import StudioError
from dlstudio.evaluation.whole_file import written_whole


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; the copy is compared with the source before it takes its place.

    Args:
        source: An existing file.
        target: Where it goes; missing folders above it are made.

    Raises:
        StudioError: The target cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as partial:
            shutil.copyfile(source, partial)
            if sha256_of(partial) != sha256_of(source):
                raise OSError("the copy differs from the source")
    except OSError as error:
        raise StudioError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Choose another place, or free some space there.",
            where=str(target),
        ) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
