"""From the numbers that a network makes of a table back to values of its columns.

However a column is scaled, the way back is found by sending values of the training rows through the
fitted preprocessing: between them it is a straight line. A value that many rows share, such as a
zero, takes what comes near it; what lies beyond the training rows becomes the last value there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlstudio.models.canvas import Canvas, PlaceKind
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.rows import RawColumns

NUM_LEVELS = 128
# In fewer than a hundred rows a value that stands once would have the share.
COMMON_SHARE, FEWEST_COMMON = 0.01, 2
MOST_DECIMALS = 6
MOST_ROWS = 200_000


@dataclass(frozen=True)
class NumberValues:
    """How the numbers of a column come back.

    Attributes:
        name: The column.
        place: Where its scaled number is.
        missing: Where its missing indicator is; None if it has none.
        scaled: Scaled numbers, ascending, float32 `(num_knots,)`.
        values: The value at each, ascending, float64 `(num_knots,)`; straight lines between.
        decimals: Digits behind the point that the training rows have; None for more than six.
    """

    name: str
    place: int
    missing: int | None
    scaled: np.ndarray
    values: np.ndarray
    decimals: int | None


@dataclass(frozen=True)
class CategoryValues:
    """How the categories of a column come back.

    Attributes:
        name: The column.
        first: Its first place.
        texts: What each place stands for; "" for missing, None for a place that no training row
            uses.
    """

    name: str
    first: int
    texts: tuple[str | None, ...]


@dataclass(frozen=True)
class TableValues:
    """How all columns of a table come back; `names` is their order."""

    names: tuple[str, ...]
    numbers: tuple[NumberValues, ...]
    categories: tuple[CategoryValues, ...]


def fit_table_values(preprocessor: Preprocessor, canvas: Canvas, raw: RawColumns) -> TableValues:
    """Find the way back from a table's canvas.

    Args:
        preprocessor: Fitted on the training rows.
        canvas: The form of a row; columns that are neither numbers nor categories never come back.
        raw: The training rows of the input columns.
    """
    columns = preprocessor.columns
    known = {column.name: _known(raw[column.name]) for column in columns.numbers}
    quantiles = {name: np.unique(_levels(values)) for name, values in known.items()}
    texts = {column.name: _frequent(raw[column.name]) for column in columns.categories}
    features = _sent_through(preprocessor, raw, quantiles, texts)
    places = _places(canvas)
    numbers = []
    for name, values in quantiles.items():
        (place,) = places[name, PlaceKind.NUMBER]
        scaled, values = _knots(features[: len(values), place], values, known[name])
        missing = next(iter(places.get((name, PlaceKind.MISSING), ())), None)
        decimals = _decimals(known[name])
        numbers.append(NumberValues(name, place, missing, scaled, values, decimals))
    categories = []
    for name, each in texts.items():
        mine = places[name, PlaceKind.CATEGORY]
        names = _names(features[: len(each), mine], each)
        categories.append(CategoryValues(name, mine[0], names))
    names = tuple(name for name in columns.names if name in quantiles or name in texts)
    return TableValues(names, tuple(numbers), tuple(categories))


def _places(canvas: Canvas) -> dict[tuple[str, PlaceKind], list[int]]:
    found: dict[tuple[str, PlaceKind], list[int]] = {}
    for index, place in enumerate(canvas.places):
        found.setdefault((place.column, place.kind), []).append(index)
    return found


def _known(values: np.ndarray) -> np.ndarray:
    step = -(-len(values) // MOST_ROWS)
    values = np.asarray(values[:: max(1, step)], "float64")
    finite = values[np.isfinite(values)]
    return np.sort(finite) if len(finite) else np.zeros(1)


def _levels(known: np.ndarray) -> np.ndarray:
    """Values of the training rows at even levels, the smallest and the largest among them."""
    places = np.linspace(0, len(known) - 1, NUM_LEVELS + 1).round().astype("int64")
    return known[places]


def _frequent(texts: np.ndarray) -> list[str]:
    """Different texts, the most frequent first."""
    found, counts = np.unique(texts.astype(str), return_counts=True)
    ordered = found[np.argsort(-counts, kind="stable")]
    return [str(text) for text in ordered] or [""]


def _sent_through(
    preprocessor: Preprocessor,
    raw: RawColumns,
    quantiles: dict[str, np.ndarray],
    texts: dict[str, list[str]],
) -> np.ndarray:
    """Features of rows that hold, column by column, the values to be looked up."""
    wanted = {**quantiles, **{name: np.asarray(each, object) for name, each in texts.items()}}
    num_rows = max((len(values) for values in wanted.values()), default=1)
    rows = {}
    for name, values in wanted.items():
        filled = np.concatenate([values, np.repeat(values[-1:], num_rows - len(values))])
        rows[name] = filled.astype(raw[name].dtype)
    for name in raw.keys() - wanted.keys():
        rows[name] = np.repeat(raw[name][:1], num_rows, axis=0)
    return preprocessor.transform(rows)["dense"]


def _knots(
    scaled: np.ndarray, values: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ascending pairs; a common value reaches halfway to its neighbours."""
    scaled, first = np.unique(scaled, return_index=True)
    last = np.append(first[1:], len(values)) - 1
    # Scaled alike, as values beyond a limit are: the one in the middle.
    values = values[(first + last) // 2]
    counts = np.searchsorted(known, values, "right") - np.searchsorted(known, values, "left")
    fewest = max(FEWEST_COMMON, COMMON_SHARE * len(known))
    pairs: list[tuple[float, float]] = []
    for index, (at, value) in enumerate(zip(scaled.tolist(), values.tolist(), strict=True)):
        if counts[index] < fewest:
            pairs.append((at, value))
            continue
        before = (scaled[index - 1] + at) / 2 if index else at
        after = (at + scaled[index + 1]) / 2 if index + 1 < len(scaled) else at
        pairs += [(before, value), (after, value)]
    knots = np.asarray(pairs, "float64")
    return knots[:, 0].astype("float32"), knots[:, 1]


def _decimals(known: np.ndarray) -> int | None:
    # The table's numbers were read as float32, whose own rounding must not count as digits.
    tolerance = 1e-6 * np.maximum(np.abs(known), 1e-12)
    for decimals in range(MOST_DECIMALS + 1):
        if (np.abs(known - np.round(known, decimals)) <= tolerance).all():
            return decimals
    return None


def _names(lit: np.ndarray, texts: Sequence[str]) -> tuple[str | None, ...]:
    """The most frequent text that lights each place."""
    names: list[str | None] = []
    for place in range(lit.shape[1]):
        found = np.flatnonzero(lit[:, place] > 0.5)
        names.append(texts[int(found[0])] if len(found) else None)
    return tuple(names)
