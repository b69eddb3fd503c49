"""Dataset versions on disk: where they are, how they appear at once, how they go."""

import errno
import hashlib
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import psutil
from pydantic import ValidationError

from dlstudio.data.catalog_lock import catalog_lock
from dlstudio.data.columns import CellStyle
from dlstudio.data.numbers import NumberStyle
from dlstudio.data.options import DateOrder
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.frozen import Frozen

INFO_FILE = "dataset.json"
READING_FILE = "reading.json"
CURRENT_FILE = "current"
_BUILD_PREFIX = ".build-"
_REMOVED_PREFIX = ".removed-"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Reading(Frozen):
    """What later edits need to know about how a version was made.

    Attributes:
        digests: A digest of each column's values.
        files: A digest of the content of each column's files; "" for columns without, nothing at
            all if there is no such column.
        decimal: The decimal sign of numbers in the source.
        thousands: The thousands separator of the source, empty if there is none.
        other_decimal: Columns whose numbers have the other decimal sign.
        date_order: The order of day and month in the source.
        has_cells: Some columns' original text is kept beside the table.
    """

    digests: tuple[str, ...]
    files: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    other_decimal: tuple[str, ...] = ()
    date_order: DateOrder = DateOrder.MONTH_FIRST
    has_cells: bool = False

    @property
    def style(self) -> CellStyle:
        """How numbers and dates are written in the source."""
        numbers = NumberStyle(self.decimal, self.thousands)
        return CellStyle(numbers, self.date_order, self.other_decimal)


def dataset_folder(settings: Settings, name: str) -> Path:
    """Return the folder that holds the versions of a dataset.

    Args:
        settings: Where datasets live.
        name: The dataset's name, any text; it can never lead out of the datasets' folder.
    """
    return settings.datasets_folder / slug(name)


def slug(name: str) -> str:
    """Turn a name into a folder name: lower case, no special characters, one a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    if stem == name:
        return stem
    return f"{stem or 'dataset'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@contextmanager
def build_folder(settings: Settings) -> Iterator[Path]:
    """Give a temporary folder beside the datasets, gone at the end unless it was published.

    Raises:
        DataError: The disk is full or may not be written.
    """
    with clear_disk_errors(settings.datasets_folder):
        settings.datasets_folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(settings)
        folder = settings.datasets_folder / f"{_BUILD_PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def clear_disk_errors(folder: Path) -> Iterator[None]:
    """Turn the system's errors about space and permissions into words.

    Args:
        folder: The folder that is written, named in the message.

    Raises:
        DataError: The disk is full, or the folder may not be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DataError(
                f"The disk that holds {str(folder)!r} is full; nothing was changed.",
                "Free some space, or set DLSTUDIO_HOME to a folder on another disk.",
                where="disk",
            ) from error
        if isinstance(error, PermissionError):
            raise DataError(
                f"The folder {str(folder)!r} may not be written.",
                "Change its permissions, or set DLSTUDIO_HOME to another folder.",
                where="disk",
            ) from error
        raise


def publish(settings: Settings, build: Path, info: DatasetInfo, reading: Reading) -> Path:
    """Make a finished build the current version of its dataset.

    A whole version that exists already stays as it is: equal fingerprints are equal contents. Two
    processes may publish at the same time; the last one is current.

    Args:
        settings: Where datasets live.
        build: The temporary folder with the table.
        info: What the version contains.
        reading: What later edits need.

    Returns:
        The version's folder.
    """
    folder = dataset_folder(settings, info.name)
    version = folder / info.fingerprint
    with clear_disk_errors(folder):
        _write_synced(build / READING_FILE, reading.model_dump_json())
        _write_synced(build / INFO_FILE, info.model_dump_json())
        with catalog_lock(settings):
            folder.mkdir(parents=True, exist_ok=True)
            if read_info(version) is None:
                shutil.rmtree(version, ignore_errors=True)  # damaged, as after a power cut
                build.rename(version)
            _set_current(folder, info.fingerprint)
    return version


def read_current(folder: Path) -> str | None:
    """Return the fingerprint of the current version; None if there is no dataset."""
    try:
        return (folder / CURRENT_FILE).read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_info(version: Path) -> DatasetInfo | None:
    """Read what a version contains; None if it is gone or damaged."""
    path = version / INFO_FILE
    try:
        return _read_info_once(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError, ValidationError, UnicodeDecodeError):
        return None


@lru_cache(maxsize=8)  # one of a table with 5,000 columns takes 40 MB
def _read_info_once(path: Path, _changed_at: int) -> DatasetInfo:
    """Versions never change, and a page asks for the same ones at every click."""
    return DatasetInfo.model_validate_json(path.read_text("utf-8"))


def read_reading(version: Path) -> Reading:
    """Read how a version was made."""
    return Reading.model_validate_json((version / READING_FILE).read_text("utf-8"))


def dataset_folders(settings: Settings) -> list[Path]:
    """List the folders of all datasets."""
    try:
        entries = sorted(settings.datasets_folder.iterdir())
    except FileNotFoundError:
        return []
    return [entry for entry in entries if entry.is_dir() and not entry.name.startswith(".")]


def version_folders(folder: Path) -> list[Path]:
    """List the folders of all versions of a dataset."""
    try:
        return [entry for entry in sorted(folder.iterdir()) if (entry / INFO_FILE).is_file()]
    except FileNotFoundError:
        return []


def remove_folder(settings: Settings, folder: Path) -> None:
    """Remove a dataset's folder, so that it is gone at once for everybody else."""
    grave = settings.datasets_folder / f"{_REMOVED_PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
    folder.rename(grave)
    shutil.rmtree(grave, ignore_errors=True)


def copy_renamed(source: Path, target: Path, name: str) -> None:
    """Copy all versions of a dataset under another name, sharing the large files.

    Args:
        source: The dataset's folder.
        target: The new folder.
        name: The new name.
    """
    target.mkdir()
    for version in version_folders(source):
        info = read_info(version)
        if info is None:
            continue
        (target / version.name).mkdir()
        for entry in version.iterdir():
            share(entry, target / version.name / entry.name)
        (target / version.name / INFO_FILE).unlink()
        renamed = info.model_copy(update={"name": name})
        _write_synced(target / version.name / INFO_FILE, renamed.model_dump_json())
    _write_synced(target / CURRENT_FILE, read_current(source) or "")


def share(source: Path, target: Path) -> None:
    """Share an immutable file, or every file of a folder; copy where links cannot be made.

    Args:
        source: The file or folder.
        target: The second name.
    """
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_or_copy)
    else:
        _link_or_copy(str(source), str(target))


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def folder_bytes(folder: Path) -> int:
    """Sum the sizes of the files below a folder, or the size of a file; links count nothing."""
    if folder.is_file():
        return folder.stat().st_size
    total = 0
    for place, _, names in os.walk(folder):
        total += sum(os.lstat(os.path.join(place, name)).st_size for name in names)
    return total


def _set_current(folder: Path, fingerprint: str) -> None:
    draft = folder / f".current-{uuid.uuid4().hex[:8]}"
    _write_synced(draft, fingerprint)
    draft.replace(folder / CURRENT_FILE)


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _remove_abandoned(settings: Settings) -> None:
    """Remove what processes left behind that were killed in the middle."""
    for entry in settings.datasets_folder.iterdir():
        for prefix in (_BUILD_PREFIX, _REMOVED_PREFIX):
            owner = entry.name.removeprefix(prefix).split("-")[0]
            if entry.name.startswith(prefix) and not psutil.pid_exists(int(owner)):
                shutil.rmtree(entry, ignore_errors=True)
