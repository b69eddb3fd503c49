"""Kinds of rows that samples lack are missed on real digits and tables, and others are not."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.missing_kinds import RealKinds, find_kinds, missing_share
from dlstudio.evaluation.mode_coverage import MUCH_MISSING

datasets: Any = typed_datasets  # the functions return less than their type hints say
NUM_SAMPLES = 512


class Parts:
    """Kinds of training rows, and other rows that samples are made of."""

    def __init__(self, rows: np.ndarray, labels: np.ndarray, seed: int) -> None:
        """Part the rows at random."""
        self.random = np.random.default_rng(seed)
        order = self.random.permutation(len(rows))
        train, new = np.split(order, [int(0.7 * len(rows))])
        self.middle = rows[train].mean(axis=0)
        self.kinds = kinds_of(rows[train])
        self.rows, self.labels = rows[new], labels[new]

    def drawn(self, *classes: int) -> np.ndarray:
        """Samples of some classes, or of all, with a little noise."""
        rows = self.rows[np.isin(self.labels, classes)] if classes else self.rows
        rows = rows[self.random.integers(len(rows), size=NUM_SAMPLES)]
        return rows + 0.1 * self.rows.std() * self.random.normal(size=rows.shape)

    def missing(self, samples: np.ndarray) -> float:
        found = missing_share(samples, self.kinds)
        assert found is not None
        return found


def kinds_of(rows: np.ndarray) -> RealKinds:
    found = find_kinds(rows, NUM_SAMPLES, seed=0)
    assert found is not None
    return found


def standardised(data: Any) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN401
    rows, labels = data
    return (rows - rows.mean(axis=0)) / rows.std(axis=0), labels


@pytest.fixture(params=range(5))
def digits(request: pytest.FixtureRequest) -> Parts:
    return Parts(*datasets.load_digits(return_X_y=True), seed=request.param)


@pytest.mark.parametrize("num_classes", [1, 3, 5])
def test_digits_of_half_of_the_classes_or_fewer_lack_kinds(digits: Parts, num_classes: int) -> None:
    made = digits.random.choice(10, num_classes, replace=False)
    assert digits.missing(digits.drawn(*made)) > 1.2 * MUCH_MISSING


def test_imperfect_digits_of_all_classes_lack_none(digits: Parts) -> None:
    honest = digits.drawn()
    noisy = honest + honest.std() * digits.random.normal(size=honest.shape)
    smooth = digits.middle + 0.5 * (honest - digits.middle)
    codes = np.linalg.svd(honest - digits.middle, full_matrices=False)[2][:10]
    blurred = digits.middle + (honest - digits.middle) @ codes.T @ codes
    for samples in (honest, noisy, smooth, blurred, digits.rows):
        assert digits.missing(samples) < 0.6 * MUCH_MISSING


@pytest.mark.parametrize("seed", range(5))
def test_a_table_with_a_class_left_out_lacks_kinds_and_a_whole_one_does_not(seed: int) -> None:
    flowers = Parts(*standardised(datasets.load_iris(return_X_y=True)), seed)
    tumours = Parts(*standardised(datasets.load_breast_cancer(return_X_y=True)), seed)
    for data, others in ((flowers, (1, 2)), (tumours, (0,)), (tumours, (1,))):
        assert data.missing(data.drawn(*others)) > MUCH_MISSING
        assert data.missing(data.drawn()) < 0.75 * MUCH_MISSING


def test_half_of_what_lies_apart_is_half() -> None:
    random = np.random.default_rng(0)
    corners = np.eye(4).repeat(200, axis=0) + 0.01 * random.normal(size=(800, 4))
    kinds = kinds_of(corners)
    assert missing_share(corners, kinds) == 0.0
    assert missing_share(corners[:400], kinds) == pytest.approx(0.5, abs=0.1)
    assert kinds.shares.sum() == pytest.approx(1.0)


def test_rows_that_are_mostly_the_same_have_as_many_kinds_as_differ() -> None:
    rows = np.random.default_rng(0).integers(2, size=(300, 2)).astype("float64")
    kinds = kinds_of(rows)
    assert len(kinds.centres) == 4
    assert missing_share(rows, kinds) == 0.0
    assert missing_share(rows, kinds_of(np.ones((300, 2)))) == 0.0


def test_nothing_is_said_of_few_rows_few_samples_or_samples_that_are_not_finite() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 3))
    assert find_kinds(rows[:99], NUM_SAMPLES, seed=0) is None
    assert find_kinds(rows, 99, seed=0) is None
    kinds = kinds_of(rows)
    assert missing_share(rows[:99], kinds) is None
    broken = rows.copy()
    broken[3, 1] = np.nan
    assert missing_share(broken, kinds) is None
