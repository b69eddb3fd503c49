"""The stage: every cell of a file, as read, on disk, before kinds are decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.evidence import ColumnEvidence, new_evidence
from dlstudio.data.line_numbers import NO_LINES, LineNumbers
from dlstudio.data.numbers import PLAIN_NUMBERS, NumberStyle
from dlstudio.spec.dataset import ColumnKind, ColumnRole, UnreadableEntry
from dlstudio.spec.media import MediaSummary

ROW_GROUP_BYTES = 32 * 1024 * 1024
MAX_ROW_GROUP_ROWS = 256 * 1024
MAX_LISTED = 100

LineFinder = Callable[[], LineNumbers]


@dataclass(frozen=True)
class SettledColumn:
    """What a reader knows about a column, so that it need not be guessed from its cells.

    Attributes:
        kind: What its values are.
        role: What it is for.
        channels: Names of the values of a time step; for sequences only.
        summary: What the profile shows of its files; for images, sounds and videos only.
        files_digest: Of the content of its files in the order of rows; for those only.
    """

    kind: ColumnKind
    role: ColumnRole = ColumnRole.INPUT
    channels: tuple[str, ...] = ()
    summary: MediaSummary | None = None
    files_digest: str = ""


@dataclass(frozen=True)
class Stage:
    """A file that was read.

    Attributes:
        path: Parquet file with the columns c0, c1, …, as text where the source is text.
        names: The names in the file, as written.
        num_rows: Rows that could be read.
        evidence: What the columns look like.
        format: The value of its `FileFormat`.
        options: How it was read.
        number_style: How numbers are written.
        other_decimal: Names of the columns whose numbers have the other decimal sign.
        num_rejected: Rows that could not be read.
        rejected: The first of them.
        find_lines: Says in which lines of the source the rows stand, if it has lines.
        remarks: Things to tell about the file, as (code, problem, fix).
        settled: What is known about columns beforehand, by their place.
    """

    path: Path
    names: tuple[str, ...]
    num_rows: int
    evidence: tuple[ColumnEvidence, ...]
    format: str
    options: dict[str, str | int | bool | None]
    number_style: NumberStyle = PLAIN_NUMBERS
    other_decimal: tuple[str, ...] = ()
    num_rejected: int = 0
    rejected: tuple[UnreadableEntry, ...] = ()
    find_lines: LineFinder = lambda: NO_LINES
    remarks: tuple[tuple[str, str, str], ...] = ()
    settled: Mapping[int, SettledColumn] = field(default_factory=dict)


class StageWriter:
    """Writes the stage in row groups of bounded size and gathers the evidence."""

    def __init__(
        self, path: Path, types: Sequence[pa.DataType], style: NumberStyle = PLAIN_NUMBERS
    ) -> None:
        """Open the file.

        Args:
            path: Where the stage goes; an earlier one is replaced.
            types: Type of each column: string, int64, float64, timestamp[us] or list of float32.
            style: How numbers are written in text columns.
        """
        self.schema = pa.schema([(f"c{place}", kind) for place, kind in enumerate(types)])
        self.evidence = new_evidence(False for _ in types)
        self.num_rows = 0
        self._style = style
        # The stage is read once and thrown away: fast matters more than small.
        self._writer = pq.ParquetWriter(path, self.schema, compression="snappy")
        self._batches: list[pa.RecordBatch] = []
        self._num_bytes = 0
        self._num_batch_rows = 0

    def __enter__(self) -> "StageWriter":
        """Give the writer itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        self.close()

    def mark_typed(self, places: Sequence[int]) -> None:
        """Say that the text of these columns is text and never to be read as numbers."""
        for place in places:
            self.evidence[place].is_typed = True

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows.

        Args:
            batch: Columns in the order and of the types of the stage.
        """
        self.num_rows += batch.num_rows
        self._batches.append(batch)
        self._num_bytes += batch.nbytes
        self._num_batch_rows += batch.num_rows
        if self._num_bytes >= ROW_GROUP_BYTES or self._num_batch_rows >= MAX_ROW_GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        """Look at the gathered rows together, which costs less than batch by batch."""
        if self._batches:
            table = pa.Table.from_batches(self._batches).combine_chunks()
            self._batches = []
            for evidence, column in zip(self.evidence, table.columns, strict=True):
                for cells in column.chunks:
                    evidence.observe(cells, self._style)
            self._writer.write_table(table)
        self._num_bytes = 0
        self._num_batch_rows = 0
