"""Raw columns: the values of a table as arrays that a model takes."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.arrow_types import to_stage_type
from dlstudio.data.columns import CellStyle, type_cells, value_type
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.numbers import NumberStyle
from dlstudio.data.options import DateOrder
from dlstudio.data.other_notation import NO_COLUMNS, columns_of
from dlstudio.data.sequences.columns import channels_of
from dlstudio.data.sequences.raw import in_order_of, raw_sequences
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo

MICROSECONDS = 1e6
_STYLE_KEYS = ("decimal", "thousands", "other_decimal", "date_order")

VALUES_AT_ONCE = 2**22


def read_raw(
    dataset: Dataset, columns: Sequence[str], rows: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Read columns as raw arrays.

    Args:
        dataset: The dataset.
        columns: Names of the columns.
        rows: Row numbers in the wanted order, from 0; all by default.

    Returns:
        One array `(num_rows,)` a column. Numbers: float32, NaN where missing; an infinite value,
        or one beyond float32, counts as missing. Categories, identifiers and texts: str objects,
        "" where missing. Datetimes: float64 seconds since 1970-01-01 UTC, NaN where missing.
        Sequences: objects, each float32 `(steps, channels)`, NaN where a reading is missing and
        without steps where the whole sequence is.

    Raises:
        NotFoundError: A column does not exist.
    """
    names = list(dict.fromkeys(columns))
    num_rows = dataset.info.num_rows if rows is None else len(rows)
    together = max(1, VALUES_AT_ONCE // max(1, num_rows))
    raw: dict[str, np.ndarray] = {}
    for start in range(0, len(names), together):
        # The typed columns take three times the memory of what is made of them.
        table = read_table(dataset, names[start : start + together], rows)
        for place, name in enumerate(table.column_names):
            raw[name] = _raw_of_column(table.column(place), dataset.info.column(name))
    return raw


def raw_from_table(
    table: pa.Table, info: DatasetInfo, columns: Sequence[str]
) -> dict[str, np.ndarray]:
    """Turn a table with the columns of a dataset into raw arrays, as for prediction.

    Args:
        table: Any table; text is read as the dataset's kinds ask. Other columns are ignored.
        info: The dataset whose kinds hold.
        columns: Names of the columns that are needed.

    Returns:
        Arrays as from `read_raw`.

    Raises:
        DataError: Columns are missing; names them and the ones that nobody asked for.
    """
    _check_names(table, info, columns)
    style = _style(table, info)
    arrays = {}
    for name in dict.fromkeys(columns):
        column = info.column(name)
        place = table.column_names.index(name)
        values = _raw_of_cells(table.column(place).chunks, column, style.of_column(name))
        if column.sequence and pa.types.is_list(table.schema.field(place).type):
            given = channels_of(table.schema.field(place))
            values = in_order_of(values, given, column.sequence.channels, name)
        arrays[name] = values
    return arrays


def numbers_from_table(table: pa.Table, info: DatasetInfo, name: str) -> np.ndarray:
    """Read one number column exactly, as for times and keys that float32 would blur.

    Args:
        table: As for `raw_from_table`.
        info: The dataset whose kinds hold.
        name: A number column that the table has.

    Returns:
        float64 `(num_rows,)`; NaN where missing or infinite.
    """
    style = _style(table, info).of_column(name)
    chunks = table.column(table.column_names.index(name)).chunks
    parts = [
        type_cells(to_stage_type(chunk), ColumnKind.NUMBER, pa.float64(), style).values
        for chunk in chunks
    ]
    numbers = pa.chunked_array(parts, pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def count_unreadable(table: pa.Table, info: DatasetInfo, columns: Sequence[str]) -> dict[str, int]:
    """Count cells that hold something which is no value of their column's kind.

    Args:
        table: As for `raw_from_table`, which takes such cells as missing.
        info: The dataset whose kinds hold.
        columns: Names of columns that the table has.

    Returns:
        The count by column, only where it is above 0.
    """
    style = _style(table, info)
    counts: dict[str, int] = {}
    for name in dict.fromkeys(columns):
        kind = info.column(name).kind
        target = value_type(kind, is_integer=False)
        own = style.of_column(name)
        for chunk in table.column(table.column_names.index(name)).chunks:
            flags = type_cells(to_stage_type(chunk), kind, target, own).is_unreadable
            if flags is not None:
                counts[name] = counts.get(name, 0) + sum(flags.to_pylist())
    return {name: count for name, count in counts.items() if count}


def raw_values(values: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Turn typed values into a raw array.

    Args:
        values: int64, float64, timestamp[us] or string; null where missing.
    """
    if pa.types.is_timestamp(values.type):
        micros = pc.cast(values, pa.int64())
        seconds = np.asarray(micros.to_numpy(zero_copy_only=False), dtype=np.float64)
        return seconds / MICROSECONDS
    if pa.types.is_string(values.type):
        return _objects(pc.fill_null(values, ""))
    numbers = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
    with np.errstate(over="ignore"):
        raw = numbers.astype(np.float32)
    raw[~np.isfinite(raw)] = np.nan
    return raw


def _objects(texts: pa.ChunkedArray | pa.Array) -> np.ndarray:
    found = np.empty(len(texts), dtype=object)
    found[:] = texts.to_pylist()
    return found


def _raw_of_cells(chunks: list[pa.Array], column: ColumnInfo, style: CellStyle) -> np.ndarray:
    target = value_type(column.kind, is_integer=False)
    parts = [
        type_cells(to_stage_type(chunk), column.kind, target, style).values for chunk in chunks
    ]
    return _raw_of_column(pa.chunked_array(parts, target), column)


def _raw_of_column(values: pa.ChunkedArray, column: ColumnInfo) -> np.ndarray:
    if column.sequence:
        return raw_sequences(values, column.sequence.channels, column.name)
    return raw_values(values)


def _check_names(table: pa.Table, info: DatasetInfo, columns: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(columns) if name not in table.column_names]
    if not missing:
        return
    extra = [name for name in table.column_names if not info.has_column(name)]
    unknown = f" It has other columns: {_listed(extra)}." if extra else ""
    noun = "column" if len(missing) == 1 else "columns"
    raise DataError(
        f"The table lacks the {noun} {_listed(missing)}.{unknown}",
        f"Give a table with the columns {_listed(list(dict.fromkeys(columns)))}.",
        where=missing[0],
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:10])
    return f"{shown} and {len(names) - 10:,} more" if len(names) > 10 else shown


def _style(table: pa.Table, info: DatasetInfo) -> CellStyle:
    """How the table is written; where it does not say, as the dataset's source was."""
    metadata = table.schema.metadata or {}
    known = {key: info.source.options.get(key) for key in _STYLE_KEYS}
    told = {key: metadata[key.encode()].decode() for key in _STYLE_KEYS if key.encode() in metadata}
    if "decimal" in told:  # which columns differ from it is told with it
        told.setdefault("other_decimal", NO_COLUMNS)
    known |= told
    thousands = str(known["thousands"] or "none")
    numbers = NumberStyle(str(known["decimal"] or "."), "" if thousands == "none" else thousands)
    order = DateOrder(str(known["date_order"] or DateOrder.DAY_FIRST))
    return CellStyle(numbers, order, columns_of(known["other_decimal"], info.column_names))
