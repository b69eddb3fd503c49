"""All datasets of a workspace: add, list, open, edit and remove."""

import difflib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dlstudio.data.catalog_lock import catalog_lock, edit_lock
from dlstudio.data.dataset import Dataset
from dlstudio.data.drop_repeated import drop_repeated_rows
from dlstudio.data.edit import ColumnChange, edit_version
from dlstudio.data.importing import FileImport, import_file
from dlstudio.data.options import GUESS_EVERYTHING, ReadOptions
from dlstudio.data.progress import IngestProgress, ignore_progress
from dlstudio.data.versions import (
    build_folder,
    copy_renamed,
    dataset_folder,
    dataset_folders,
    read_current,
    read_info,
    remove_folder,
    version_folders,
)
from dlstudio.errors import ConflictError, DataError, NotFoundError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo

MAX_NAME_LENGTH = 100


def add_dataset(
    settings: Settings,
    path: Path,
    name: str | None = None,
    options: ReadOptions = GUESS_EVERYTHING,
    progress: Callable[[IngestProgress], None] | None = None,
) -> Dataset:
    """Make a dataset of a file or a folder.

    A dataset of that name gets a new version; equal content gives the version there is.

    Args:
        settings: Where datasets live, and the limits.
        path: The file: CSV or another delimiter, Excel, JSON, JSON lines, Parquet, .ts or ARFF,
            plain or inside .gz or .zip; or a folder or ZIP of images, sounds, videos, texts or
            recordings, in a folder a class or with a table that lists them.
        name: Name of the dataset; the file's name without its ending by default.
        options: What is known about the file; the rest is guessed.
        progress: Is told how far the work is.

    Raises:
        DataError: The file cannot be read, is too large or empty, or the disk is full.
        BrokenFiles: Some files of a folder or archive cannot be read.
        NotFoundError: There is no such file.
    """
    path = Path(path)
    report = progress or ignore_progress
    _check_file(settings, path)
    file_name = safe_file_name(path.absolute().name)
    stem = file_name if path.is_dir() else file_name.split(".")[0]
    dataset_name = checked_name(stem[:MAX_NAME_LENGTH] if name is None else name)
    order = FileImport(path, file_name, dataset_name, options, progress=report)
    return import_file(settings, order)


def list_datasets(settings: Settings) -> list[DatasetInfo]:
    """Describe the current version of every dataset, newest first."""
    found = []
    for folder in dataset_folders(settings):
        current = read_current(folder)
        info = read_info(folder / current) if current else None
        if info is not None:
            found.append(info)
    return sorted(found, key=lambda info: info.created_at, reverse=True)


def list_versions(settings: Settings, name: str) -> list[DatasetInfo]:
    """Describe every version of a dataset, newest first.

    Raises:
        NotFoundError: There is no such dataset.
    """
    infos = [read_info(folder) for folder in version_folders(dataset_folder(settings, name))]
    found = [info for info in infos if info is not None]
    if not found:
        raise _not_found(settings, name)
    return sorted(found, key=lambda info: info.created_at, reverse=True)


def versions_only_here(settings: Settings, name: str) -> frozenset[str]:
    """Name the versions of a dataset that no other dataset has too, by their fingerprints.

    Raises:
        NotFoundError: There is no such dataset.
    """
    mine = {info.fingerprint for info in list_versions(settings, name)}
    folder = dataset_folder(settings, name)
    others = [other for other in dataset_folders(settings) if other != folder]
    return frozenset(mine - {path.name for other in others for path in version_folders(other)})


def open_dataset(settings: Settings, name: str, fingerprint: str | None = None) -> Dataset:
    """Open one version of a dataset.

    Args:
        settings: Where datasets live.
        name: The dataset's name.
        fingerprint: The version; the current one by default.

    Raises:
        NotFoundError: There is no such dataset or version; names the nearest one.
    """
    folder = dataset_folder(settings, name)
    current = read_current(folder)
    if current is None:
        renamed = _folder_of_version(settings, fingerprint)
        if renamed is None:
            raise _not_found(settings, name)
        folder, current = renamed.parent, renamed.name
    wanted = current if fingerprint is None else fingerprint
    versions = {entry.name: entry for entry in version_folders(folder)}
    info = read_info(versions[wanted]) if wanted in versions else None
    if info is None:
        raise NotFoundError(
            f"The dataset {name!r} has no version {wanted[:12]!r}.",
            f"Choose one of: {', '.join(sorted(key[:12] for key in versions))}.",
            where="dataset.fingerprint",
        )
    return Dataset(versions[wanted], info)


def edit_columns(settings: Settings, name: str, changes: Sequence[ColumnChange]) -> Dataset:
    """Change kinds and roles of columns, which makes a new version.

    Args:
        settings: Where datasets live.
        name: The dataset's name.
        changes: The changes; what is None stays.

    Raises:
        NotFoundError: There is no such dataset or column.
        DataError: A column cannot have that kind, or the disk is full.
    """
    folder = open_dataset(settings, name).folder.parent
    try:
        with edit_lock(folder):
            return edit_version(settings, open_dataset(settings, name), changes)
    except FileNotFoundError as error:  # somebody else removed it meanwhile
        raise _not_found(settings, name) from error


def drop_repeated(settings: Settings, name: str) -> Dataset:
    """Leave out rows that repeat an earlier one, which makes a new version.

    Args:
        settings: Where datasets live.
        name: The dataset's name.

    Returns:
        The new version; the current one if no row repeats another.

    Raises:
        NotFoundError: There is no such dataset.
        DataError: Its cells name images, sounds or videos, or the disk is full.
    """
    folder = open_dataset(settings, name).folder.parent
    try:
        with edit_lock(folder):
            return drop_repeated_rows(settings, open_dataset(settings, name))
    except FileNotFoundError as error:  # somebody else removed it meanwhile
        raise _not_found(settings, name) from error


def rename_dataset(settings: Settings, name: str, new_name: str) -> None:
    """Give a dataset another name; runs find it by its fingerprint as before.

    Args:
        settings: Where datasets live.
        name: Its name.
        new_name: Its new name, 1 to 100 printable characters.

    Raises:
        NotFoundError: There is no such dataset.
        ConflictError: Another dataset has the new name.
        DataError: The new name cannot be used.
    """
    checked = checked_name(new_name)
    new_folder = dataset_folder(settings, checked)
    with build_folder(settings) as build, catalog_lock(settings):
        old_folder = dataset_folder(settings, open_dataset(settings, name).info.name)
        if read_current(new_folder) is not None:
            raise ConflictError(
                f"There is a dataset {checked!r} already.", "Choose another name.", where="name"
            )
        copy_renamed(old_folder, build / "copy", checked)
        (build / "copy").rename(new_folder)
        remove_folder(settings, old_folder)


def remove_dataset(settings: Settings, name: str) -> None:
    """Remove a dataset with all its versions.

    Raises:
        NotFoundError: There is no such dataset.
    """
    folder = dataset_folder(settings, name)
    with catalog_lock(settings):
        if read_current(folder) is None:
            raise _not_found(settings, name)
        remove_folder(settings, folder)


def safe_file_name(name: str) -> str:
    """Return the last part of a client's file name, printable and of bounded length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    return printable[-200:] or "upload"


def _folder_of_version(settings: Settings, fingerprint: str | None) -> Path | None:
    """Find a version whose dataset was given another name."""
    if fingerprint is None or not fingerprint.isalnum():
        return None
    versions = (folder / fingerprint for folder in dataset_folders(settings))
    return next((version for version in versions if read_info(version) is not None), None)


def checked_name(name: str) -> str:
    """Return a dataset's name without needless white space.

    Raises:
        DataError: It cannot be used.
    """
    tidy = " ".join(name.split())
    if tidy and tidy.isprintable() and len(tidy) <= MAX_NAME_LENGTH:
        return tidy
    raise DataError(
        f"The dataset name {name[:120]!r} was given, but 1 to {MAX_NAME_LENGTH} printable "
        "characters were expected.",
        "Choose another name.",
        where="name",
    )


def _check_file(settings: Settings, path: Path) -> None:
    if not path.is_file() and not path.is_dir():
        raise NotFoundError(
            f"{str(path)!r} does not exist.", "Give the path of a file or a folder.", where="file"
        )
    if not os.access(path, os.R_OK):
        raise DataError(f"{str(path)!r} may not be read.", "Change its permissions.", where="file")
    if path.is_dir():
        return  # its size is found while its files are listed
    size = path.stat().st_size
    if size > settings.max_upload_bytes:
        raise DataError(
            f"{path.name!r} has {size / 1024**2:,.0f} MB; at most "
            f"{settings.max_upload_bytes / 1024**2:,.0f} MB are allowed.",
            "Choose a smaller file, or raise DLSTUDIO_MAX_UPLOAD_MB and start the studio again.",
            where="file",
        )


def _not_found(settings: Settings, name: str) -> NotFoundError:
    names = [info.name for info in list_datasets(settings)]
    nearest = difflib.get_close_matches(name, names, n=1)
    if nearest:
        fix = f"Use {nearest[0]!r} if that is what you meant."
    elif names:
        fix = f"Choose one of: {', '.join(names[:10])}."
    else:
        fix = "Add a dataset first: dlstudio data add PATH, or the Data page."
    return NotFoundError(f"There is no dataset {name!r}.", fix, where="dataset.name")
