"""A collection without a manifest becomes a table: one row a file, its folders as columns."""

from dataclasses import dataclass, field

import pyarrow as pa

from dlstudio.data.collection.broken import BrokenFile, BrokenFiles, unreadable_entries
from dlstudio.data.collection.contents import Cell, FileContents, read_contents
from dlstudio.data.collection.layout import ClassFolders, Placed
from dlstudio.data.collection.members import Source, UnreadableMember
from dlstudio.data.collection.remarks import layout_remarks
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import SettledColumn, Stage, StageWriter
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import ColumnKind, ColumnRole

BATCH_ROWS = 1_024
BATCH_BYTES = 32 * MEGABYTE
# With fewer groups a whole part of the split would be one group's.
MIN_GROUPS = 10


@dataclass
class _Rows:
    """What was read so far."""

    writer: StageWriter
    cells: list[Cell] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    num_bytes: int = 0


def read_class_folders(request: ReadRequest, source: Source, layout: ClassFolders) -> Stage:
    """Read the files of class folders into the stage.

    Args:
        request: The collection, the options and where the stage goes.
        source: Gives the files.
        layout: What the folders say.

    Raises:
        BrokenFiles: Some cannot be read, and the options do not say to leave them out; or none can.
    """
    columns = _columns(layout)
    members = [placed.member for placed in layout.files]
    contents = read_contents(request, source, members, layout.kind.value, layout.kind)
    types = [contents.type, *[pa.string()] * (len(columns) - 1)]
    with StageWriter(request.stage_path, types) as writer:
        writer.mark_typed(range(len(columns)))
        rows = _Rows(writer)
        for placed, cell in zip(layout.files, contents.cells, strict=True):
            _take(rows, placed, cell)
            if len(rows.placed) >= BATCH_ROWS or rows.num_bytes >= BATCH_BYTES:
                _flush(rows, columns, contents)
        _flush(rows, columns, contents)
    num_files = len(layout.files)
    if rows.broken and (not request.options.leave_out_broken or len(rows.broken) == num_files):
        raise BrokenFiles(request.file_name, num_files, rows.broken)
    return Stage(
        path=request.stage_path,
        names=tuple(columns),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="collection",
        options={
            "format": "collection",
            "layout": "class folders",
            "file_kind": layout.kind.value,
            "leave_out_broken": request.options.leave_out_broken,
        },
        num_rejected=len(rows.broken),
        rejected=unreadable_entries(rows.broken, layout.kind.value),
        remarks=(*source.listing.remarks, *contents.remarks(), *layout_remarks(layout)),
        settled=_settled(columns, contents),
    )


def _columns(layout: ClassFolders) -> dict[str, ColumnRole]:
    """The columns that the folders give, and what each is for."""
    columns = {layout.kind.value: ColumnRole.INPUT}
    if layout.num_classes:
        columns["label"] = ColumnRole.TARGET
    groups = {placed.group for placed in layout.files} - {None}
    if len(groups) > 1:
        columns["group"] = ColumnRole.GROUP if len(groups) >= MIN_GROUPS else ColumnRole.IGNORE
    if any(placed.split for placed in layout.files):
        columns["split"] = ColumnRole.SPLIT
    return columns | {"file": ColumnRole.IGNORE}


def _take(rows: _Rows, placed: Placed, cell: Cell | UnreadableMember) -> None:
    if isinstance(cell, UnreadableMember):
        rows.broken.append(BrokenFile(placed.member.path, str(cell), own_fix=cell.own_fix))
        return
    rows.cells.append(cell)
    rows.num_bytes += len(cell) if isinstance(cell, str) else cell.nbytes
    rows.placed.append(placed)


def _flush(rows: _Rows, columns: dict[str, ColumnRole], contents: FileContents) -> None:
    if not rows.placed:
        return
    values = {
        "label": [placed.label for placed in rows.placed],
        "group": [placed.group for placed in rows.placed],
        "split": [placed.split for placed in rows.placed],
        "file": [placed.member.path for placed in rows.placed],
    }
    arrays = [pa.array(rows.cells, contents.type)]
    arrays += [pa.array(values[name], pa.string()) for name in list(columns)[1:]]
    rows.writer.write(pa.RecordBatch.from_arrays(arrays, schema=rows.writer.schema))
    rows.cells.clear()
    rows.placed.clear()
    rows.num_bytes = 0


def _settled(columns: dict[str, ColumnRole], contents: FileContents) -> dict[int, SettledColumn]:
    kinds = {"file": ColumnKind.IDENTIFIER}
    settled = {
        place: SettledColumn(kinds.get(name, ColumnKind.CATEGORY), role)
        for place, (name, role) in enumerate(columns.items())
    }
    return settled | {0: contents.settled(ColumnRole.INPUT)}
