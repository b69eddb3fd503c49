"""Errors of reconstructions against scikit-learn's, in parts, and on arrays that are odd."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets, metrics
from sklearn.decomposition import PCA

from dlstudio.evaluation.codes_sample import sample_codes
from dlstudio.evaluation.pca import fit_pca
from dlstudio.evaluation.reconstruction import (
    ReconstructionErrors,
    ReconstructionScores,
    column_shares,
    row_errors,
)
from dlstudio.reports.reconstruction import NeighbourAccuracy, ReconstructionDetails

TOLERANCE = 1e-6


def digits() -> np.ndarray:
    data: Any = datasets.load_digits()
    return data.data.astype(np.float32) / 16


def noisy(rows: np.ndarray, size: float = 0.1) -> np.ndarray:
    noise = np.random.default_rng(5).normal(size=rows.shape)
    return (rows + size * noise).astype(np.float32)


def column_names(width: int) -> tuple[str, ...]:
    return tuple(f"pixel {index}" for index in range(width))


def scored(
    rows: np.ndarray,
    rebuilt: np.ndarray,
    groups: tuple[str, ...] | None = None,
    num_components: int = 16,
) -> ReconstructionScores:
    pca = fit_pca(rows, num_components, seed=0)
    errors = ReconstructionErrors(groups or column_names(rows.shape[1]), num_components, pca)
    errors.add(rows, rebuilt)
    return errors.result()


def details_of(scores: ReconstructionScores) -> ReconstructionDetails:
    assert scores.details is not None
    return scores.details


def test_metrics_equal_scikit_learn() -> None:
    rows = digits()
    rows = rows[:, np.ptp(rows, axis=0) > 0]  # scikit-learn overlooks errors in constant columns
    rebuilt = noisy(rows)
    found = scored(rows, rebuilt).metrics
    pca = PCA(16, svd_solver="full").fit(rows)
    by_pca = pca.inverse_transform(pca.transform(rows))
    for prefix, other in (("", rebuilt), ("pca_", by_pca)):
        rmse = metrics.root_mean_squared_error(rows.ravel(), np.asarray(other).ravel())
        explained = metrics.r2_score(rows, other, multioutput="variance_weighted")
        assert found[f"{prefix}rmse"] == pytest.approx(rmse, abs=TOLERANCE)
        assert found[f"{prefix}explained"] == pytest.approx(explained, abs=TOLERANCE)
    ratio = pca.explained_variance_ratio_.sum()
    assert found["pca_explained"] == pytest.approx(ratio, abs=TOLERANCE)


@pytest.mark.slow
@given(st.lists(st.integers(1, 200), min_size=0, max_size=6))
@settings(deadline=None, max_examples=20)
def test_parts_of_any_size_give_the_same_result(lengths: list[int]) -> None:
    rows = digits()[:300] + 1_000.0  # far from 0, where sums of squares lose digits
    rebuilt = noisy(rows)
    pca = fit_pca(rows, 4, seed=0)
    errors = ReconstructionErrors(column_names(64), 4, pca)
    for part in np.split(np.arange(300), np.cumsum(lengths).clip(max=300)):
        errors.add(rows[part], rebuilt[part])
    whole = scored(rows, rebuilt, num_components=4)
    assert errors.result().metrics == pytest.approx(whole.metrics, rel=TOLERANCE)
    assert np.allclose(errors.result().row_errors, whole.row_errors)


def test_errors_of_rows_are_those_of_each_row() -> None:
    rows = digits()
    found = scored(rows, noisy(rows))
    expected = np.sqrt(((rows.astype(float) - noisy(rows)) ** 2).mean(axis=1))
    assert np.allclose(found.row_errors, expected, atol=1e-9)
    assert np.array_equal(row_errors(rows, noisy(rows)), found.row_errors)
    assert found.pca_row_errors.shape == (len(rows),)
    histogram = details_of(found).row_errors
    assert sum(histogram.counts) == len(rows)
    assert len(histogram.edges) == len(histogram.counts) + 1


def test_a_column_of_several_features_has_one_error_and_the_largest_comes_first() -> None:
    rows = np.random.default_rng(0).normal(size=(30, 3))
    rebuilt = rows + np.array([0.0, 3.0, 4.0])
    found = details_of(scored(rows, rebuilt, groups=("age", "town", "town")))
    assert [entry.name for entry in found.by_column] == ["town", "age"]
    assert found.by_column[0].rmse == pytest.approx(np.sqrt((9 + 16) / 2))
    assert found.by_column[1].rmse == pytest.approx(0.0)
    assert found.num_columns == 2


def test_at_most_200_columns_are_kept() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 300))
    found = details_of(scored(rows, noisy(rows), num_components=2))
    assert len(found.by_column) == 200
    assert found.num_columns == 300
    errors = [entry.rmse for entry in found.by_column]
    assert errors == sorted(errors, reverse=True)


def test_shares_of_columns_add_up_to_one() -> None:
    rows = np.zeros((2, 3))
    rebuilt = np.array([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0]])
    names, shares = column_shares(rows, rebuilt, ("town", "age", "town"))
    assert names == ("town", "age")
    assert shares[0] == pytest.approx([2 / 6, 4 / 6])
    assert shares[1].tolist() == [0.0, 0.0]


def test_rows_that_are_all_the_same_have_no_explained_share() -> None:
    rows = np.full((10, 4), 0.1, dtype=np.float32)
    found = scored(rows, noisy(rows), num_components=2)
    assert set(found.metrics) == {"rmse", "pca_rmse"}
    assert found.notes[0] == "Explained is left out: all rows of this part are the same."


def test_a_code_wider_than_the_input_says_what_pca_does() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 4))
    found = scored(rows, noisy(rows))
    details = details_of(found)
    assert (details.num_components, details.pca_num_components) == (16, 4)
    assert (found.metrics["pca_rmse"], found.metrics["pca_explained"]) == (0.0, 1.0)
    assert found.notes == (
        "PCA has 4 components instead of 16: the training rows vary in no more directions, so "
        "that it rebuilds them as they are.",
    )


def test_reconstructions_that_are_not_numbers_are_noted() -> None:
    rows = digits()[:10]
    for bad in (np.nan, np.inf):
        rebuilt = noisy(rows)
        rebuilt[3, 3] = bad
        found = scored(rows, rebuilt)
        assert (found.metrics, found.details) == ({}, None)
        assert found.notes == (
            "Some reconstructions are not finite numbers, so nothing could be scored.",
        )
        assert np.isfinite(found.row_errors).sum() == 9


def test_no_rows_are_noted() -> None:
    found = scored(digits()[:10], digits()[:10])
    assert found.num_rows == 10
    empty = ReconstructionErrors(column_names(64), 2, fit_pca(digits()[:10], 2, seed=0)).result()
    assert (empty.num_rows, empty.metrics, empty.notes) == (0, {}, ("There are no rows.",))


def test_perfect_reconstructions_are_one_bar() -> None:
    rows = digits()[:10]
    found = scored(rows, rows)
    assert found.metrics["explained"] == 1.0
    assert details_of(found).row_errors.edges == (0.0, 0.0)
    assert details_of(found).row_errors.counts == (10,)


def test_one_very_bad_row_makes_the_histogram_logarithmic() -> None:
    rows = digits()[:100]
    rebuilt = noisy(rows)
    rebuilt[7] += 1_000
    histogram = details_of(scored(rows, rebuilt)).row_errors
    assert histogram.is_log
    assert sum(histogram.counts) == 100
    assert sum(count > 0 for count in histogram.counts) > 3


def test_neighbours_become_metrics_or_a_note() -> None:
    rows = digits()[:50]
    errors = ReconstructionErrors(column_names(64), 2, fit_pca(rows, 2, seed=0))
    errors.add(rows, noisy(rows))
    told = NeighbourAccuracy(label="digit", codes=0.9, pca=0.6, num_neighbours=5, num_rows=50)
    found = errors.result(told).metrics
    assert (found["neighbour_accuracy"], found["pca_neighbour_accuracy"]) == (0.9, 0.6)
    silent = told.model_copy(update={"codes": None, "pca": None, "note": "It is left out."})
    scores = errors.result(silent)
    assert "neighbour_accuracy" not in scores.metrics
    assert "It is left out." in scores.notes


@pytest.mark.parametrize(
    ("num_codes", "num_axes", "is_projected"),
    [(1, 2, False), (2, 2, False), (3, 3, False), (16, 3, True)],
)
def test_a_sample_of_codes_fits_a_plot(num_codes: int, num_axes: int, is_projected: bool) -> None:
    codes = np.random.default_rng(0).normal(size=(3_000, num_codes)).astype(np.float32)
    rows = np.arange(3_000) * 2
    sample = sample_codes(rows, codes, codes[:, :1].astype(float))
    assert len(sample.rows) == len(sample.codes) == len(sample.pca) == 2_000
    assert {len(point) for point in sample.codes + sample.pca} == {num_axes}
    assert sample.is_projected is is_projected
    assert sample.num_codes == num_codes
    first = sample.rows[0] // 2
    if not is_projected:
        assert sample.codes[0][:num_codes] == tuple(codes[first].tolist())
    assert sample.pca[0][0] == pytest.approx(float(codes[first, 0]))
    assert sample == sample_codes(rows, codes, codes[:, :1].astype(float))


def test_codes_that_never_change_are_a_point() -> None:
    sample = sample_codes(np.arange(10), np.ones((10, 8)), np.zeros((10, 0)))
    assert set(sample.codes) == set(sample.pca) == {(0.0, 0.0, 0.0)}
