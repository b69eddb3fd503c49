"""The rows of a long table, one a time step, become sequences, one a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dlstudio.data.combining.row_roles import (
    MEDIA_KINDS,
    Remark,
    RowRoles,
    decide_roles,
    left_out_remark,
    role_of_constant,
)
from dlstudio.data.combining.row_times import StepTimes
from dlstudio.data.combining.source import TypedTable
from dlstudio.data.duck import connect, quoted_path
from dlstudio.data.sequences.columns import SEQUENCE, sequence_array
from dlstudio.data.stage import SettledColumn, Stage, StageWriter
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, ColumnRole

if TYPE_CHECKING:
    import duckdb

BATCH_VALUES = 4_000_000
BATCH_SEQUENCES = 50_000
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class RowCombination:
    """Which rows are one sequence, and in which order.

    Attributes:
        by: Columns whose values together name the sequence of a row.
        time: The column that orders the rows of a sequence; the order of the table if None.
        channels: Columns that are readings; all numbers that change within a sequence if empty.
    """

    by: tuple[str, ...]
    time: str | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class CombineWork:
    """Where the work is done.

    Attributes:
        stage_path: Where the stage goes.
        memory_bytes: Memory that DuckDB may use.
        spill_folder: Folder for what does not fit.
    """

    stage_path: Path
    memory_bytes: int
    spill_folder: Path


def combine_rows(table: TypedTable, combination: RowCombination, work: CombineWork) -> Stage:
    """Join the rows of each sequence.

    Number columns that change within a sequence become its channels, columns that do not stay
    columns of their own. Sequences come in the order of their first rows. Rows are sorted outside
    memory, so that the table may be of any size.

    Args:
        table: The long table.
        combination: Which rows belong together.
        work: Where the work is done.

    Returns:
        A stage with a row a sequence.

    Raises:
        DataError: A column does not exist or does not suit, or a label changes in a sequence.
    """
    by = [table.place(name, "sequence_id") for name in combination.by]
    time = table.place(combination.time, "time") if combination.time is not None else None
    _check_columns(table, by, time)
    others = [place for place in range(len(table.columns)) if place not in (*by, time)]
    with connect(work.memory_bytes, work.spill_folder) as connection:
        rows = _rows_query(table, by, time)
        _create_sequences(connection, rows, by, others)
        _check_has_sequences(connection, table, combination)
        named = [table.place(name, "sequence_channels") for name in combination.channels]
        roles = decide_roles(table, by, others, named, connection)
        kept = [*by, *roles.constants]
        settled = [*_settled_keys(table, by), *_settled_constants(table, roles, connection)]
        channels = tuple(table.columns[place].name for place in roles.channels)
        settled.append(SettledColumn(ColumnKind.SEQUENCE, channels=channels))
        times = StepTimes()
        with StageWriter(work.stage_path, [*table.types(kept), SEQUENCE]) as writer:
            writer.mark_typed(range(len(kept)))
            _write(connection, _Readings(rows, by, time, roles), writer, times)
        remarks = [
            *_lost_rows(connection, table, by, time),
            *left_out_remark(table, roles.left_out),
            *(times.remarks(combination.time) if combination.time else ()),
        ]
    return Stage(
        path=work.stage_path,
        names=(*(table.columns[place].name for place in kept), table.free_name()),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="",
        options={},
        remarks=tuple(remarks),
        settled=dict(enumerate(settled)),
    )


def _check_columns(table: TypedTable, by: Sequence[int], time: int | None) -> None:
    if time is not None and time in by:
        raise DataError(
            f"The column {table.columns[time].name!r} cannot be both the id and the time.",
            "Choose another time column, or none.",
            where="time",
        )
    if time is not None and table.columns[time].kind not in (
        ColumnKind.NUMBER,
        ColumnKind.DATETIME,
        ColumnKind.IDENTIFIER,
    ):
        raise DataError(
            f"The column {table.columns[time].name!r} holds neither times nor numbers; it is of "
            f"kind {table.columns[time].kind.value}.",
            "Choose another time column, or set its kind to datetime or number first.",
            where="time",
        )
    for column in table.columns:
        if column.kind in MEDIA_KINDS:
            raise DataError(
                f"The column {column.name!r} is of kind {column.kind.value}, so its rows are no "
                "time steps.",
                "Combine tables of numbers only.",
                where=column.name,
            )


def _rows_query(table: TypedTable, by: Sequence[int], time: int | None) -> str:
    """The rows that have a sequence and a time, with `at` (the time) and `rn` (the row)."""
    names = ", ".join(f"c{place}" for place in range(len(table.columns)))
    keys = ", ".join(f"c{place} AS k{number}" for number, place in enumerate(by))
    needed = [f"c{place} IS NOT NULL" for place in by]
    at = "rn"
    if time is not None:
        is_date = table.columns[time].kind is ColumnKind.DATETIME
        at = f"epoch_us(c{time}) / 1e6" if is_date else f"try_cast(c{time} AS DOUBLE)"
        needed.append(f"{at} IS NOT NULL")
    source = f"read_parquet({quoted_path(table.path)}, file_row_number=true) AS t({names}, rn)"
    return f"SELECT *, {keys}, {at} AS at FROM {source} WHERE {' AND '.join(needed)}"


def _create_sequences(
    connection: "duckdb.DuckDBPyConnection", rows: str, by: Sequence[int], others: Sequence[int]
) -> None:
    keys = ", ".join(f"k{number}" for number in range(len(by)))
    extremes = "".join(
        f", min(c{place}) AS low{place}, max(c{place}) AS high{place}" for place in others
    )
    connection.execute(
        f"CREATE TABLE sequences AS SELECT min(rn) AS first, {keys}{extremes} FROM ({rows}) "
        f"GROUP BY {keys}"
    )


def _check_has_sequences(
    connection: "duckdb.DuckDBPyConnection", table: TypedTable, combination: RowCombination
) -> None:
    if connection.execute("SELECT 1 FROM sequences LIMIT 1").fetchone() is None:
        needed = [*combination.by, *([combination.time] if combination.time else [])]
        raise DataError(
            f"No row of {table.label!r} has a value of {' and '.join(map(repr, needed))}.",
            "Choose other columns, or fill them in the file.",
            where="sequence_id",
        )


def _settled_keys(table: TypedTable, by: Sequence[int]) -> list[SettledColumn]:
    """A single id names its sequence; of several, each may mean something by itself."""
    if len(by) == 1:
        return [SettledColumn(ColumnKind.IDENTIFIER, ColumnRole.IGNORE)]
    settled = []
    for place in by:
        column = table.columns[place]
        role = role_of_constant(column, 2, 3)
        if role is ColumnRole.INPUT and column.kind is not ColumnKind.CATEGORY:
            role = ColumnRole.IGNORE
        settled.append(SettledColumn(column.kind, role))
    return settled


def _settled_constants(
    table: TypedTable, roles: RowRoles, connection: "duckdb.DuckDBPyConnection"
) -> list[SettledColumn]:
    counts = ", ".join(f"count(DISTINCT low{place})" for place in roles.constants) or "0"
    row = connection.execute(f"SELECT count(*), {counts} FROM sequences").fetchone()
    total, *num_distinct = row or (0,)
    return [
        SettledColumn(
            table.columns[place].kind, role_of_constant(table.columns[place], distinct, total)
        )
        for place, distinct in zip(roles.constants, num_distinct, strict=False)
    ]


@dataclass(frozen=True)
class _Readings:
    """What is read of the rows."""

    rows: str
    by: Sequence[int]
    time: int | None
    roles: RowRoles

    def in_order(self) -> str:
        on = " AND ".join(f"r.k{number} = s.k{number}" for number in range(len(self.by)))
        channels = ", ".join(f"r.c{place}::FLOAT" for place in self.roles.channels)
        return (
            f"SELECT s.first, r.at::DOUBLE, {channels} FROM ({self.rows}) AS r "
            f"JOIN sequences AS s ON {on} ORDER BY s.first, r.at, r.rn"
        )

    def of_sequences(self) -> str:
        keys = [f"k{number}" for number in range(len(self.by))]
        constants = [f"low{place}" for place in self.roles.constants]
        return f"SELECT {', '.join([*keys, *constants])} FROM sequences ORDER BY first"


def _write(
    connection: "duckdb.DuckDBPyConnection",
    readings: _Readings,
    writer: StageWriter,
    times: StepTimes,
) -> None:
    constants = _RowTaker(connection.cursor(), readings.of_sequences())
    builder = _SequenceBuilder()
    for batch in _stream(connection.cursor(), readings.in_order()):
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        builder.add(columns[0], np.stack(columns[2:], axis=1).astype(np.float32))
        if readings.time is not None:
            times.add(columns[0], columns[1])
        if builder.num_values >= BATCH_VALUES or builder.num_whole >= BATCH_SEQUENCES:
            _write_whole(builder.take_whole(), constants, writer)
    _write_whole(builder.take_all(), constants, writer)


def _write_whole(sequences: pa.ListArray, constants: "_RowTaker", writer: StageWriter) -> None:
    if len(sequences):
        table = constants.take(len(sequences))
        columns = [
            column.combine_chunks().cast(field.type)
            for column, field in zip(table.columns, writer.schema, strict=False)
        ]
        writer.write(pa.RecordBatch.from_arrays([*columns, sequences], schema=writer.schema))


def _stream(cursor: "duckdb.DuckDBPyConnection", query: str) -> pa.RecordBatchReader:
    return cursor.sql(query).to_arrow_reader(BATCH_ROWS)


class _RowTaker:
    """Takes rows from the result of a query, as many at a time as are wanted."""

    def __init__(self, cursor: "duckdb.DuckDBPyConnection", query: str) -> None:
        self._reader = _stream(cursor, query)
        self._pending = self._reader.schema.empty_table()

    def take(self, num_rows: int) -> pa.Table:
        parts = [self._pending]
        while sum(len(part) for part in parts) < num_rows:
            parts.append(pa.Table.from_batches([self._reader.read_next_batch()]))
        table = pa.concat_tables(parts)
        self._pending = table.slice(num_rows)
        return table.slice(0, num_rows)


class _SequenceBuilder:
    """Joins sorted readings; the last sequence may go on in the next batch."""

    def __init__(self) -> None:
        self.num_values = 0
        self._parts: list[np.ndarray] = []
        self._lengths: list[int] = []
        self._last: int | None = None

    @property
    def num_whole(self) -> int:
        return max(0, len(self._lengths) - 1)

    def add(self, sequences: np.ndarray, readings: np.ndarray) -> None:
        if not len(sequences):
            return
        starts = np.flatnonzero(np.diff(sequences)) + 1
        ends = np.concatenate([[0], starts, [len(sequences)]])
        lengths = np.diff(ends) * readings.shape[1]
        if self._last == int(sequences[0]):
            self._lengths[-1] += int(lengths[0])
            lengths = lengths[1:]
        self._lengths.extend(lengths.tolist())
        self._last = int(sequences[-1])
        self._parts.append(readings.reshape(-1))
        self.num_values += readings.size

    def take_whole(self) -> pa.ListArray:
        return self._take(self.num_whole)

    def take_all(self) -> pa.ListArray:
        return self._take(len(self._lengths))

    def _take(self, count: int) -> pa.ListArray:
        flat = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        lengths = np.array(self._lengths[:count], dtype=np.int64)
        num_taken = int(lengths.sum())
        self._parts, self._lengths = [flat[num_taken:]], self._lengths[count:]
        self.num_values = len(flat) - num_taken
        return sequence_array(lengths, flat[:num_taken])


def _lost_rows(
    connection: "duckdb.DuckDBPyConnection", table: TypedTable, by: Sequence[int], time: int | None
) -> Iterator[Remark]:
    names = ", ".join(f"c{place}" for place in range(len(table.columns)))
    source = f"read_parquet({quoted_path(table.path)}) AS t({names})"
    for code, places in (("rows-without-id", by), ("rows-without-time", (time,))):
        for place in (place for place in places if place is not None):
            found = connection.execute(
                f"SELECT count(*) FROM {source} WHERE c{place} IS NULL"
            ).fetchone()
            count = int(found[0]) if found else 0
            if count:
                noun = "row has" if count == 1 else "rows have"
                yield (
                    code,
                    f"{count:,} {noun} no value of {table.columns[place].name!r}; they are in no "
                    "sequence.",
                    "Fill the gaps in the file if these readings are needed.",
                )
