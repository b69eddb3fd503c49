"""One process at a time changes which datasets there are and which version is current."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlstudio.settings import Settings

if sys.platform != "win32":
    import fcntl


@contextmanager
def catalog_lock(settings: Settings) -> Iterator[None]:
    """Wait until no other process or thread changes the list of datasets, and keep them out.

    Held only while folders are renamed, never while a file is read. The system lets go of it when
    a process dies. The lock is on the folder itself: a full disk has no room for a lock file.

    Args:
        settings: Where datasets live.
    """
    settings.datasets_folder.mkdir(parents=True, exist_ok=True)
    with _locked(settings.datasets_folder):
        yield


@contextmanager
def edit_lock(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes a dataset, so that the next change builds on theirs.

    Args:
        folder: The dataset's folder, which holds its versions.

    Raises:
        FileNotFoundError: The dataset was removed.
    """
    with _locked(folder):
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
