"""Copies of files, and their checksums."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlstudio.errors import StudioError, disk_problem
from dlstudio.evaluation.whole_file import written_whole


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; the copy is compared with the source before it takes its place.

    Args:
        source: An existing file.
        target: Where it goes; missing folders above it are made.

    Raises:
        StudioError: The target cannot be written.
    """
    with _writing(target) as partial:
        shutil.copyfile(source, partial)
        if sha256_of(partial) != sha256_of(source):
            raise OSError("the copy differs from the source")


def write_text_file(target: Path, text: str) -> None:
    """Write a text, whole or not at all.

    Args:
        target: Where it goes; missing folders above it are made.
        text: The content, written as UTF-8.

    Raises:
        StudioError: The target cannot be written; an older file stays as it was.
    """
    with _writing(target) as partial:
        partial.write_text(text, encoding="utf-8")


@contextmanager
def _writing(target: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of the target; says so where that fails."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as partial:
            yield partial
    except OSError as error:
        reason = error.strerror or error
        if disk_problem(error) is not None:
            reason = "the disk is full"
        raise StudioError(
            f"{target} cannot be written: {reason}.",
            "Choose another place, or free some space there.",
            where=str(target),
        ) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
