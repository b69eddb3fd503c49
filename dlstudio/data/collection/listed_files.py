"""The files that a manifest lists become columns of its table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pyarrow as pa

from dlstudio.data.collection.broken import BrokenFile, BrokenFiles, unreadable_entries
from dlstudio.data.collection.contents import Cell, FileContents, read_contents
from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.manifest import FileColumn, Manifest, stage_columns
from dlstudio.data.collection.members import Listing, Member, Remark, Source, UnreadableMember
from dlstudio.data.collection.recordings import RECORDING_EXTENSIONS
from dlstudio.data.collection.remarks import (
    other_tables_remark,
    others_remark,
    unlisted_remark,
)
from dlstudio.data.kinds import decide_kind
from dlstudio.data.line_numbers import lines_of_all
from dlstudio.data.listed_labels import is_target_name, join_labels
from dlstudio.data.other_notation import with_other_notation
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import MAX_LISTED, SettledColumn, Stage, StageWriter
from dlstudio.spec.dataset import ColumnKind, ColumnRole

# Their content stands in the table; media are stored beside it, each once.
_READ_BY_ROW = (ColumnKind.TEXT, ColumnKind.SEQUENCE)
# Where a column of content is called like the first, the names have the next.
NAME_COLUMNS = ("file", "file_name")
MOST_ROWS_AT_ONCE = 256
_NOT_THERE = "is listed, but there is no such file"


@dataclass
class _ListedColumn:
    """A column of file names while its cells are replaced.

    Attributes:
        column: The column.
        contents: What its files become.
        cells: What each file became, for media; empty for texts and sequences, which are read row
            by row.
    """

    column: FileColumn
    contents: FileContents
    cells: dict[str, Cell | UnreadableMember]

    def name(self, text: str | None) -> str | None:
        """The path of the file that a cell names; None if it names none."""
        member = self.column.find(text) if text else None
        return member.path if member else None

    def value(self, text: str | None) -> Cell | UnreadableMember | None:
        """What a cell becomes; None if it names no file."""
        if text is None or not text.strip():
            return None
        member = self.column.find(text)
        if member is None:
            return UnreadableMember(_NOT_THERE)
        if kind_of(member) is not self.column.kind:
            return UnreadableMember(f"is not of the kind {self.column.kind.value} like the others")
        if self.column.kind in _READ_BY_ROW:
            return next(self.contents.cells)
        return self.cells[member.path]


@dataclass
class _Broken:
    """Rows that name files which cannot be read."""

    rows: set[int] = field(default_factory=set)
    listed: list[tuple[int, str, UnreadableMember]] = field(default_factory=list)

    def add(self, row: int, path: str, reason: UnreadableMember) -> None:
        """Note a file; only the first ones are listed."""
        self.rows.add(row)
        if len(self.listed) < MAX_LISTED:
            self.listed.append((row, path, reason))


def read_listed_files(
    request: ReadRequest, source: Source, listing: Listing, manifest: Manifest
) -> Stage:
    """Read the rows of a manifest, with the files that they name.

    Args:
        request: The collection, the options and where the stage goes.
        source: Gives the files.
        listing: The files of the collection.
        manifest: The table.

    Raises:
        BrokenFiles: Files are not there or cannot be read, and the options do not say to leave
            them out; or no row is left.
    """
    members = [_members(manifest, column) for column in manifest.columns]
    columns = [
        _listed_column(request, source, manifest.stage.names[column.place], column, found)
        for column, found in zip(manifest.columns, members, strict=True)
    ]
    broken = _Broken()
    added = _name_of_names(manifest)
    writer, kept = _write_rows(request, manifest.stage, columns, broken, added)
    lines = manifest.stage.find_lines()
    files = [
        BrokenFile(path, str(reason), lines.of_row(row), reason.own_fix)
        for row, path, reason in broken.listed
    ]
    if broken.rows and (not request.options.leave_out_broken or not writer.num_rows):
        told = [replace(file, reason=_with_way_out(file, manifest)) for file in files]
        raise BrokenFiles(request.file_name, manifest.stage.num_rows, told, len(broken.rows))
    stage = manifest.stage
    first = stage.names[columns[0].column.place]
    read = Stage(
        path=request.stage_path,
        names=(*stage.names, added) if added else stage.names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="collection",
        options=_options(request, manifest),
        number_style=stage.number_style,
        num_rejected=stage.num_rejected + len(broken.rows),
        rejected=(*stage.rejected, *unreadable_entries(files, first))[:MAX_LISTED],
        find_lines=lambda: lines_of_all(lines.of(kept)),
        remarks=_remarks(request, listing, manifest, columns, set(chain.from_iterable(members))),
        settled=_settled(stage, columns, writer, added),
    )
    return with_other_notation(read, request.options)


def _with_way_out(file: BrokenFile, manifest: Manifest) -> str:
    """Why a file cannot be used; a table beside media may be a description and no recording."""
    others = [column.kind for column in manifest.columns if column.kind is not ColumnKind.SEQUENCE]
    if not others or not file.path.lower().endswith(RECORDING_EXTENSIONS):
        return file.reason
    kind = others[0].value
    return (
        f"{file.reason}; if it is no recording, choose {kind} under Kind of files "
        f"(file_kind={kind})"
    )


def _name_of_names(manifest: Manifest) -> str | None:
    """The column to add for the files' names; None if the rows tell them anyway.

    Cells of media are paths, but those of texts and sequences become what the files hold.
    """
    if any(column.kind not in _READ_BY_ROW for column in manifest.columns):
        return None
    names = manifest.stage.names
    listed = {names[column.place] for column in manifest.columns}
    name = next((name for name in NAME_COLUMNS if name not in listed), None)
    return None if name in names else name


def _members(manifest: Manifest, column: FileColumn) -> list[Member]:
    """The files that a column names; of media each once, of others one a row."""
    found: list[Member] = []
    for (cells,) in stage_columns(manifest.stage, [column.place]):
        texts = (text for text in cells.to_pylist() if text and text.strip())
        members = (member for member in map(column.find, texts) if member is not None)
        found += [member for member in members if kind_of(member) is column.kind]
    return found if column.kind in _READ_BY_ROW else list(dict.fromkeys(found))


def _listed_column(
    request: ReadRequest, source: Source, name: str, column: FileColumn, members: list[Member]
) -> _ListedColumn:
    contents = read_contents(request, source, members, name, column.kind)
    if column.kind in _READ_BY_ROW:
        return _ListedColumn(column, contents, {})
    paths = [member.path for member in members]
    return _ListedColumn(column, contents, dict(zip(paths, contents.cells, strict=True)))


def _write_rows(
    request: ReadRequest,
    stage: Stage,
    columns: Sequence[_ListedColumn],
    broken: _Broken,
    added: str | None,
) -> tuple[StageWriter, np.ndarray]:
    """Write the rows whose files can all be read; also return their numbers in the manifest.

    The names of the first column's files are written, too, if a column is added for them.
    """
    places = list(range(len(stage.names)))
    targets = [place for place in places if is_target_name(stage.names[place])]
    kept: list[np.ndarray] = []
    writer: StageWriter | None = None
    num_rows = 0
    for cells in _rows_at_once(stage, places):
        if writer is None:
            types = [column.type for column in cells]
            for listed in columns:
                types[listed.column.place] = listed.contents.type
            types += [pa.string()] * (added is not None)
            writer = StageWriter(request.stage_path, types, stage.number_style)
            typed = [place for place in places if stage.evidence[place].is_typed]
            writer.mark_typed([*typed, *(listed.column.place for listed in columns)])
            writer.mark_typed(range(len(places), len(types)))
        for place in targets:
            cells[place] = join_labels(cells[place])
        if added is not None:
            named = cells[columns[0].column.place].to_pylist()
            cells.append(pa.array(map(columns[0].name, named), pa.string()))
        for listed in columns:
            place = listed.column.place
            cells[place] = _replaced(listed, cells[place], num_rows, broken)
        rows = np.arange(num_rows, num_rows + len(cells[0]))
        is_kept = np.array([row not in broken.rows for row in rows.tolist()], dtype=bool)
        batch = pa.RecordBatch.from_arrays(cells, schema=writer.schema)
        writer.write(batch.filter(pa.array(is_kept)))
        kept.append(rows[is_kept])
        num_rows += len(rows)
    if writer is None:
        writer = StageWriter(request.stage_path, [pa.string()] * len(places))
    writer.close()
    return writer, np.concatenate(kept) if kept else np.zeros(0, np.int64)


def _rows_at_once(stage: Stage, places: Sequence[int]) -> Iterator[list[pa.Array]]:
    """Few rows at a time, since each of them may name a long recording."""
    for cells in stage_columns(stage, places):
        for start in range(0, max(1, len(cells[0])), MOST_ROWS_AT_ONCE):
            yield [column.slice(start, MOST_ROWS_AT_ONCE) for column in cells]


def _replaced(listed: _ListedColumn, cells: pa.Array, first_row: int, broken: _Broken) -> pa.Array:
    values: list[Cell | None] = []
    for row, text in enumerate(cells.to_pylist(), start=first_row):
        value = listed.value(text)
        if isinstance(value, UnreadableMember):
            broken.add(row, text, value)
            value = None
        values.append(value)
    return pa.array(values, listed.contents.type)


def _options(request: ReadRequest, manifest: Manifest) -> dict[str, str | int | bool | None]:
    return {
        **manifest.stage.options,
        "format": "collection",
        "layout": "manifest",
        "member": manifest.members[0].path if len(manifest.members) == 1 else None,
        "file_kind": _only_kind(manifest),
        "leave_out_broken": request.options.leave_out_broken,
    }


def _only_kind(manifest: Manifest) -> str | None:
    """What the listed files are; None if they are of several kinds."""
    kinds = {column.kind.value for column in manifest.columns}
    return kinds.pop() if len(kinds) == 1 else None


def _remarks(
    request: ReadRequest,
    listing: Listing,
    manifest: Manifest,
    columns: Sequence[_ListedColumn],
    listed: set[Member],
) -> tuple[Remark, ...]:
    kinds = {column.column.kind for column in columns}
    rest = [
        member
        for member in listing.members
        if kind_of(member) and member not in listed and member not in manifest.members
    ]
    unlisted = [member for member in rest if kind_of(member) in kinds]
    others = [member for member in rest if kind_of(member) not in kinds]
    tables = [
        member
        for member in listing.members
        if member.extension in RECORDING_EXTENSIONS
        and kind_of(member) is None
        and member not in manifest.members
        and request.options.member is None
    ]
    return (
        *listing.remarks,
        *manifest.stage.remarks,
        *chain.from_iterable(column.contents.remarks() for column in columns),
        *unlisted_remark(unlisted, manifest.name),
        *others_remark(others),
        *other_tables_remark(tables, manifest.name, request.options.file_kind),
    )


def _settled(
    stage: Stage, columns: Sequence[_ListedColumn], writer: StageWriter, added: str | None
) -> dict[int, SettledColumn]:
    settled = dict(stage.settled)
    if added is not None:
        settled[len(stage.names)] = SettledColumn(ColumnKind.IDENTIFIER, ColumnRole.IGNORE)
    for listed in columns:
        settled[listed.column.place] = listed.contents.settled(ColumnRole.INPUT)
    targets = [
        place
        for place, name in enumerate(stage.names)
        if is_target_name(name) and place not in settled
    ]
    if len(targets) == 1:
        place = targets[0]
        kind = decide_kind(stage.names[place], writer.evidence[place])
        settled[place] = SettledColumn(kind, ColumnRole.TARGET)
    return settled
