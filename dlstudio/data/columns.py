"""Cells as read become typed values."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.date_numbers import datetimes_of_numbers
from dlstudio.data.dates import parse_datetimes
from dlstudio.data.numbers import (
    NumberStyle,
    is_missing_marker,
    parse_integers,
    parse_numbers,
    trim,
)
from dlstudio.data.options import DateOrder
from dlstudio.data.sequences.columns import SEQUENCE, to_sequences
from dlstudio.data.sequences.raw import parse_sequences
from dlstudio.spec.dataset import ColumnKind

TIMESTAMP = pa.timestamp("us")
_PLAIN_NUMBER = r"^-?\d+(\.\d+)?$"


@dataclass(frozen=True)
class CellStyle:
    """How numbers and dates are written in a source.

    Attributes:
        numbers: How numbers are written.
        date_order: Whether the day or the month comes first.
        other_decimal: Columns whose numbers have the other decimal sign.
    """

    numbers: NumberStyle = NumberStyle()
    date_order: DateOrder = DateOrder.MONTH_FIRST
    other_decimal: tuple[str, ...] = ()

    def of_column(self, name: str) -> "CellStyle":
        """The style of the cells of one column."""
        return replace(self, numbers=self.numbers.other) if name in self.other_decimal else self


@dataclass(frozen=True)
class TypedCells:
    """A batch of values.

    Attributes:
        values: int64, float64, timestamp[us], string or list of float32; null where a cell is
            missing.
        is_unreadable: True where a cell held something that is no value of the column's kind;
            None if there is no such cell.
    """

    values: pa.Array
    is_unreadable: pa.Array | None = None


def value_type(kind: ColumnKind, is_integer: bool) -> pa.DataType:
    """Return the type in which values of a kind are stored.

    Args:
        kind: The column's kind.
        is_integer: Numbers have no fraction.
    """
    if kind is ColumnKind.NUMBER:
        return pa.int64() if is_integer else pa.float64()
    if kind is ColumnKind.SEQUENCE:
        return SEQUENCE
    return TIMESTAMP if kind is ColumnKind.DATETIME else pa.string()


def type_cells(
    cells: pa.Array, kind: ColumnKind, target: pa.DataType, style: CellStyle
) -> TypedCells:
    """Turn cells into values of a kind.

    Args:
        cells: Text, numbers, points in time or sequences.
        kind: The kind to read them as.
        target: The stored type, from `value_type`.
        style: How text is written.
    """
    if kind is ColumnKind.NUMBER:
        return _type_numbers(cells, target, style.numbers)
    if kind is ColumnKind.DATETIME:
        return _type_datetimes(cells, style.date_order)
    if kind is ColumnKind.SEQUENCE:
        return _type_sequences(cells)
    return TypedCells(_type_texts(cells))


def _type_numbers(cells: pa.Array, target: pa.DataType, style: NumberStyle) -> TypedCells:
    if pa.types.is_timestamp(cells.type):
        cells = pc.divide(pc.cast(pc.cast(cells, pa.int64()), pa.float64()), 1e6)
    if not pa.types.is_string(cells.type):
        values = cells
        if pa.types.is_floating(cells.type):
            values = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
        return TypedCells(pc.cast(values, target, safe=False))
    trimmed = trim(cells)
    read = parse_integers if pa.types.is_integer(target) else parse_numbers
    values = read(trimmed, style)
    return TypedCells(values, _unreadable(trimmed, values))


def _type_datetimes(cells: pa.Array, order: DateOrder) -> TypedCells:
    if pa.types.is_timestamp(cells.type):
        return TypedCells(pc.cast(cells, TIMESTAMP))
    if not pa.types.is_string(cells.type):
        values = _datetimes_of_numbers(cells)
        is_lost = pc.and_(pc.is_null(values), pc.invert(pc.is_null(cells, nan_is_null=True)))
        return TypedCells(values, is_lost if pc.any(is_lost).as_py() else None)
    trimmed = trim(cells)
    is_number = pc.fill_null(pc.match_substring_regex(trimmed, _PLAIN_NUMBER), False)
    values = parse_datetimes(pc.if_else(is_number, None, trimmed), order)
    if pc.any(is_number).as_py():
        numbers = pc.cast(pc.if_else(is_number, trimmed, None), pa.float64())
        values = pc.coalesce(values, _datetimes_of_numbers(numbers))
    return TypedCells(values, _unreadable(trimmed, values))


def _datetimes_of_numbers(cells: pa.Array) -> pa.Array:
    return datetimes_of_numbers(
        pc.cast(cells, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    )


def _type_sequences(cells: pa.Array) -> TypedCells:
    if not pa.types.is_string(cells.type):
        return TypedCells(to_sequences(cells))
    values, is_unreadable = parse_sequences(cells)
    return TypedCells(values, is_unreadable if pc.any(is_unreadable).as_py() else None)


def _type_texts(cells: pa.Array) -> pa.Array:
    if pa.types.is_string(cells.type):
        is_empty = pc.equal(trim(cells), "")
        return pc.if_else(is_empty, pa.scalar(None, pa.string()), cells)
    return text_of_numbers(cells)


def text_of_numbers(cells: pa.Array) -> pa.Array:
    """Write numbers as the names of classes are written.

    Args:
        cells: int64, float64 or timestamp[us].

    Returns:
        The shortest text that gives the same number, whole numbers without ".0"; null for null
        and NaN.
    """
    if not pa.types.is_floating(cells.type):
        return pc.cast(cells, pa.string())
    present = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    is_whole = pc.and_(pc.equal(pc.floor(present), present), pc.less(pc.abs(present), 2.0**53))
    whole = pc.cast(pc.if_else(is_whole, present, pa.scalar(None, cells.type)), pa.int64())
    return pc.coalesce(pc.cast(whole, pa.string()), pc.cast(present, pa.string()))


def _unreadable(trimmed: pa.Array, values: pa.Array) -> pa.Array | None:
    """Cells that hold something, are no value and no sign for a missing one."""
    if values.null_count == 0:
        return None
    holds_something = pc.and_(pc.is_valid(trimmed), pc.not_equal(trimmed, ""))
    suspects = pc.and_(pc.is_null(values), pc.fill_null(holds_something, False))
    if not pc.any(suspects).as_py():
        return None
    is_marker = pc.fill_null(is_missing_marker(trimmed), False)
    return pc.and_(suspects, pc.invert(is_marker))
