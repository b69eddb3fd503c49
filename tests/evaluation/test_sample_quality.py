"""KID, precision and recall of samples, on real digits and where the truth is known."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.neighbours import nearest_rows, neighbour_radius
from dlstudio.evaluation.sample_quality import (
    diversity,
    kernel_distance,
    score_samples,
    share_covered,
)

datasets: Any = typed_datasets  # the functions return less than their type hints say


def _digits() -> np.ndarray:
    rows = datasets.load_digits(return_X_y=True)[0]
    rows = rows - rows.mean(axis=0)
    return rows / np.sqrt(np.mean(rows**2))


def _naive_kid(first: np.ndarray, second: np.ndarray) -> float:
    n = len(first)

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float(x @ y / len(x) + 1.0) ** 3

    within = sum(
        kernel(side[i], side[j])
        for side in (first, second)
        for i in range(n)
        for j in range(n)
        if i != j
    )
    across = sum(kernel(x, y) for x in first for y in second)
    return within / (n * (n - 1)) - 2.0 * across / n**2


def _naive_covered(rows: np.ndarray, centres: np.ndarray) -> float:
    reach = [np.sort(np.linalg.norm(centres - centre, axis=1))[3] for centre in centres]
    inside = [
        any(np.linalg.norm(row - c) <= r for c, r in zip(centres, reach, strict=True))
        for row in rows
    ]
    return float(np.mean(inside))


def test_kid_equals_the_formula_written_out() -> None:
    rows = np.random.default_rng(7).permutation(_digits())
    for first, second in ((rows[:30], rows[30:60]), (rows[:30], 2.0 * rows[30:60] + 0.3)):
        assert kernel_distance(first, second).value == pytest.approx(_naive_kid(first, second))


def test_precision_and_recall_equal_the_definition_written_out() -> None:
    rows = np.random.default_rng(7).permutation(_digits())
    real, samples = rows[:60], 0.8 * rows[60:120]
    assert share_covered(samples, real) == pytest.approx(_naive_covered(samples, real))
    assert share_covered(real, samples) == pytest.approx(_naive_covered(real, samples))


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_few_values_are_covered_by_equal_ones_and_at_the_edge_of_a_ball(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = np.concatenate(
        [np.eye(size)[random.integers(size, size=300)] for size in (2, 3, 2, 4)], axis=1
    )
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    rows, centres = rows[:150], rows[150:]
    gaps = np.linalg.norm(rows[:, None] - centres[None], axis=2)
    radii = np.sort(np.linalg.norm(centres[:, None] - centres[None], axis=2), axis=1)[:, 3]
    covered = float((gaps <= radii + 1e-9).any(axis=1).mean())
    assert share_covered(rows, centres) == covered
    assert share_covered(centres + 0.05, centres) < 0.9  # near is not equal


@pytest.mark.slow
@pytest.mark.parametrize("num_rows", [20, 100])
def test_the_interval_of_one_distribution_holds_0_as_often_as_it_says(num_rows: int) -> None:
    rows, num_held, values = _digits(), 0, []
    for seed in range(200):
        drawn = np.random.default_rng(seed).permutation(rows)[: 2 * num_rows]
        kid = kernel_distance(drawn[:num_rows], drawn[num_rows:])
        num_held += kid.low <= 0.0 <= kid.high
        values.append(kid.value)
    assert num_held >= 0.93 * 200
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(200)  # unbiased


def test_the_interval_of_two_distributions_holds_the_true_distance_and_not_0() -> None:
    random = np.random.default_rng(7)
    drawn = [
        kernel_distance(random.normal(size=(200, 8)), 0.5 + random.normal(size=(200, 8)))
        for _ in range(200)
    ]
    truth = np.mean([kid.value for kid in drawn])
    assert 0.90 <= np.mean([kid.low <= truth <= kid.high for kid in drawn]) <= 0.99
    assert all(kid.low > 0.0 for kid in drawn)


def test_scores_do_not_depend_on_anything_but_rows_and_seed() -> None:
    rows = _digits()
    scores = score_samples(rows[:300], rows[300:900], seed=1)
    assert scores == score_samples(rows[:300], rows[300:900], seed=1)
    assert scores.kid != score_samples(rows[:300], rows[300:900], seed=2).kid


def test_real_digits_score_better_than_a_gaussian_over_pixels() -> None:
    random = np.random.default_rng(7)
    rows = random.permutation(_digits())
    gaussian = random.normal(size=rows.shape) * rows.std(axis=0)
    honest, poor = (score_samples(s, rows[800:], seed=0) for s in (rows[:800], gaussian))
    assert honest.kid is not None and poor.kid_low is not None and honest.kid_high is not None
    assert honest.kid < 0.01 and poor.kid_low > honest.kid_high
    assert honest.precision is not None and poor.precision is not None
    assert honest.precision > 0.7 > 0.2 > poor.precision


def test_too_few_rows_have_no_scores() -> None:
    rows = _digits()
    for scores in (score_samples(rows[:3], rows, seed=0), score_samples(rows, rows[:0], seed=0)):
        assert set(scores.model_dump().values()) == {None}
    assert score_samples(rows[:10], rows[10:], seed=0).kid is not None
    assert diversity(rows[:3], rows, seed=0) is None


def test_constant_rows_are_scored() -> None:
    rows = np.zeros((20, 5))
    scores = score_samples(rows, rows, seed=0)
    assert (scores.kid, scores.kid_low, scores.kid_high) == (0.0, 0.0, 0.0)
    assert (scores.precision, scores.recall) == (1.0, 1.0)
    assert diversity(rows, rows, seed=0) is None


def test_diversity_is_1_for_real_rows_and_0_for_one_row_repeated() -> None:
    rows = np.random.default_rng(7).permutation(_digits())
    assert diversity(rows[:500], rows[500:], seed=0) == pytest.approx(1.0, abs=0.03)
    assert diversity(np.repeat(rows[:1], 500, axis=0), rows[500:], seed=0) == 0.0


def test_neighbours_are_found_in_parts_and_measured_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = 1_000.0 + _digits()[:200]  # far from 0, where products lose digits
    distances = np.linalg.norm(rows[:50, None] - rows[None, 50:], axis=2)
    monkeypatch.setattr("dlstudio.evaluation.neighbours.CHUNK_CELLS", 1_000)
    found = nearest_rows(rows[:50], rows[50:], 2)
    assert found.distances == pytest.approx(np.sort(distances, axis=1)[:, :2])
    assert found.distances == pytest.approx(np.take_along_axis(distances, found.indices, axis=1))
    assert neighbour_radius(np.array([[0.0], [1.0], [3.0]]), 1) == pytest.approx([1.0, 1.0, 2.0])
