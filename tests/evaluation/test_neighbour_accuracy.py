"""Nearest-neighbour accuracy against scikit-learn's classifier, and the comparison with PCA."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from dlstudio.evaluation import neighbour_accuracy as own_module
from dlstudio.evaluation.neighbour_accuracy import (
    LabelledCodes,
    compare_codes,
    neighbour_accuracy,
)


def wine() -> tuple[np.ndarray, np.ndarray]:
    data: Any = datasets.load_wine()
    return data.data, data.target


def texts(*labels: str) -> np.ndarray:
    return np.array(labels, dtype=object)


@pytest.mark.parametrize("k", [1, 4, 5])
def test_accuracy_equals_scikit_learn(k: int) -> None:
    rows, target = wine()
    train, other = rows[::2], rows[1::2]
    scaler = StandardScaler().fit(train)
    reference = KNeighborsClassifier(k).fit(scaler.transform(train), target[::2])
    expected = reference.score(scaler.transform(other), target[1::2])
    assert neighbour_accuracy(train, target[::2], other, target[1::2], k) == pytest.approx(expected)


def test_equally_common_classes_go_to_the_first_as_in_scikit_learn() -> None:
    train, labels = np.array([[0.0], [1.0]]), np.array(["b", "a"], dtype=object)
    reference = KNeighborsClassifier(2).fit(train, labels)
    assert reference.predict([[0.2]]) == ["a"]
    assert neighbour_accuracy(train, labels, np.array([[0.2]]), texts("a"), 2) == 1.0


def test_a_constant_column_changes_nothing() -> None:
    rows, target = wine()
    constant = np.full((len(rows), 1), 0.1, dtype=np.float32)
    with_constant = np.hstack([rows, constant])
    halves = (slice(0, None, 2), slice(1, None, 2))
    plain, padded = (
        neighbour_accuracy(table[halves[0]], target[::2], table[halves[1]], target[1::2])
        for table in (rows, with_constant)
    )
    assert plain == padded


def test_codes_without_numbers_or_all_the_same_do_not_crash() -> None:
    labels = texts("a", "a", "a", "b")
    for codes in (np.zeros((4, 0)), np.zeros((4, 3))):
        assert 0.0 <= neighbour_accuracy(codes, labels, codes, labels) <= 1.0


def test_classes_that_training_does_not_have_count_as_wrong() -> None:
    train = np.array([[0.0], [1.0]])
    assert neighbour_accuracy(train, texts("a", "b"), train, texts("c", "b"), 1) == 0.5


def test_large_tables_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_module, "MOST_TRAIN_ROWS", 60)
    monkeypatch.setattr(own_module, "MOST_OTHER_ROWS", 40)
    rows, target = wine()
    labels = target.astype(str).astype(object)
    split = LabelledCodes(rows, rows[:, :1], labels)
    found = compare_codes("kind", split, split)
    assert found.num_rows == 40
    assert found == compare_codes("kind", split, split)
    assert found.codes is not None and found.pca is not None
    assert found.codes > found.pca > 0.4
    assert found.num_neighbours == 5


def test_rows_without_a_label_are_left_out() -> None:
    codes = np.array([[0.0], [1.0], [5.0]])
    train = LabelledCodes(codes, codes, texts("a", "b", ""))
    other = LabelledCodes(codes, codes, texts("", "a", "b"))
    found = compare_codes("kind", train, other)
    assert (found.num_rows, found.num_neighbours) == (2, 2)


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        (
            texts("a", "a", ""),
            "neighbour_accuracy is left out: all training rows have the same value in 'kind'.",
        ),
        (texts("", "", ""), "neighbour_accuracy is left out: no rows have a value in 'kind'."),
    ],
)
def test_a_label_that_says_nothing_is_noted(labels: np.ndarray, note: str) -> None:
    codes = np.array([[0.0], [1.0], [5.0]])
    split = LabelledCodes(codes, codes, labels)
    found = compare_codes("kind", split, split)
    assert (found.codes, found.pca, found.note) == (None, None, note)
