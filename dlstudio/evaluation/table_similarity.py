"""How like real rows a table of samples is: columns, pairs of columns, and use for training.

Columns: the Kolmogorov-Smirnov distance of numbers, the total variation distance of categories;
missing values count as a number below all others, or as a category. Pairs: the difference of
Spearman's correlations of two numbers, of Cramér's V of two categories, and of the correlation
ratio (η) of a number by a category; rows where either value is missing are left out. For samples
and for the rival "training rows drawn again" the reference are the held-out rows.
"""

from itertools import combinations

import numpy as np

from dlstudio.evaluation.compared_tables import ComparedColumn, ComparedTables, compared_columns
from dlstudio.evaluation.synthetic_training import score_synthetic
from dlstudio.reports.generation import ColumnDistance, PairDistance, TableSimilarity

MOST_ROWS = 5_000
MOST_PAIR_COLUMNS = 40

KOLMOGOROV_SMIRNOV = "Kolmogorov-Smirnov"
TOTAL_VARIATION = "total variation"
SPEARMAN = "Spearman's correlation"
CRAMER = "Cramér's V"
CORRELATION_RATIO = "correlation ratio"


def compare_tables(tables: ComparedTables, seed: int) -> TableSimilarity:
    """Compare samples, and training rows drawn again, with held-out rows.

    Args:
        tables: The tables; at most 5,000 rows of each are compared, and pairs of 40 columns.
        seed: What rows are drawn with.

    Returns:
        The distances and the score of training on samples; notes say what was left out.
    """
    if min(tables.samples.num_rows, tables.train.num_rows, tables.held_out.num_rows) < 2:
        return _nothing("Tables are not compared: one has fewer than two rows.")
    values = compared_columns(tables, MOST_ROWS, seed)
    columns = tuple(_column_distance(column) for column in values)
    paired = combinations(values[:MOST_PAIR_COLUMNS], 2)
    pairs = tuple(_pair_distance(first, second) for first, second in paired)
    notes = ()
    if len(values) > MOST_PAIR_COLUMNS:
        notes = (f"Pairs are compared among the first {MOST_PAIR_COLUMNS} columns only.",)
    return TableSimilarity(
        columns=columns,
        pairs=pairs,
        column_distance=_mean([column.model for column in columns]),
        column_distance_resampled=_mean([column.resampled for column in columns]),
        pair_distance=_mean([pair.model for pair in pairs]),
        pair_distance_resampled=_mean([pair.resampled for pair in pairs]),
        synthetic_score=score_synthetic(tables, seed),
        notes=notes,
    )


def kolmogorov_smirnov(first: np.ndarray, second: np.ndarray) -> float:
    """Largest difference of two distribution functions.

    Args:
        first: Float64 `(n,)`, n at least 1; NaN, a missing value, counts as below all numbers.
        second: Float64 `(m,)`, m at least 1; the same.

    Returns:
        From 0, the same distribution, to 1, no overlap.
    """
    sides = [np.sort(np.where(np.isnan(side), -np.inf, side)) for side in (first, second)]
    places = np.concatenate(sides)
    shares = [np.searchsorted(side, places, side="right") / len(side) for side in sides]
    return float(np.abs(shares[0] - shares[1]).max())


def total_variation(first: np.ndarray, second: np.ndarray) -> float:
    """Half the sum of the differences of the categories' shares.

    Args:
        first: Codes of categories from -1; int64 `(n,)`, n at least 1.
        second: The same; `(m,)`.

    Returns:
        From 0, the same shares, to 1, no category in common.
    """
    size = max(int(first.max()), int(second.max())) + 2
    shares = [np.bincount(side + 1, minlength=size) / len(side) for side in (first, second)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2.0)


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of ranks, in [-1, 1]; 0 where a side is constant or has fewer than two rows."""
    if len(first) < 2:
        return 0.0
    ranks = [_ranks(side) for side in (first, second)]
    centred = [rank - rank.mean() for rank in ranks]
    spread = np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum())
    return float((centred[0] * centred[1]).sum() / spread) if spread > 0 else 0.0


def cramers_v(first: np.ndarray, second: np.ndarray) -> float:
    """Association of two categories, in [0, 1]; 0 where a side has one category only."""
    if not len(first):
        return 0.0
    rows, columns = (np.unique(side, return_inverse=True)[1] for side in (first, second))
    num_rows, num_columns = int(rows.max()) + 1, int(columns.max()) + 1
    counts = np.bincount(rows * num_columns + columns, minlength=num_rows * num_columns)
    counts = counts.reshape(num_rows, num_columns)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / len(first)
    freedom = min(num_rows, num_columns) - 1
    if not freedom:
        return 0.0
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi_squared / (len(first) * freedom)))


def correlation_ratio(numbers: np.ndarray, categories: np.ndarray) -> float:
    """Root of the share of a number's ranks' variance that lies between categories; in [0, 1]."""
    if not len(numbers):
        return 0.0
    ranks = _ranks(numbers)
    _, groups = np.unique(categories, return_inverse=True)
    sizes = np.bincount(groups)
    means = np.bincount(groups, weights=ranks) / sizes
    spread = float(((ranks - ranks.mean()) ** 2).sum())
    between = float((sizes * (means - ranks.mean()) ** 2).sum())
    return float(np.sqrt(min(1.0, between / spread))) if spread > 0 else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks in which equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]


def _column_distance(column: ComparedColumn) -> ColumnDistance:
    distance = kolmogorov_smirnov if column.is_number else total_variation
    return ColumnDistance(
        column=column.name,
        measure=KOLMOGOROV_SMIRNOV if column.is_number else TOTAL_VARIATION,
        model=distance(column.samples, column.held_out),
        resampled=distance(column.train, column.held_out),
    )


def _pair_distance(first: ComparedColumn, second: ComparedColumn) -> PairDistance:
    """Numbers come before categories, so that a mixed pair begins with the number."""
    measure, relation = CORRELATION_RATIO, correlation_ratio
    if first.is_number == second.is_number:
        measure, relation = (SPEARMAN, spearman) if first.is_number else (CRAMER, cramers_v)
    related = [
        relation(*_present(one, other))
        for one, other in (
            (first.held_out, second.held_out),
            (first.samples, second.samples),
            (first.train, second.train),
        )
    ]
    return PairDistance(
        first=first.name,
        second=second.name,
        measure=measure,
        model=abs(related[1] - related[0]),
        resampled=abs(related[2] - related[0]),
    )


def _present(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    is_present = ~(_missing(first) | _missing(second))
    return first[is_present], second[is_present]


def _missing(values: np.ndarray) -> np.ndarray:
    return np.isnan(values) if values.dtype.kind == "f" else values < 0


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _nothing(reason: str) -> TableSimilarity:
    return TableSimilarity(
        columns=(),
        pairs=(),
        column_distance=None,
        column_distance_resampled=None,
        pair_distance=None,
        pair_distance_resampled=None,
        notes=(reason,),
    )
