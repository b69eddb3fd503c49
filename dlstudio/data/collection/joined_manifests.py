"""Several manifests become one table, such as one for each part of the split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.collection.layout import SPLIT_NAMES, place_files
from dlstudio.data.collection.manifest import FileColumn, Manifest, stage_columns
from dlstudio.data.collection.members import Listing, Member
from dlstudio.data.line_numbers import LineNumbers, lines_of_all
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import MAX_LISTED, SettledColumn, StageWriter
from dlstudio.spec.dataset import ColumnKind, ColumnRole

SPLIT = "split"
_BETWEEN_WORDS = str.maketrans("-. ", "___")


@dataclass(frozen=True)
class _Part:
    """A manifest among those that are joined.

    Attributes:
        manifest: The manifest.
        split: The part of the split that all its rows belong to; None if its name does not say.
    """

    manifest: Manifest
    split: str | None

    def files(self) -> Iterator[tuple[FileColumn, list[Member | None]]]:
        """Of each column of files the file of each row."""
        for column in self.manifest.columns:
            found: list[Member | None] = []
            for (cells,) in stage_columns(self.manifest.stage, [column.place]):
                found += [column.find(text) if text else None for text in cells.to_pylist()]
            yield column, found


def join_manifests(
    request: ReadRequest, listing: Listing, manifests: Sequence[Manifest]
) -> Manifest | None:
    """Join tables that list different files, and tell the parts of the split.

    The part is that of the table (`train/labels.csv`, `test_labels.csv`), or else that of the
    folder of each file; a table with a column "split" keeps it.

    Args:
        request: The collection; says where the joined table goes.
        listing: Its files.
        manifests: At least one.

    Returns:
        One table; None if the tables do not go together, so that one must be chosen.
    """
    parts = [_Part(manifest, _split_of(manifest.members[0].path)) for manifest in manifests]
    if not _go_together(parts):
        return None
    splits = None if _has_column(parts, SPLIT) else _splits(parts, listing)
    if len(parts) == 1 and splits is None:
        return manifests[0]
    return _write(request, parts, splits)


def _go_together(parts: Sequence[_Part]) -> bool:
    """Whether columns and number signs agree, and no file is in two tables."""
    for one, other in pairwise(part.manifest for part in parts):
        columns, others = set(one.stage.names), set(other.stage.names)
        files = {one.stage.names[column.place]: column.kind for column in one.columns}
        agree = files == {other.stage.names[column.place]: column.kind for column in other.columns}
        is_part = columns <= others or others <= columns
        if not (agree and is_part and one.stage.number_style == other.stage.number_style):
            return False
    seen: set[tuple[str, Member]] = set()
    for part in parts if len(parts) > 1 else ():
        name_of = part.manifest.stage.names
        listed = {
            (name_of[column.place], member)
            for column, members in part.files()
            for member in members
            if member is not None
        }
        if seen & listed:
            return False
        seen |= listed
    return True


def _split_of(path: str) -> str | None:
    """The part that a table's folder or name says, such as `train/x.csv` or `val_labels.csv`."""
    folders, _, name = path.lower().rpartition("/")
    words = [*folders.split("/"), *name.rpartition(".")[0].translate(_BETWEEN_WORDS).split("_")]
    found = {SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES}
    return found.pop() if len(found) == 1 else None


def _has_column(parts: Sequence[_Part], name: str) -> bool:
    return any(name == its.strip().lower() for part in parts for its in part.manifest.stage.names)


def _splits(parts: Sequence[_Part], listing: Listing) -> list[list[str | None]] | None:
    """The part of each row of each table; None if neither tables nor folders say it."""
    named = [part.split for part in parts]
    if len(parts) > 1 and None not in named and "train" in named and len(set(named)) > 1:
        return [[part.split] * part.manifest.stage.num_rows for part in parts]
    files = [next(part.files()) for part in parts]
    column = files[0][0]
    members = [member for _, found in files for member in found if member is not None]
    if not members:
        return None
    placed = place_files(listing, list(dict.fromkeys(members)), column.kind)
    split_of = dict(zip(dict.fromkeys(members), (file.split for file in placed.files), strict=True))
    if None in split_of.values():
        return None
    return [[split_of[member] if member else None for member in found] for _, found in files]


def _write(
    request: ReadRequest, parts: Sequence[_Part], splits: list[list[str | None]] | None
) -> Manifest:
    names = tuple(dict.fromkeys(name for part in parts for name in part.manifest.stage.names))
    types = [_type(parts, name) for name in names]
    all_names = (*names, SPLIT) if splits else names
    path = request.stage_path.with_name("unpacked-joined.parquet")
    first = parts[0].manifest.stage
    style = first.number_style
    writer = StageWriter(path, [*types, *[pa.string()] * (splits is not None)], style)
    writer.mark_typed([place for place, name in enumerate(names) if _is_typed(parts, name)])
    for number, part in enumerate(parts):
        row = 0
        for cells in _tables(part, names, types):
            if splits:
                cells.append(pa.array(splits[number][row : row + len(cells[0])], pa.string()))
            row += len(cells[0])
            writer.write(pa.RecordBatch.from_arrays(cells, schema=writer.schema))
    writer.close()
    stage = replace(
        first,
        path=path,
        names=all_names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        find_lines=lambda: _lines(parts),
        settled=_settled(parts, all_names, splits is not None),
        num_rejected=sum(part.manifest.stage.num_rejected for part in parts),
        rejected=tuple(entry for part in parts for entry in part.manifest.stage.rejected)[
            :MAX_LISTED
        ],
        remarks=tuple(remark for part in parts for remark in part.manifest.stage.remarks),
    )
    members = tuple(member for part in parts for member in part.manifest.members)
    columns = tuple(_joined_column(parts, column) for column in parts[0].manifest.columns)
    return Manifest(members, stage, columns)


def _type(parts: Sequence[_Part], name: str) -> pa.DataType:
    """The type that all tables have in common, or else text."""
    types: list[pa.DataType] = []
    for part in parts:
        stage = part.manifest.stage
        if name in stage.names:
            schema = pq.read_schema(stage.path)
            types.append(schema.field(stage.names.index(name)).type)
    return types[0] if all(kind == types[0] for kind in types) else pa.string()


def _is_typed(parts: Sequence[_Part], name: str) -> bool:
    stages = [part.manifest.stage for part in parts if name in part.manifest.stage.names]
    return all(stage.evidence[stage.names.index(name)].is_typed for stage in stages)


def _tables(
    part: _Part, names: Sequence[str], types: Sequence[pa.DataType]
) -> Iterator[list[pa.Array]]:
    """The rows of a table with the columns of all; cells that name files say where they lie."""
    stage = part.manifest.stage
    files = {stage.names[column.place]: column for column in part.manifest.columns}
    for cells in stage_columns(stage, range(len(stage.names))):
        own = dict(zip(stage.names, cells, strict=True))
        table: list[pa.Array] = []
        for name, kind in zip(names, types, strict=True):
            column = own.get(name)
            if column is None:
                table.append(pa.nulls(len(cells[0]), kind))
            elif name in files:
                table.append(_whole_paths(part, files[name], column))
            else:
                table.append(column if column.type == kind else column.cast(kind))
        yield table


def _whole_paths(part: _Part, column: FileColumn, cells: pa.Array) -> pa.Array:
    """Paths from the top of the collection; those of missing files too, to be told apart."""
    folder = part.manifest.members[0].path.rpartition("/")[0]
    paths: list[str | None] = []
    for text in cells.to_pylist():
        if text is None or not text.strip():
            paths.append(None)
            continue
        member = column.find(text)
        paths.append(member.path if member else f"{folder}/{text}" if folder else text)
    return pa.array(paths, pa.string())


def _joined_column(parts: Sequence[_Part], column: FileColumn) -> FileColumn:
    members = {
        member.path: member
        for part in parts
        for its, found in part.files()
        if part.manifest.stage.names[its.place] == parts[0].manifest.stage.names[column.place]
        for member in found
        if member is not None
    }
    return FileColumn(column.place, column.kind, members.get)


def _settled(
    parts: Sequence[_Part], names: Sequence[str], has_split: bool
) -> dict[int, SettledColumn]:
    settled: dict[int, SettledColumn] = {}
    for part in parts:
        stage = part.manifest.stage
        for place, known in stage.settled.items():
            settled.setdefault(names.index(stage.names[place]), known)
    if has_split:
        settled[len(names) - 1] = SettledColumn(ColumnKind.CATEGORY, ColumnRole.SPLIT)
    return settled


def _lines(parts: Sequence[_Part]) -> LineNumbers:
    """The line of each row in its own table."""
    found = [
        part.manifest.stage.find_lines().of(np.arange(part.manifest.stage.num_rows))
        for part in parts
    ]
    return lines_of_all(np.concatenate(found))
