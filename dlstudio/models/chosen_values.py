"""From probabilities of a table's row to one row, by noise that is handed in."""

import math

import numpy as np

from dlstudio.models.canvas import Canvas
from dlstudio.models.likelihood import SMALLEST_PROBABILITY, table_places
from dlstudio.models.tensors import Tensor, ops


def choose_values(canvas: Canvas, expected: Tensor, noise: Tensor, spread: np.ndarray) -> Tensor:
    """Draw rows of a table.

    A category is chosen by its probability plus noise from a Gumbel distribution, which draws each
    as often as it is probable (Gumbel 1954).

    Args:
        canvas: The form of a row.
        expected: What `as_reconstruction` gave, `(batch, width)`.
        noise: Standard normal `(batch, width)`; zeros choose what is most probable.
        spread: Standard deviation of each number around what is expected, `(width,)`.

    Returns:
        Float32 `(batch, width)`: numbers, and 1 or 0 for indicators and categories.
    """
    places = table_places(canvas)
    is_normal = np.zeros(canvas.size, "float32")
    for first, last in places.normal:
        is_normal[first:last] = 1.0
    first, last = places.missing
    numbers = expected + noise * (spread * is_normal)
    if last == first and places.categories[0] == places.categories[1]:
        return numbers
    parts = [numbers[:, :first]]
    if last > first:
        is_missing = ops.less(_levels(noise[:, first:last]), expected[:, first:last])
        parts.append(ops.cast(is_missing, "float32"))
    first, last = places.categories
    if last > first:
        scores = ops.log(ops.maximum(expected[:, first:last], SMALLEST_PROBABILITY))
        scores = scores - ops.log(-ops.log(_levels(noise[:, first:last])))
        parts.append(_largest_of_column(scores, places.of_column))
    if canvas.size > last:
        parts.append(numbers[:, last:])
    return ops.concatenate(parts, axis=-1)


def _levels(noise: Tensor) -> Tensor:
    """Standard normal numbers spread evenly over (0, 1)."""
    levels = 0.5 + 0.5 * ops.erf(noise * (1.0 / math.sqrt(2.0)))
    return ops.clip(levels, 1e-6, 1.0 - 1e-6)


def _largest_of_column(scores: Tensor, of_column: np.ndarray) -> Tensor:
    """1 for the largest score among the places of a column, 0 for the others."""
    column = of_column.argmax(axis=1)
    counts = of_column.sum(axis=0).astype("int64")
    # The places of each column; one that is no place, and never the largest, fills up short ones.
    nowhere = len(column)
    found = np.full((len(counts), counts.max()), nowhere, "int32")
    for number, count in enumerate(counts.tolist()):
        found[number, :count] = np.flatnonzero(column == number)
    filled = ops.pad(scores, ((0, 0), (0, 1)), constant_values=-np.inf)
    largest = ops.max(ops.take(filled, found, axis=1), axis=-1)
    return ops.cast(ops.greater_equal(scores, ops.take(largest, column, axis=1)), "float32")
