"""Columns of values from rows of a table's canvas, for pages and for saved generators alike."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dlstudio.models.table_values import CategoryValues, NumberValues, TableValues
from dlstudio.models.tensors import Tensor, layers, ops

# More than any scaled number; infinity cannot be written into a saved model.
BEYOND = np.float32(3e38)


def columns_of(values: TableValues, rows: Tensor) -> dict[str, Tensor]:
    """Turn rows of the canvas into columns, by operations that a saved model may hold.

    Args:
        values: The way back.
        rows: Float32 `(batch, width)` in the canvas's units.

    Returns:
        By column: numbers float32 `(batch,)`, NaN where missing; categories string `(batch,)`, ""
        where missing.
    """
    found = _numbers_of(values.numbers, rows) if values.numbers else {}
    for number, column in enumerate(values.categories, start=1):
        found[column.name] = _category_of(column, rows, f"category_{number}")
    return {name: found[name] for name in values.names}


def table_of(values: TableValues, rows: np.ndarray) -> pa.Table:
    """Turn rows of the canvas into a table as the dataset has it.

    Args:
        values: The way back.
        rows: Float32 `(n, width)` in the canvas's units.

    Returns:
        Whole numbers as int64, others as float64, categories as text; missing values are null.
    """
    columns = {
        name: ops.convert_to_numpy(column)
        for name, column in columns_of(values, ops.convert_to_tensor(rows)).items()
    }
    return table_of_columns(columns, {each.name: each.decimals == 0 for each in values.numbers})


def table_of_columns(columns: dict[str, np.ndarray], numbers: dict[str, bool]) -> pa.Table:
    """Turn columns as `columns_of` gives them into a table.

    Args:
        columns: Numbers `(n,)`, NaN where missing; texts as bytes or str `(n,)`.
        numbers: The number columns, and whether they hold whole numbers.
    """
    arrays = {
        name: _number_array(column, numbers[name]) if name in numbers else _text_array(column)
        for name, column in columns.items()
    }
    return pa.table(arrays)


def _number_array(column: np.ndarray, is_whole: bool) -> pa.Array:
    is_missing = ~np.isfinite(column)
    known = np.where(is_missing, 0.0, column).astype("float32")
    if is_whole:
        return pa.array(np.round(known).astype("int64"), pa.int64(), mask=is_missing)
    # By way of text: 5.1 in 32 bits is 5.0999999 in 64.
    return pa.array(known.astype("U32").astype("float64"), pa.float64(), mask=is_missing)


def _text_array(column: np.ndarray) -> pa.Array:
    texts = [text.decode() if isinstance(text, bytes) else str(text) for text in column.tolist()]
    return pa.array([text or None for text in texts], pa.string())


def _numbers_of(columns: Sequence[NumberValues], rows: Tensor) -> dict[str, Tensor]:
    num_knots = max(2, *(len(column.scaled) for column in columns))
    scaled = np.full((len(columns), num_knots), BEYOND, "float32")
    values = np.zeros((len(columns), num_knots), "float32")
    slope = np.zeros((len(columns), num_knots), "float32")
    for index, column in enumerate(columns):
        size = len(column.scaled)
        scaled[index, :size], values[index, :size] = column.scaled, column.values
        widths = np.maximum(np.diff(column.scaled), 1e-12)
        slope[index, : size - 1] = np.diff(column.values) / widths
    numbers = ops.take(rows, np.asarray([column.place for column in columns], "int32"), axis=1)
    last = np.asarray([column.scaled[-1] for column in columns], "float32")
    numbers = ops.minimum(ops.maximum(numbers, scaled[:, 0]), last)
    is_passed = ops.greater_equal(ops.expand_dims(numbers, -1), scaled)
    reached = ops.sum(ops.cast(is_passed, "int32"), axis=-1) - 1
    knot = ops.maximum(reached, 0) + num_knots * np.arange(len(columns), dtype="int32")
    beyond = numbers - ops.take(scaled.reshape(-1), knot, axis=0)
    found = ops.take(values.reshape(-1), knot, axis=0)
    found = found + beyond * ops.take(slope.reshape(-1), knot, axis=0)
    return {
        column.name: _finished(column, found[:, index], rows)
        for index, column in enumerate(columns)
    }


def _finished(column: NumberValues, numbers: Tensor, rows: Tensor) -> Tensor:
    if column.decimals is not None:
        factor = 10.0**column.decimals
        numbers = ops.round(numbers * factor) / factor
    if column.missing is None:
        return numbers
    return ops.where(ops.greater(rows[:, column.missing], 0.5), np.nan, numbers)


def _category_of(column: CategoryValues, rows: Tensor, name: str) -> Tensor:
    """The text of the largest place; "" is what the lookup has no word for."""
    words = [text for text in dict.fromkeys(column.texts) if text]
    number = {text: index for index, text in enumerate(words, start=1)}
    scores = rows[:, column.first : column.first + len(column.texts)]
    unused = np.asarray([text is None for text in column.texts])
    if unused.any():
        scores = scores + np.where(unused, -1e9, 0.0).astype("float32")
    codes = np.asarray([number.get(text or "", 0) for text in column.texts], "int64")
    chosen = ops.take(codes, ops.argmax(scores, axis=-1), axis=0)
    # Without a word every row is missing; a lookup needs at least one.
    lookup = layers.StringLookup(
        vocabulary=words or ["\x01"], oov_token="", num_oov_indices=1, invert=True, name=name
    )
    return lookup(chosen)
