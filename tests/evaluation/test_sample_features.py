"""The space in which samples are compared."""

from typing import Any

import numpy as np
import pytest
from sklearn import datasets as typed_datasets

from dlstudio.evaluation.sample_features import (
    fit_standard,
    learn_feature_space,
    plain_feature_space,
    smaller_images,
)

datasets: Any = typed_datasets  # the functions return less than their type hints say


def _images() -> tuple[np.ndarray, np.ndarray]:
    rows, labels = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(7).permutation(len(rows))
    return (rows / 8.0 - 1.0).reshape(-1, 8, 8, 1).astype(np.float32)[order], labels[order]


@pytest.mark.tensorflow
@pytest.mark.slow
def test_a_classifier_makes_the_space_of_images_with_labels() -> None:
    rows, labels = _images()
    space = learn_feature_space(rows[:1_200], labels[:1_200], seed=3)
    assert space.description == (
        "the last hidden layer of a small classifier trained on the labels"
    )
    assert space.classes is not None
    assert np.mean(space.classes(rows[1_200:]).argmax(axis=1) == labels[1_200:]) > 0.9
    assert space.classes(rows[:5]).sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    features = space.features(rows[:1_200])
    assert features.mean(axis=0) == pytest.approx(np.zeros(64), abs=1e-5)
    assert np.mean(features**2) == pytest.approx(1.0, abs=1e-5)
    assert space.features(rows[:0]).shape == (0, 64)
    assert np.isfinite(space.features(np.full((2, 8, 8, 1), 1e35, np.float32))).all()
    again = learn_feature_space(rows[:1_200], labels[:1_200], seed=3)
    assert again.features(rows[:9]) == pytest.approx(features[:9], abs=0.1)


@pytest.mark.tensorflow
@pytest.mark.slow
def test_a_classifier_makes_the_space_of_vectors_sequences_and_large_images() -> None:
    rows, labels = _images()
    large = rows[:60].repeat(9, axis=1).repeat(9, axis=2)
    for shaped in (rows[:60].reshape(60, 64), rows[:60].reshape(60, 8, 8), large):
        space = learn_feature_space(shaped, labels[:60], seed=3)
        assert space.classes is not None
        assert space.features(shaped).shape == (60, 64)
        assert np.mean(space.classes(shaped).argmax(axis=1) == labels[:60]) > 0.8


def test_without_classes_the_rows_are_the_space() -> None:
    rows, _ = _images()
    for labels in (None, np.zeros(len(rows), dtype=int)):
        space = learn_feature_space(rows, labels, seed=3)
        assert (space.description, space.classes) == ("pixels", None)
    assert learn_feature_space(rows[:, :, :, 0], None, seed=3).description == "values"


def test_columns_are_given_the_same_spread_and_pixels_are_not() -> None:
    rows, _ = _images()
    vectors = datasets.load_wine(return_X_y=True)[0]
    space = plain_feature_space(vectors, seed=3)
    assert space.description == "standardised columns"
    assert space.features(vectors).std(axis=0) == pytest.approx(np.ones(13))
    spread = plain_feature_space(rows, seed=3).features(rows).std(axis=0)
    assert spread.min() == 0.0 and np.mean(spread**2) == pytest.approx(1.0, abs=0.01)


def test_wide_rows_keep_256_numbers_and_their_distances() -> None:
    rows, _ = _images()
    wide = rows.repeat(3, axis=1).repeat(3, axis=2)
    space = plain_feature_space(wide, seed=3)
    assert space.features(wide[:4]).shape[1] <= 256
    plain = plain_feature_space(rows, seed=3)
    ratio = _distance(space.features(wide[:2])) / _distance(plain.features(rows[:2]))
    other = _distance(space.features(wide[2:4])) / _distance(plain.features(rows[2:4]))
    assert ratio == pytest.approx(other, rel=1e-3)


def _distance(pair: np.ndarray) -> float:
    return float(np.linalg.norm(pair[0] - pair[1]))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("shape", [(10, 5), (10, 300), (10, 20, 20, 1)])
def test_constant_rows_become_zeros(value: float, shape: tuple[int, ...]) -> None:
    rows = np.full(shape, value, dtype=np.float32)
    features = plain_feature_space(rows, seed=3).features(rows)
    assert features == pytest.approx(np.zeros_like(features), abs=1e-6)


def test_enormous_samples_are_held_within_a_million() -> None:
    train = datasets.load_wine(return_X_y=True)[0]
    assert fit_standard(train)(1e200 * train[:2]).max() == 1e6
    assert plain_feature_space(train, seed=3).features(1e200 * train[:2]).max() <= 1e6


def test_large_images_become_small_by_averaging_blocks() -> None:
    rows = np.arange(2 * 5 * 4 * 1, dtype=np.float32).reshape(2, 5, 4, 1)
    assert smaller_images(rows, 5) is rows
    made = smaller_images(rows, 3)
    assert made.shape == (2, 3, 2, 1)
    assert made[0, 0, 0, 0] == np.mean([0, 1, 4, 5])
    assert made[0, 2, 1, 0] == np.mean([18, 19])  # the last line stands for what is missing
