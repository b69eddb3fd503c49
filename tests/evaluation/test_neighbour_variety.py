"""A collapse that spares a part of the data is seen on real digits and real tables."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.mode_coverage import LOW_NEIGHBOUR_VARIETY
from dlstudio.evaluation.neighbour_variety import (
    RealNeighbours,
    neighbour_variety,
    real_neighbours,
)

datasets: Any = typed_datasets  # the functions return less than their type hints say
NUM_ROWS = 400
HONEST = 0.85


def neighbours_of(real: np.ndarray, reference: np.ndarray) -> RealNeighbours:
    found = real_neighbours(real, reference)
    assert found is not None
    return found


class Halves:
    """Rows to compare with, and others that samples are made of."""

    def __init__(self, rows: np.ndarray, labels: np.ndarray, seed: int) -> None:
        """Part the rows at random."""
        self.random = np.random.default_rng(seed)
        order = self.random.permutation(len(rows))
        count = min(NUM_ROWS, len(rows) // 3)
        self.real = rows[order[:count]]
        self.neighbours = neighbours_of(self.real, rows[order[count : 2 * count]])
        self.rows, self.labels = rows[order[2 * count :]], labels[order[2 * count :]]

    def drawn(self, rows: np.ndarray) -> np.ndarray:
        """As many samples as there are real rows, which may repeat."""
        return rows[self.random.integers(len(rows), size=len(self.real))]

    def noisy(self, rows: np.ndarray, share: float) -> np.ndarray:
        return rows + share * self.rows.std() * self.random.normal(size=rows.shape)

    def variety(self, samples: np.ndarray) -> float:
        found = neighbour_variety(samples, self.neighbours)
        assert found is not None
        return found


@pytest.fixture(params=range(3))
def digits(request: pytest.FixtureRequest) -> Halves:
    return Halves(*datasets.load_digits(return_X_y=True), seed=request.param)


@pytest.fixture(params=range(3))
def tumours(request: pytest.FixtureRequest) -> Halves:
    rows, labels = datasets.load_breast_cancer(return_X_y=True)
    return Halves((rows - rows.mean(axis=0)) / rows.std(axis=0), labels, seed=request.param)


@pytest.mark.parametrize("num_classes", [1, 2, 3])
def test_digits_of_a_few_classes_are_a_part_of_the_data(digits: Halves, num_classes: int) -> None:
    made = digits.random.choice(10, num_classes, replace=False)
    rows = digits.rows[np.isin(digits.labels, made)]
    assert digits.variety(digits.drawn(rows)) < 0.9 * LOW_NEIGHBOUR_VARIETY
    assert digits.variety(digits.noisy(digits.drawn(rows), 0.2)) < 0.9 * LOW_NEIGHBOUR_VARIETY


def test_near_copies_of_twenty_samples_are_a_part_of_the_data(
    digits: Halves, tumours: Halves
) -> None:
    for data in (digits, tumours):
        copies = data.drawn(data.rows[:20])
        assert data.variety(copies) < 0.3
        assert data.variety(data.noisy(copies, 0.2)) < 0.9 * LOW_NEIGHBOUR_VARIETY


def test_one_kind_of_tumour_is_a_part_of_the_data(tumours: Halves) -> None:
    malignant = tumours.rows[tumours.labels == 0]
    assert tumours.variety(tumours.drawn(malignant)) < LOW_NEIGHBOUR_VARIETY


def test_other_real_rows_are_of_all_kinds_also_with_noise(digits: Halves, tumours: Halves) -> None:
    for data in (digits, tumours):
        honest = data.rows[: len(data.real)]
        assert data.variety(honest) > HONEST
        assert data.variety(data.noisy(honest, 0.3)) > HONEST


def test_samples_nearer_to_the_middle_are_of_all_kinds(digits: Halves, tumours: Halves) -> None:
    for data in (digits, tumours):
        middle = data.rows.mean(axis=0)
        smooth = middle + 0.5 * (data.rows[: len(data.real)] - middle)
        assert data.variety(smooth) > HONEST


@pytest.mark.parametrize("seed", range(3))
def test_honest_samples_are_not_accused_where_real_rows_come_in_pairs(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.permutation(datasets.load_digits(return_X_y=True)[0])
    pairs = np.repeat(rows[:400], 2, axis=0) + random.normal(scale=0.01, size=(800, 64))
    pairs = random.permutation(pairs)
    variety = neighbour_variety(rows[400:800], neighbours_of(pairs[:400], pairs[400:]))
    assert variety is not None and variety > HONEST


def test_nothing_is_said_of_few_rows_or_rows_that_are_mostly_the_same() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(300, 3))
    yes_or_no = random.integers(2, size=(300, 3)).astype("float64")
    rare = np.where(random.random((300, 3)) < 0.03, rows, 0.0)
    rare[:, 0] += np.arange(300) // 290  # many different rows that hardly ever appear
    assert real_neighbours(rows[:99], rows[100:200]) is None
    assert real_neighbours(rows[:150], rows[150:249]) is None
    assert real_neighbours(yes_or_no, yes_or_no) is None
    assert real_neighbours(rare, np.concatenate([rare, rows])) is None


def test_nothing_is_said_of_samples_that_are_not_finite() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 3))
    neighbours = neighbours_of(rows[:150], rows[150:])
    samples = rows[:150].copy()
    assert neighbour_variety(samples, neighbours) == 1.0
    samples[3, 1] = np.nan
    assert neighbour_variety(samples, neighbours) is None
