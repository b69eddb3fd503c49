"""PCA in plain NumPy against scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import datasets
from sklearn.decomposition import PCA

from dlstudio.evaluation import pca as own_module
from dlstudio.evaluation.pca import Pca, fit_pca

TOLERANCE = 1e-6


def digits() -> np.ndarray:
    data: Any = datasets.load_digits()
    return data.data.astype(np.float32)


def rebuilt(pca: Pca, rows: np.ndarray) -> np.ndarray:
    return pca.decode(pca.encode(rows))


def assert_equals_scikit_learn(train: np.ndarray, other: np.ndarray, count: int) -> None:
    own = fit_pca(train, count, seed=0)
    reference = PCA(count, svd_solver="full").fit(train.astype(np.float64))
    expected = reference.inverse_transform(reference.transform(other.astype(np.float64)))
    assert own.num_components == count
    assert own.variances == pytest.approx(reference.explained_variance_, rel=TOLERANCE)
    ratio = own.variances.sum() / own.total_variance
    assert ratio == pytest.approx(reference.explained_variance_ratio_.sum(), abs=TOLERANCE)
    assert np.abs(rebuilt(own, other) - expected).max() < TOLERANCE


def test_many_narrow_rows_equal_scikit_learn() -> None:
    rows = digits()
    assert_equals_scikit_learn(rows[:1_200], rows[1_200:], 16)


def test_fewer_rows_than_features_equal_scikit_learn() -> None:
    rows = digits()
    assert_equals_scikit_learn(rows[:40], rows[1_200:], 16)


def test_rows_wider_than_a_covariance_matrix_equal_scikit_learn() -> None:
    rows = np.random.default_rng(3).normal(size=(60, 5_000)).astype(np.float32)
    assert_equals_scikit_learn(rows[:50], rows[50:], 8)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = digits()
    monkeypatch.setattr(own_module, "CHUNK_CELLS", 1_000)
    assert_equals_scikit_learn(rows[:300], rows[300:400], 8)
    assert_equals_scikit_learn(rows[:40], rows[300:400], 8)


def test_wide_rows_beyond_those_drawn_explain_nearly_as_much_as_an_exact_pca(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = digits()
    monkeypatch.setattr(own_module, "MOST_COVARIANCE_WIDTH", 10)
    monkeypatch.setattr(own_module, "MOST_GRAM_ROWS", 200)
    monkeypatch.setattr(own_module, "NUM_START_ROWS", 200)
    own = fit_pca(rows, 16, seed=0)
    reference = PCA(16, svd_solver="full").fit(rows)
    ratio = own.variances.sum() / own.total_variance
    assert ratio == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-5)
    again = fit_pca(rows, 16, seed=0)
    assert np.array_equal(own.components, again.components)


def test_directions_that_the_drawn_rows_lack_are_found_in_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_module, "MOST_COVARIANCE_WIDTH", 2)
    monkeypatch.setattr(own_module, "MOST_GRAM_ROWS", 5)
    monkeypatch.setattr(own_module, "NUM_START_ROWS", 5)
    rows = np.zeros((400, 30))
    rows[:3, :3] = np.diag([1.0, 2.0, 3.0])
    pca = fit_pca(rows, 8, seed=0)
    assert pca.num_components == 3
    assert np.abs(rebuilt(pca, rows) - rows).max() < TOLERANCE


def test_components_without_variance_are_left_out() -> None:
    rows = digits()[:10]
    pca = fit_pca(rows, 16, seed=0)
    assert pca.num_components == 9
    assert pca.encode(rows).shape == (10, 9)
    assert np.abs(rebuilt(pca, rows) - rows).max() < TOLERANCE


def test_more_components_than_columns_rebuild_everything() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 4))
    pca = fit_pca(rows, 16, seed=0)
    assert pca.num_components == 4
    assert np.abs(rebuilt(pca, rows) - rows).max() < TOLERANCE


@pytest.mark.parametrize("num_rows", [1, 10, 3_000])
def test_constant_rows_have_no_components_and_come_out_as_their_mean(num_rows: int) -> None:
    rows = np.full((num_rows, 5), 0.1, dtype=np.float32)
    pca = fit_pca(rows, 2, seed=0)
    assert pca.encode(rows).shape == (num_rows, pca.num_components)
    assert np.abs(rebuilt(pca, rows) - rows).max() < TOLERANCE
    assert pca.total_variance == pytest.approx(0.0, abs=1e-12)


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.integers(1, 6)),
        elements=st.integers(-3, 3).map(float),
    ),
    st.integers(1, 8),
)
@settings(deadline=None)
def test_components_are_orthogonal_and_the_error_is_the_variance_left(
    rows: np.ndarray, count: int
) -> None:
    pca = fit_pca(rows, count, seed=0)
    products = pca.components @ pca.components.T
    assert np.abs(products - np.eye(pca.num_components)).max(initial=0.0) < TOLERANCE
    squared = ((rebuilt(pca, rows) - rows) ** 2).sum() / max(1, len(rows) - 1)
    assert squared == pytest.approx(pca.total_variance - pca.variances.sum(), abs=TOLERANCE)
    assert pca.num_components <= min(count, len(rows), rows.shape[1])
