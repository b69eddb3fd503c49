"""Number columns: filled, scaled, and where asked spread over bins.

All columns are worked on together, as one matrix, so that 5,000 of them cost little more than 5.
The saved model holds the statistics as constants. Whatever comes in (missing, infinite, 1e38, a
new value in a constant column), what goes out is finite and small; only with scaling "none" is it
as large as the input.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dlstudio.models.columns import NumberColumn
from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.inputs.number import NumberEmbedding, NumberFill, NumberScaling

# Beyond this float32 arithmetic between two values could overflow.
LARGEST = 1e30
# Statistics of more rows than this are those of an even sample.
MOST_ROWS = 200_000
NUM_RANKS = 64
# z / sqrt(1 + (z / 3)^2): nearly z for usual values and never beyond 3 (RealMLP, Holzmüller et al.
# 2024, "Better by Default").
SMOOTH_CLIP = 3.0


@dataclass(frozen=True)
class Scaling:
    """How one column is scaled: (x - center) * scale, bent towards and cut at limits."""

    center: float
    scale: float
    bend: float = 0.0
    low: float = -LARGEST
    high: float = LARGEST


def scaled_columns(columns: Sequence[NumberColumn]) -> tuple[NumberColumn, ...]:
    """The columns in the order of their scaled features: those scaled by rank come last."""
    by_rank = [column for column in columns if column.settings.scaling is NumberScaling.QUANTILE]
    others = [column for column in columns if column.settings.scaling is not NumberScaling.QUANTILE]
    return (*others, *by_rank)


def number_features(columns: Sequence[NumberColumn]) -> tuple[str, ...]:
    """Names of the features that number columns give, in order."""
    scaled = [column.name for column in scaled_columns(columns)]
    bins = [
        f"{column.name} (bin {index + 1})"
        for column in columns
        for index in range(_num_bins(column))
    ]
    missing = [f"{column.name} is missing" for column in columns if _has_indicator(column)]
    return (*scaled, *bins, *missing)


def build_numbers(
    columns: Sequence[NumberColumn], values: np.ndarray, numbers: Tensor
) -> list[Tensor]:
    """Fit the columns and build their features.

    Args:
        columns: At least one number column.
        values: The training rows, float32 `(num_rows, num_columns)`; NaN is missing.
        numbers: Symbolic input, float32 `(batch, num_columns)`.

    Returns:
        Float32 `(batch, ...)` tensors, in the order of `number_features`.
    """
    known = [_known(column) for column in _sample(values).T]
    is_known = ops.isfinite(numbers)
    fills = _vector(
        _fill(column.settings.fill, rows) for column, rows in zip(columns, known, strict=True)
    )
    filled = ops.where(is_known, numbers, fills)
    filled = ops.minimum(ops.maximum(filled, -LARGEST), LARGEST)
    features = [
        *_build_affine(columns, known, filled),
        *_build_ranks(columns, known, filled),
        *_build_bins(columns, known, filled),
    ]
    indicators = [index for index, column in enumerate(columns) if _has_indicator(column)]
    if indicators:
        missing = ops.logical_not(_take(is_known, indicators, len(columns)))
        features.append(ops.cast(missing, "float32"))
    return features


def _build_affine(
    columns: Sequence[NumberColumn], known: Sequence[np.ndarray], filled: Tensor
) -> list[Tensor]:
    chosen = [
        index
        for index, column in enumerate(columns)
        if column.settings.scaling is not NumberScaling.QUANTILE
    ]
    if not chosen:
        return []
    scalings = [_SCALINGS[columns[index].settings.scaling](known[index]) for index in chosen]
    scaled = _take(filled, chosen, len(columns)) - _vector(each.center for each in scalings)
    scaled = scaled * _vector(each.scale for each in scalings)
    if any(each.bend for each in scalings):
        scaled = scaled / ops.sqrt(1.0 + ops.square(scaled * _vector(e.bend for e in scalings)))
    low, high = _vector(e.low for e in scalings), _vector(e.high for e in scalings)
    return [ops.minimum(ops.maximum(scaled, low), high)]


def _build_ranks(
    columns: Sequence[NumberColumn], known: Sequence[np.ndarray], filled: Tensor
) -> list[Tensor]:
    """The rank among the training rows, spread like a normal distribution within -3 and 3."""
    chosen = [
        index
        for index, column in enumerate(columns)
        if column.settings.scaling is NumberScaling.QUANTILE
    ]
    if not chosen:
        return []
    lines = [_rank_line(known[index]) for index in chosen]
    values = ops.expand_dims(_take(filled, chosen, len(columns)), -1)
    left, inverse_width, rise = (np.stack([line[part] for line in lines]) for part in range(3))
    base = _vector(line[3] for line in lines)
    steps = ops.minimum(ops.maximum((values - left) * inverse_width, 0.0), 1.0)
    rank = ops.sum(steps * rise, axis=-1) + base
    centered = ops.minimum(ops.maximum(2.0 * rank - 1.0, -0.9973), 0.9973)
    return [ops.erfinv(centered) * np.float32(np.sqrt(2.0))]


def _build_bins(
    columns: Sequence[NumberColumn], known: Sequence[np.ndarray], filled: Tensor
) -> list[Tensor]:
    """Piecewise-linear encoding: how far a value got through each bin, from 0 to 1.

    Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning"; the
    outermost bins end where the training values end, so that outliers do no harm.
    """
    source: list[int] = []
    edges: list[tuple[np.ndarray, np.ndarray]] = []
    for index, column in enumerate(columns):
        num_bins = _num_bins(column)
        if num_bins:
            source.extend([index] * num_bins)
            edges.append(_bin_edges(known[index], num_bins))
    if not source:
        return []
    left = np.concatenate([start for start, _ in edges])
    inverse_width = np.concatenate([inverse for _, inverse in edges])
    values = ops.take(filled, np.asarray(source, "int32"), axis=1)
    return [ops.minimum(ops.maximum((values - left) * inverse_width, 0.0), 1.0)]


def _num_bins(column: NumberColumn) -> int:
    if column.settings.embedding is not NumberEmbedding.PIECEWISE_LINEAR:
        return 0
    # Fewer distinct values need fewer bins, and two values none beside the scaled number itself.
    num_bins = min(column.settings.num_bins, column.info.num_distinct - 1)
    return num_bins if num_bins >= 2 else 0


def _has_indicator(column: NumberColumn) -> bool:
    return column.settings.missing_indicator and column.may_be_missing


def _bin_edges(known: np.ndarray, num_bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Left edges and inverse widths; bins that the training rows cannot fill stay at 0."""
    edges = np.unique(_quantiles(known, np.linspace(0.0, 1.0, num_bins + 1)).astype("float32"))
    left = np.zeros(num_bins, "float32")
    inverse_width = np.zeros(num_bins, "float32")
    left[: len(edges) - 1] = edges[:-1]
    inverse_width[: len(edges) - 1] = _inverse(np.diff(edges))
    return left, inverse_width


def _rank_line(known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """The cumulative distribution as a line: left edges, inverse widths, rises, first level."""
    levels = np.linspace(0.0, 1.0, NUM_RANKS + 1)
    values = _quantiles(known, levels).astype("float32")
    knots, place = np.unique(values, return_inverse=True)
    # Equal values share the middle of their ranks.
    heights = np.bincount(place, weights=levels) / np.bincount(place)
    left, inverse_width, rise = (np.zeros(NUM_RANKS, "float32") for _ in range(3))
    num_parts = len(knots) - 1
    left[:num_parts] = knots[:-1]
    inverse_width[:num_parts] = _inverse(np.diff(knots))
    rise[:num_parts] = np.diff(heights)
    return left, inverse_width, rise, float(heights[0])


def _standard(known: np.ndarray) -> Scaling:
    mean = float(known.mean())
    return Scaling(mean, _inverse_spread(float(known.std()), mean), low=-8.0, high=8.0)


def _min_max(known: np.ndarray) -> Scaling:
    low, high = float(known[0]), float(known[-1])
    return Scaling(low, _inverse_spread(high - low, low), low=-0.5, high=1.5)


def _robust(known: np.ndarray) -> Scaling:
    """By median and quartiles; half the range where the quartiles are equal (RealMLP)."""
    first, median, third = _quantiles(known, np.asarray([0.25, 0.5, 0.75]))
    spread = third - first
    if _inverse_spread(spread, median) == 0.0:
        spread = (known[-1] - known[0]) / 2.0
    return Scaling(
        float(median), _inverse_spread(float(spread), float(median)), bend=1.0 / SMOOTH_CLIP
    )


def _unscaled(known: np.ndarray) -> Scaling:
    return Scaling(0.0, 1.0)


_SCALINGS: dict[NumberScaling, Callable[[np.ndarray], Scaling]] = {
    NumberScaling.STANDARD: _standard,
    NumberScaling.MIN_MAX: _min_max,
    NumberScaling.ROBUST: _robust,
    NumberScaling.NONE: _unscaled,
}


def _fill(fill: NumberFill, known: np.ndarray) -> float:
    if fill is NumberFill.ZERO:
        return 0.0
    if fill is NumberFill.MEAN:
        return float(known.mean())
    return float(_quantiles(known, np.asarray([0.5]))[0])


def _sample(values: np.ndarray) -> np.ndarray:
    step = -(-len(values) // MOST_ROWS)
    return values[:: max(step, 1)]


def _known(column: np.ndarray) -> np.ndarray:
    """The sorted finite values of a column as float64; a single 0 if there is none."""
    finite = np.sort(column[np.isfinite(column)]).astype("float64")
    return np.clip(finite, -LARGEST, LARGEST) if len(finite) else np.zeros(1)


def _quantiles(ordered: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of sorted values, interpolated; np.quantile would sort again."""
    place = levels * (len(ordered) - 1)
    below = place.astype("int64")
    above = np.minimum(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _inverse_spread(spread: float, center: float) -> float:
    """1 / spread; 0 if the spread is only rounding, as in a constant column."""
    smallest = max(1e-6 * abs(center), 1e-30)
    return 1.0 / spread if spread > smallest else 0.0


def _inverse(widths: np.ndarray) -> np.ndarray:
    return (1.0 / np.maximum(widths, 1e-30)).astype("float32")


def _vector(values: Iterable[float]) -> np.ndarray:
    return np.asarray(list(values), "float32")


def _take(tensor: Tensor, positions: list[int], num_columns: int) -> Tensor:
    if len(positions) == num_columns:
        return tensor
    return ops.take(tensor, np.asarray(positions, "int32"), axis=1)
