"""Writes the typed table of a dataset from the cells as they were read."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.columns import CellStyle, type_cells, value_type
from dlstudio.data.fingerprint import ContentHash
from dlstudio.data.line_numbers import LineNumbers
from dlstudio.data.progress import IngestProgress, ProgressCallback, ignore_progress
from dlstudio.data.sequences.columns import sequence_field
from dlstudio.data.stage import MAX_LISTED
from dlstudio.spec.dataset import ColumnKind

TABLE_FILE = "table.parquet"
CELLS_FILE = "cells.parquet"
READING_SHARE, TYPING_SHARE = 0.5, 0.3


@dataclass(frozen=True)
class ColumnPlan:
    """How one column is to be stored.

    Attributes:
        name: Its name.
        kind: Its kind.
        is_integer: Its numbers have no fraction.
        keep_cells: The text is kept beside the values, because it cannot be rebuilt from them.
        channels: Names of the values of a time step; for sequences only.
    """

    name: str
    kind: ColumnKind
    is_integer: bool = False
    keep_cells: bool = False
    channels: tuple[str, ...] = ()

    @property
    def type(self) -> pa.DataType:
        """The type in which the values are stored."""
        return value_type(self.kind, self.is_integer)

    @property
    def field(self) -> pa.Field:
        """The column as it stands in the table's schema."""
        if self.kind is ColumnKind.SEQUENCE:
            return sequence_field(self.name, self.channels)
        return pa.field(self.name, self.type)


@dataclass(frozen=True)
class CellSource:
    """Where the cells of a table are read from, row group by row group.

    Attributes:
        path: Parquet file with every column.
        cells_path: Parquet file with the original text of some columns, named c<place>, in the
            same row groups; None if there is none.
    """

    path: Path
    cells_path: Path | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the cells of all columns, one row group at a time."""
        with pq.ParquetFile(self.path) as table:
            cells = pq.ParquetFile(self.cells_path) if self.cells_path else None
            try:
                for group in range(table.num_row_groups):
                    batch = _one_batch(table.read_row_group(group))
                    yield batch if cells is None else _overlay(batch, cells.read_row_group(group))
            finally:
                if cells is not None:
                    cells.close()


@dataclass
class UnreadableCell:
    """A cell that became missing: its row and place in the table, and what it held."""

    row: int
    place: int
    text: str


@dataclass
class WrittenTable:
    """What came of writing a table.

    Attributes:
        digests: A digest a column.
        num_unreadable: Cells a column that became missing.
        unreadable: The first of them, in the order of rows.
    """

    digests: tuple[str, ...] = ()
    num_unreadable: list[int] = field(default_factory=list)
    unreadable: list[UnreadableCell] = field(default_factory=list)


def write_table(
    source: CellSource,
    plans: Sequence[ColumnPlan],
    style: CellStyle,
    folder: Path,
    progress: ProgressCallback = ignore_progress,
) -> WrittenTable:
    """Write `table.parquet`, and `cells.parquet` where text must be kept.

    Args:
        source: The cells.
        plans: How each column is to be stored, in the order of the source.
        style: How numbers and dates are written.
        folder: Where the files go.
        progress: Is told how far the writing is.

    Returns:
        Digests of the content, and the cells that could not be read.
    """
    schema = pa.schema([plan.field for plan in plans])
    hashes = ContentHash(len(plans))
    written = WrittenTable(num_unreadable=[0] * len(plans))
    num_rows = 0
    with (
        pq.ParquetWriter(folder / TABLE_FILE, schema, compression="zstd") as table_writer,
        _CellsWriter(folder / CELLS_FILE, plans) as cells_writer,
    ):
        for batch in source.batches():
            columns = []
            for place, (plan, cells) in enumerate(zip(plans, batch.columns, strict=True)):
                typed = type_cells(cells, plan.kind, plan.type, style.of_column(plan.name))
                columns.append(typed.values)
                if typed.is_unreadable is not None:
                    _note_unreadable(written, num_rows, place, cells, typed.is_unreadable)
            values = pa.RecordBatch.from_arrays(columns, schema=schema)
            hashes.update(values)
            table_writer.write_batch(values)
            cells_writer.write(batch)
            num_rows += batch.num_rows
            progress(_typing_progress(num_rows))
    written.digests = hashes.digests()
    written.unreadable.sort(key=lambda cell: (cell.row, cell.place))
    del written.unreadable[MAX_LISTED:]
    return written


def unreadable_reason(cell: UnreadableCell, lines: LineNumbers) -> str:
    """Say why a cell is missing; without a line, the number of the row says where it is.

    Args:
        cell: The cell.
        lines: Lines of the rows; none are known of Parquet and older datasets.
    """
    reason = "not a value of this column's kind"
    return reason if lines.of_row(cell.row) else f"row {cell.row + 1} is {reason}"


class _CellsWriter:
    """Keeps the text of some columns; writes no file if there are none."""

    def __init__(self, path: Path, plans: Sequence[ColumnPlan]) -> None:
        self._places = [place for place, plan in enumerate(plans) if plan.keep_cells]
        self._schema = pa.schema([(f"c{place}", pa.string()) for place in self._places])
        self._writer = (
            pq.ParquetWriter(path, self._schema, compression="zstd") if self._places else None
        )

    def __enter__(self) -> "_CellsWriter":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        if self._writer is not None:
            columns = [batch.column(place) for place in self._places]
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    columns = [_one_array(column) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _overlay(batch: pa.RecordBatch, cells: pa.Table) -> pa.RecordBatch:
    """Replace typed values by the text they were read from."""
    columns = list(batch.columns)
    for name in cells.column_names:
        columns[int(name[1:])] = _one_array(cells.column(name))
    names = [f"c{place}" for place in range(len(columns))]
    return pa.RecordBatch.from_arrays(columns, names=names)


def _note_unreadable(
    written: WrittenTable, first_row: int, place: int, cells: pa.Array, is_unreadable: pa.Array
) -> None:
    rows = pc.indices_nonzero(is_unreadable)
    written.num_unreadable[place] += len(rows)
    for row in rows[:MAX_LISTED].to_pylist():
        written.unreadable.append(UnreadableCell(first_row + row, place, str(cells[row].as_py())))


def _typing_progress(num_rows: int) -> IngestProgress:
    fraction = READING_SHARE + TYPING_SHARE * 0.5
    return IngestProgress(phase="Storing typed columns", fraction=fraction, num_rows=num_rows)
