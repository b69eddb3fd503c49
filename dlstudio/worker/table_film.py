"""Frames of a table's training: rows as they are made up or rebuilt, as values of its columns."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from dlstudio.models.rebuilding import RECONSTRUCTION
from dlstudio.models.rows import RawColumns
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.models.table_values import (
    CategoryValues,
    NumberValues,
    TableValues,
    fit_table_values,
)
from dlstudio.runs.samples import ORIGINALS, SampleFrame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CONDITION, CanvasPreparation
from dlstudio.worker.film_words import find_words

# Enough for the shape of a column's distribution; a frame takes a few milliseconds.
NUM_ROWS = 400
# Rows with texts are thousands of numbers wide.
NUM_ROWS_WITH_TEXTS = 100
MOST_COLUMNS, MOST_TEXTS = 50, 5
MOST_FITTED = 20_000
DIGITS = 6


class TableFilm:
    """Makes the frames of a table, and that of the real rows which they are compared with.

    Of texts, whose numbers count words, the heaviest words stand in the cells.
    """

    def __init__(self, preparation: CanvasPreparation, spec: RunSpec) -> None:
        """Find the way back from the network's numbers to values.

        Args:
            preparation: The network and its rows.
            spec: The run's spec.
        """
        self._preparation = preparation
        self._spec = spec
        names = preparation.preprocessor.columns.names
        rows = _evenly(preparation.learned.train, MOST_FITTED)
        raw = preparation.source.take(names, rows)
        self._values = fit_table_values(preparation.preprocessor, preparation.canvas, raw)
        self._names = self._values.names[:MOST_COLUMNS]
        self._texts = find_words(preparation.preprocessor, preparation.canvas)[:MOST_TEXTS]
        self._num_rows = NUM_ROWS_WITH_TEXTS if self._texts else NUM_ROWS

    @property
    def has_columns(self) -> bool:
        """Whether any column can be shown; dates cannot, nor texts that are cut into letters."""
        return bool(self._names or self._texts)

    def make(self, epoch: int) -> SampleFrame:
        """Let the network make or rebuild rows, the same ones each time.

        Args:
            epoch: The epoch that is over.
        """
        if self._spec.task.kind is TaskKind.GENERATION:
            rows, classes = self._samples()
        else:
            rows, classes = self._rebuilt(), None
        columns = cells_of(self._values, self._names, rows)
        columns |= {text.name: text.expected(rows) for text in self._texts}
        return self._frame(epoch, columns, classes)

    def originals(self) -> SampleFrame:
        """The rows that are rebuilt, or training rows beside which samples are looked at."""
        preparation = self._preparation
        is_generation = self._spec.task.kind is TaskKind.GENERATION
        learned = preparation.learned
        rows = _evenly(learned.train if is_generation else learned.validation, self._num_rows)
        columns = raw_cells(self._values, preparation.source.take(self._names, rows))
        if self._texts:
            given = self._given()
            columns |= {text.name: text.cells(given) for text in self._texts}
        labels = preparation.labels
        classes = labels.texts[rows] if labels is not None and self._tells_classes else None
        return self._frame(ORIGINALS, columns, classes)

    @property
    def _tells_classes(self) -> bool:
        return self._preparation.canvas.num_classes > 0 and self._preparation.labels is not None

    def _samples(self) -> tuple[np.ndarray, np.ndarray | None]:
        preparation, seed = self._preparation, self._spec.training.seed
        sampler = sampler_of(preparation.network, self._spec, preparation.canvas)
        noise = draw_noise(self._num_rows, sampler.latent_size, seed)
        if not self._tells_classes or preparation.labels is None:
            return sampler.sample(noise), None
        given = preparation.data.train.features[CONDITION][:, 0]
        classes = np.random.default_rng(seed).choice(given, self._num_rows).astype("int32")
        texts = np.asarray(preparation.labels.classes, object)[classes]
        return sampler.sample(noise, classes), texts

    def _given(self) -> np.ndarray:
        """What the network is to rebuild; no samples are made of tables with texts."""
        examples = self._preparation.data.validation
        places = _evenly(np.arange(len(examples)), self._num_rows)
        return np.asarray(examples.features[self._preparation.canvas.feature][places])

    def _rebuilt(self) -> np.ndarray:
        features = {self._preparation.canvas.feature: self._given()}
        outputs: Any = self._preparation.network(features, training=False)
        return np.asarray(keras.ops.convert_to_numpy(outputs[RECONSTRUCTION]))

    def _frame(
        self, epoch: int, columns: Mapping[str, np.ndarray], classes: np.ndarray | None
    ) -> SampleFrame:
        cells = dict(columns)
        labels = self._preparation.labels
        if classes is not None and labels is not None:
            cells[labels.column] = classes
        numbers = {column.name for column in self._values.numbers}
        return SampleFrame(
            epoch,
            CanvasKind.TABLE,
            np.stack([np.asarray(column, np.str_) for column in cells.values()], axis=1),
            columns=tuple(cells),
            numbers=tuple(name for name in cells if name in numbers),
            texts=tuple(text.name for text in self._texts),
        )


def cells_of(
    values: TableValues, names: tuple[str, ...], rows: np.ndarray
) -> dict[str, np.ndarray]:
    """Turn rows of the canvas into cells as text.

    Args:
        values: The way back.
        names: The columns that are wanted.
        rows: Float `(n, width)` in the canvas's units.

    Returns:
        By column, str `(n,)`; "" where a value is missing.
    """
    columns: dict[str, NumberValues | CategoryValues] = {
        column.name: column for column in (*values.numbers, *values.categories)
    }
    return {name: _cells(columns[name], rows) for name in names}


def raw_cells(values: TableValues, raw: RawColumns) -> dict[str, np.ndarray]:
    """Write raw values as `cells_of` writes those of the network.

    Args:
        values: The way back; says how many digits numbers have.
        raw: Some columns of the dataset.
    """
    decimals = {column.name: column.decimals for column in values.numbers}
    return {
        name: _written(np.asarray(column, "float64"), decimals[name])
        if name in decimals
        else np.asarray(column, np.str_)
        for name, column in raw.items()
    }


def _cells(column: NumberValues | CategoryValues, rows: np.ndarray) -> np.ndarray:
    if isinstance(column, CategoryValues):
        scores = np.array(rows[:, column.first : column.first + len(column.texts)])
        scores[:, [text is None for text in column.texts]] = -np.inf
        texts = np.asarray([text or "" for text in column.texts], np.str_)
        return texts[scores.argmax(axis=1)]
    numbers = np.interp(rows[:, column.place], column.scaled, column.values)
    if column.missing is not None:
        numbers = np.where(rows[:, column.missing] > 0.5, np.nan, numbers)
    return _written(numbers, column.decimals)


def _written(numbers: np.ndarray, decimals: int | None) -> np.ndarray:
    form = f"%.{DIGITS}g" if decimals is None else f"%.{decimals}f"
    texts = [form % value if np.isfinite(value) else "" for value in numbers.tolist()]
    return np.asarray(texts, np.str_)


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many rows, evenly taken."""
    places = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))
    return rows[places]
