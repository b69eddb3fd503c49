"""Reconstructions of a table's rows as values of its columns, from a saved model alone.

The way back is found by sending known values of each column through the model: what comes out as
"example" is how the network sees them. Columns other than numbers and categories never come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.predict import model_outputs
from dlstudio.evaluation.rebuilding_answers import rebuilding_table, with_told
from dlstudio.models.canvas import Canvas, PlaceKind, canvas_of
from dlstudio.models.names import asked_names
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.spec.canvas import told_column
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec

NUM_LEVELS = 65
MOST_CATEGORIES = 200
PREFIX = "rebuilt_"

Raw = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class _Column:
    """One column: its places on the canvas, known values, and how the network sees each of them."""

    places: list[int]
    levels: np.ndarray
    seen: np.ndarray
    is_category: bool
    is_integer: bool


class RebuiltColumns:
    """What the numbers that a network rebuilds stand for."""

    def __init__(self, model: keras.Model, raw: Raw, info: DatasetInfo, spec: RunSpec) -> None:
        """Find the way back.

        Args:
            model: The complete model of a run whose network rebuilds the rows of a table.
            raw: Raw rows by column name, at least one; the first stands for what has no levels.
            info: The dataset that the model was trained on.
            spec: The run's spec.
        """
        canvas = canvas_of(spec, info)
        levels = _levels(with_told(raw, spec), info, spec)
        seen = model_outputs(model, levels, asked_names(spec))[EXAMPLE]
        self._columns: dict[str, _Column] = {}
        for name in spec.task.inputs:
            places, column = _places(canvas, name), info.column(name)
            if places:
                is_category = column.kind is ColumnKind.CATEGORY
                self._columns[name] = _Column(
                    places, levels[name], seen[:, places], is_category, bool(column.is_integer)
                )

    def values(self, rebuilt: np.ndarray) -> dict[str, np.ndarray]:
        """Give the values that are nearest to what came out.

        Args:
            rebuilt: What the model gives as "reconstruction"; float `(n, width)`.

        Returns:
            By column: float64 `(n,)`, whole where the column's are; categories as text, object
            `(n,)`, "" for a missing one.
        """
        return {
            name: _back(column, rebuilt[:, column.places]) for name, column in self._columns.items()
        }


def predict_with_values(
    model: keras.Model, raw: Raw, columns: RebuiltColumns, spec: RunSpec
) -> pa.Table:
    """Predict rows, with what the network rebuilds of them.

    Args:
        model: The complete model of a run whose network rebuilds the rows of a table.
        raw: Raw rows by column name.
        columns: The way back.
        spec: The run's spec.

    Returns:
        As `rebuilding_table`, and at the end `rebuilt_<column>` for each number and category.
    """
    given = with_told(raw, spec)
    outputs = model_outputs(model, given, asked_names(spec), left_out=(EXAMPLE,))
    table = rebuilding_table(outputs)
    for name, values in columns.values(outputs[RECONSTRUCTION]).items():
        cells = [text or None for text in values] if values.dtype == object else values
        table = table.append_column(f"{PREFIX}{name}", pa.array(cells))
    return table


def _places(canvas: Canvas, name: str) -> list[int]:
    kinds = {PlaceKind.NUMBER, PlaceKind.CATEGORY}
    return [
        index
        for index, place in enumerate(canvas.places)
        if place.column == name and place.kind in kinds
    ]


def _levels(raw: Raw, info: DatasetInfo, spec: RunSpec) -> dict[str, np.ndarray]:
    """Rows that hold, column by column, the values that a reconstruction may stand for."""
    wanted: dict[str, list[Any]] = {}
    for name in spec.task.inputs:
        column = info.column(name)
        if column.kind is ColumnKind.NUMBER and column.quantiles:
            spaced = np.linspace(0.0, len(column.quantiles) - 1, NUM_LEVELS)
            known = np.interp(spaced, np.arange(len(column.quantiles)), column.quantiles)
            wanted[name] = known.tolist()
        elif column.kind is ColumnKind.CATEGORY:
            missing = [""] if column.num_missing or not column.top_values else []
            known = [entry.value for entry in column.top_values[:MOST_CATEGORIES]]
            wanted[name] = [*known, *missing]
        else:
            wanted[name] = [raw[name][0]]
    told = told_column(spec)
    if told is not None:
        wanted[told] = [raw[told][0]]
    length = max(len(values) for values in wanted.values())
    return {
        name: np.asarray(values + values[-1:] * (length - len(values))).astype(raw[name].dtype)
        for name, values in wanted.items()
    }


def _back(column: _Column, rebuilt: np.ndarray) -> np.ndarray:
    """The value whose scaled form is nearest to what came out; the known ones are tried."""
    if column.is_category:
        # One place a category: the largest of them says which one is meant, however unsure.
        return column.levels[(rebuilt @ column.seen.T).argmax(axis=1)].astype(object)
    at, first = np.unique(column.seen[:, 0], return_index=True)
    values = np.interp(rebuilt[:, 0], at, column.levels[first].astype(np.float64))
    return np.round(values) if column.is_integer else values
