"""Whether samples repeat training rows.

The measure of a row is the distance to its nearest training row over that to the next different one
(after Yoon et al. 2023, "Diffusion probabilistic models generalize when they fail to memorize"):
near 0 it repeats one row. Plain distances, as in the statistic C_T of Meehan et al. 2020, would
accuse every model whose samples are a little smoother than life: these lie nearer to all rows.

Held-out rows say how small the measure gets by chance. If samples are as new as they are, the
number of samples below their j-th smallest measure follows a negative hypergeometric distribution
whatever the data (the precedence test; Nelson 1963), which gives an exact one-sided test.

Where values are few, held-out rows repeat training rows too. A row that several training rows share
is then nobody's in particular, and only repeats of a row that stands once count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, exp, lgamma

import numpy as np

from dlstudio.evaluation.distinct_neighbours import TwoNearest
from dlstudio.evaluation.sample_quality import draw_rows
from dlstudio.reports.generation import CopyVerdict, MemorisationCheck, NearestRow

MOST_ROWS = 2_000
FEWEST_ROWS = 3
CHANCE_SHARE = 0.01
LEAST_EXCESS = 0.02
SIGNIFICANCE = 0.01
MOST_REPEATED = 0.5
NUM_SHOWN = 16


@dataclass(frozen=True)
class _Closeness:
    """Nearest training row, its distance, and that over the distance to the next; all `(n,)`.

    `num_equal` counts the training rows that are equal to the nearest one.
    """

    nearest: np.ndarray
    distances: np.ndarray
    ratios: np.ndarray
    num_equal: np.ndarray

    def at(self, part: slice) -> "_Closeness":
        """Those of some rows."""
        values = (self.nearest, self.distances, self.ratios, self.num_equal)
        return _Closeness(*(each[part] for each in values))

    def without_shared(self) -> "_Closeness":
        """Rows that equal several training rows repeat none of them in particular.

        Where values are few, a model that makes frequent rows a little too often would otherwise
        be accused of copying them.
        """
        is_shared = (self.ratios == 0.0) & (self.num_equal > 1)
        return replace(self, ratios=np.where(is_shared, 1.0, self.ratios))


def check_memorisation(
    samples: np.ndarray, train: Iterable[np.ndarray], held_out: np.ndarray, seed: int
) -> MemorisationCheck:
    """Compare how near samples and held-out rows come to single training rows.

    Args:
        samples: Float `(n, d)`, finite, in the space in which distances mean something: pixels, or
            columns of the same spread. At most 2,000 of them are looked at.
        train: Rows that the model learned from, in parts; each float `(m, d)`, finite.
        held_out: Float `(h, d)`, finite: rows that it never saw; at most 2,000 are looked at.
        seed: What rows are drawn with where there are more.

    Returns:
        The verdict with its numbers. `sample` counts among `samples`, `training_row` among the rows
        of all parts.
    """
    chosen = draw_rows(np.arange(len(samples)), MOST_ROWS, seed)
    usual = draw_rows(held_out, MOST_ROWS, seed + 1)
    search = TwoNearest(np.concatenate([samples[chosen], usual]))
    for part in train:
        search.add(part)
    if min(len(samples), len(held_out), search.num_different) < FEWEST_ROWS:
        return _cannot_tell(
            "There are fewer than three samples, held-out rows or different training rows."
        )
    closeness = _closeness(search)
    ours, others = closeness.at(slice(len(chosen))), closeness.at(slice(len(chosen), None))
    nearest = _most_alike(ours, chosen)
    repeated = float(np.mean(others.ratios == 0.0))
    if repeated > MOST_REPEATED:
        share = f"{100 * repeated:.0f} % of the held-out rows stand among the training rows, too"
        return _cannot_tell(f"{share}, so that a sample which does so says nothing.", nearest)
    if repeated:
        ours, others = ours.without_shared(), others.without_shared()
        nearest = _most_alike(ours, chosen)
    return _verdict(ours, others, nearest)


def _verdict(
    ours: _Closeness, usual: _Closeness, nearest: tuple[NearestRow, ...]
) -> MemorisationCheck:
    num_samples, num_held_out = len(ours.ratios), len(usual.ratios)
    # Held-out rows that repeat training rows are left below the limit: samples may do so as often.
    num_repeated = int((usual.ratios == 0.0).sum())
    place = min(num_repeated + ceil(CHANCE_SHARE * num_held_out), num_held_out)
    num_copied = int((ours.ratios < np.sort(usual.ratios)[place - 1]).sum())
    if chance_of(num_samples, num_samples, num_held_out, place) > SIGNIFICANCE:
        return _cannot_tell("There are too few samples and held-out rows.", nearest)
    share, expected = num_copied / num_samples, place / (num_held_out + 1)
    chance = chance_of(num_copied, num_samples, num_held_out, place)
    is_copy = chance < SIGNIFICANCE and share > expected + LEAST_EXCESS
    return MemorisationCheck(
        verdict=CopyVerdict.COPIES if is_copy else CopyVerdict.NO_SIGN,
        explanation=(
            f"{100 * share:.1f} % of the samples nearly repeat one training row; of new rows "
            f"{100 * expected:.1f} % would by chance."
        ),
        copied_share=share,
        expected_share=expected,
        p_value=chance,
        median_distance=float(np.median(ours.distances)),
        median_distance_held_out=float(np.median(usual.distances)),
        nearest=nearest,
    )


def chance_of(num_below: int, num_samples: int, num_held_out: int, place: int) -> float:
    """Probability that at least so many samples lie below a held-out row by chance alone.

    Args:
        num_below: Samples below the held-out row with the `place`-th smallest measure.
        num_samples: Samples in all.
        num_held_out: Held-out rows in all.
        place: From 1 to `num_held_out`.

    Returns:
        The probability if samples and held-out rows come from one continuous distribution.
    """
    whole = _log_choose(num_held_out + num_samples, num_samples)
    terms = [
        exp(
            _log_choose(place - 1 + below, below)
            + _log_choose(num_held_out - place + num_samples - below, num_samples - below)
            - whole
        )
        for below in range(num_below, num_samples + 1)
    ]
    return min(1.0, sum(terms))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _closeness(search: TwoNearest) -> _Closeness:
    # Training rows that are all different: the second distance is above 0.
    return _Closeness(
        nearest=search.places[:, 0],
        distances=search.distances[:, 0],
        ratios=search.distances[:, 0] / search.distances[:, 1],
        num_equal=search.num_equal,
    )


def _most_alike(ours: _Closeness, chosen: np.ndarray) -> tuple[NearestRow, ...]:
    return tuple(
        NearestRow(
            sample=int(chosen[index]),
            training_row=int(ours.nearest[index]),
            distance=float(ours.distances[index]),
            ratio=float(ours.ratios[index]),
        )
        for index in np.argsort(ours.ratios, kind="stable")[:NUM_SHOWN]
    )


def _cannot_tell(reason: str, nearest: tuple[NearestRow, ...] = ()) -> MemorisationCheck:
    return MemorisationCheck(verdict=CopyVerdict.CANNOT_TELL, explanation=reason, nearest=nearest)
