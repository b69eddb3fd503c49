"""Which share of the real rows is of kinds that hardly ever appear among samples.

The number of statistically different bins (Richardson and Weiss 2018, "On GANs and GMMs"): real
rows are parted into kinds by k-means, and the shares of the kinds among samples are compared with
those among real rows. Only kinds that samples lack are counted, by their share of the real rows: a
generator that is not perfect makes too many of some kinds and too few of others.

As for the nearest rows in `neighbour_variety`, rows are compared by their direction from the middle
of the data: by distance, samples that are smoother than real rows all fall into the kinds near the
middle (real rows of tumours, half as far from it: 0.40 by distance, 0.11 by direction).
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.neighbour_variety import FEWEST_ROWS, directions
from dlstudio.evaluation.sample_quality import draw_rows

MOST_ROWS = 3_000
MOST_KINDS = 50
ROWS_A_KIND, SAMPLES_A_KIND = 20, 10
NUM_PASSES = 10
# Squared distances of float32 directions below this are none.
ROUNDING = 1e-5
# A kind is missing if samples have less than this part of its share, which would come by chance in
# one of a hundred cases: NORMAL_QUANTILE standard errors.
LEAST_PART = 0.25
NORMAL_QUANTILE = 2.326


@dataclass(frozen=True)
class RealKinds:
    """Kinds of real rows.

    Attributes:
        middle: Mean of the rows, float `(d,)`.
        centres: Mean direction of each kind, float `(k, d)`.
        shares: Share of each kind among the rows, float64 `(k,)`; they sum to 1.
        num_rows: How many rows the shares are of.
    """

    middle: np.ndarray
    centres: np.ndarray
    shares: np.ndarray
    num_rows: int


def find_kinds(real: np.ndarray, num_samples: int, seed: int) -> RealKinds | None:
    """Part real rows into kinds: one for 20 rows and 10 samples, at most 50.

    Args:
        real: Float `(n, d)`, finite; of more than 3,000 rows as many are drawn.
        num_samples: How many samples there will be.
        seed: What rows and the first centres are drawn with.

    Returns:
        None with fewer than 100 rows or samples: too few to judge samples by.
    """
    if min(len(real), num_samples) < FEWEST_ROWS:
        return None
    rows = draw_rows(real, MOST_ROWS, seed).astype(np.float32)
    middle = rows.mean(axis=0)
    ways = directions(rows - middle)
    count = min(MOST_KINDS, len(rows) // ROWS_A_KIND, num_samples // SAMPLES_A_KIND)
    centres = _first_centres(ways, count, seed)
    for _ in range(NUM_PASSES):
        is_of = np.arange(len(centres))[:, None] == _nearest(ways, centres)
        counts = is_of.sum(axis=1, keepdims=True)
        means = is_of.astype(np.float32) @ ways / np.maximum(counts, 1)
        centres = np.where(counts > 0, means, centres)
    return RealKinds(middle, centres, _shares(ways, centres), len(rows))


def missing_share(samples: np.ndarray, real: RealKinds) -> float | None:
    """Share of the real rows that are of kinds which samples lack.

    Args:
        samples: Float `(n, d)`.
        real: The kinds of real rows.

    Returns:
        In [0, 1]: near 0 where samples are of all kinds, up to a half where they are of half of
        them (less where kinds are hard to tell apart); None with fewer than 100 samples or if they
        are not finite.
    """
    if len(samples) < FEWEST_ROWS or not np.isfinite(samples).all():
        return None
    shares = _shares(directions(samples.astype(np.float32) - real.middle), real.centres)
    both = (len(samples) * shares + real.num_rows * real.shares) / (len(samples) + real.num_rows)
    error = np.sqrt(both * (1 - both) * (1 / len(samples) + 1 / real.num_rows))
    is_missing = shares < LEAST_PART * real.shares
    is_missing &= real.shares - shares > NORMAL_QUANTILE * error
    return float(real.shares[is_missing].sum())


def _first_centres(rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Rows far from each other: k-means++ (Arthur and Vassilvitskii 2007)."""
    random = np.random.default_rng(seed)
    chosen = [int(random.integers(len(rows)))]
    squared, lengths = np.full(len(rows), np.inf), np.square(rows).sum(axis=1)
    for _ in range(count - 1):
        last = rows[chosen[-1]]
        distances = lengths + last @ last - 2.0 * (rows @ last)
        squared = np.minimum(squared, np.where(distances > ROUNDING, distances, 0.0))
        total = float(squared.sum(dtype=np.float64))
        if total <= 0.0:  # fewer different rows than kinds
            break
        chosen.append(int(random.choice(len(rows), p=squared.astype(np.float64) / total)))
    return rows[chosen]


def _nearest(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return (rows @ centres.T - 0.5 * np.square(centres).sum(axis=1)).argmax(axis=1)


def _shares(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.bincount(_nearest(rows, centres), minlength=len(centres)) / len(rows)
