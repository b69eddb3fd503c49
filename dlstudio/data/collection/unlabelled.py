"""Files to predict: a folder or archive of them, a single one, or a table that lists them."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from dlstudio.data.any_table import AnyTable, open_any_table
from dlstudio.data.collection.class_folders import read_class_folders
from dlstudio.data.collection.folder_source import FolderSource
from dlstudio.data.collection.layout import MEDIA_KINDS, ClassFolders, Placed
from dlstudio.data.collection.listed_files import NAME_COLUMNS
from dlstudio.data.collection.members import Listing, Member
from dlstudio.data.collection.read import read_collection
from dlstudio.data.collection.stored_names import FILES_FOLDER
from dlstudio.data.column_names import clean_names
from dlstudio.data.media.table import MEDIA
from dlstudio.data.options import ReadOptions
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, DatasetInfo

FILE_COLUMN = "file"
_CONTENTS = (*MEDIA_KINDS, ColumnKind.TEXT, ColumnKind.SEQUENCE)


@dataclass(frozen=True)
class FilesTable(AnyTable):
    """Rows of files: the first column, `file_column`, names each by its path.

    Paths of names begin in the folder or archive. Cells of the columns of files are paths relative
    to `folder`, which is gone when the table is closed.
    """

    def batches(self) -> Iterator[pa.Table]:
        """Yield the rows in order, the column of names before the others."""
        for table in super().batches():
            if self.file_column is None:
                yield table
                continue
            if self.file_column not in table.column_names:
                table = table.append_column(self.file_column, self._names_of_files(table))
            others = [name for name in table.column_names if name != self.file_column]
            yield table.select([self.file_column, *others])

    def _names_of_files(self, table: pa.Table) -> pa.Array:
        """What a manifest's first column of files names."""
        paths = table.column(min(_places_of_files(self._stage))).to_pylist()
        return pa.array([path and path.removeprefix(f"{FILES_FOLDER}/") for path in paths])


@contextmanager
def open_rows_or_files(
    path: Path, info: DatasetInfo, options: ReadOptions, settings: Settings
) -> Iterator[AnyTable]:
    """Open what is to be predicted or evaluated.

    Args:
        path: A table; or, for columns of files, a folder or ZIP of files, with or without a table
            that lists them, or a single file. Files that cannot be read are left out and listed.
        info: The dataset whose columns are needed.
        options: What is known about the table.
        settings: The limits.

    Raises:
        NotFoundError: The path does not exist.
        DataError: It cannot be read, or holds files of another kind.
        BrokenFiles: None of the files can be read.
    """
    folder = settings.uploads_folder / secrets.token_hex(16)
    order = options.model_copy(update={"leave_out_broken": True})
    request = ReadRequest(path, path.name, folder / "stage.parquet", order, settings)
    if path.exists():
        folder.mkdir(parents=True)
    try:
        stage = _read_files(request, info) if path.exists() else None
        if stage is not None:
            yield _files_table(stage, folder, info)
            return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with open_any_table(path, options, settings, like=info.source) as table:
        yield table


def _read_files(request: ReadRequest, info: DatasetInfo) -> Stage | None:
    ending = request.path.suffix.lower()
    for kind in MEDIA_KINDS:
        is_wanted = kind in {column.kind for column in info.columns}
        if is_wanted and ending in MEDIA[kind].extensions and request.path.is_file():
            return _read_single_file(request, kind)
    # GIF files are what they are in the dataset, whether or not they move.
    return read_collection(request, known_kind=info.source.options.get("file_kind"))


def _read_single_file(request: ReadRequest, kind: ColumnKind) -> Stage:
    member = Member(request.path.name, request.path.stat().st_size, 0)
    source = FolderSource([str(request.path)], Listing((member,), ()))
    return read_class_folders(request, source, ClassFolders(kind, (Placed(member),), (), ()))


def _files_table(stage: Stage, folder: Path, info: DatasetInfo) -> FilesTable:
    wanted = list(_names_in_dataset(stage, info))
    place = _place_of_names(stage, wanted)
    # A table's column of files may itself be called `file`; the names then have another name.
    names, _ = clean_names([*wanted, FILE_COLUMN] if place == len(wanted) else wanted)
    own = tuple(names[: len(wanted)])
    return FilesTable(
        column_names=own,
        num_rows=stage.num_rows,
        num_rejected=stage.num_rejected,
        rejected=stage.rejected,
        folder=folder,
        file_column=None if place is None else names[place],
        _stage=replace(stage, names=own),
    )


def _place_of_names(stage: Stage, names: Sequence[str]) -> int | None:
    """Where the files' names stand; behind all columns if they have to be added."""
    contents = {place for place, known in stage.settled.items() if known.kind in _CONTENTS}
    own = {name: place for place, name in enumerate(names) if place not in contents}
    if FILE_COLUMN in own:
        return own[FILE_COLUMN]
    if _places_of_files(stage):
        return len(names)
    return next((own[name] for name in NAME_COLUMNS if name in own), None)


def _places_of_files(stage: Stage) -> list[int]:
    """Columns whose cells are paths of stored files; those of texts and sequences hold content."""
    return [place for place, known in stage.settled.items() if known.summary]


def _names_in_dataset(stage: Stage, info: DatasetInfo) -> Sequence[str]:
    """Name the files' column as the dataset does, if folders and not a table give its name."""
    if stage.options.get("layout") == "manifest":
        return stage.names
    kind = stage.settled[0].kind
    names = [column.name for column in info.columns if column.kind is kind]
    if len(names) == 1:
        return (names[0], *stage.names[1:])
    known = [column for column in info.columns if column.kind in (*MEDIA_KINDS, ColumnKind.TEXT)]
    wanted = ", ".join(f"{column.name!r} ({column.kind.value})" for column in known)
    if not names:
        raise DataError(
            f"The files are of the kind {kind.value}, but the columns of files are: "
            f"{wanted or 'none'}.",
            "Give files of that kind, or a table with the model's columns.",
            where="file",
        )
    raise DataError(
        f"{len(names)} columns are of the kind {kind.value}, and the files do not say which they "
        "belong to.",
        f"Add a table that lists the files, with the columns {wanted}.",
        where="file",
    )
