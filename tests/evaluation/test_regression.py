"""Regression metrics against scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import datasets, linear_model
from sklearn import metrics as typed_metrics

from dlstudio.evaluation.regression import report_regression

metrics: Any = typed_metrics  # the functions accept more than their type hints say

VALUES = st.integers(-(10**9), 10**9).map(lambda value: value / 1000)


@given(st.integers(2, 50).flatmap(lambda n: hnp.arrays(np.float64, (2, n, 1), elements=VALUES)))
def test_metrics_equal_scikit_learn(pair: np.ndarray) -> None:
    actual, predicted = pair
    found = report_regression(("price",), actual, predicted).metrics
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(actual, predicted))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(actual, predicted))
    if "r2" in found:
        assert found["r2"] == pytest.approx(metrics.r2_score(actual, predicted), rel=1e-6)
    else:
        assert np.var(actual) == 0 or np.ptp(actual) == 0


def test_several_targets_have_their_means_under_the_plain_names() -> None:
    data: Any = datasets.load_linnerud()
    model = linear_model.LinearRegression().fit(data.data[::2], data.target[::2])
    actual, predicted = data.target[1::2], model.predict(data.data[1::2])
    names = tuple(data.target_names)
    report = report_regression(names, actual, predicted)
    assert report.metrics["rmse"] == pytest.approx(
        metrics.root_mean_squared_error(actual, predicted)
    )
    assert report.metrics["r2"] == pytest.approx(metrics.r2_score(actual, predicted))
    own = metrics.mean_absolute_error(actual, predicted, multioutput="raw_values")
    assert [report.metrics[f"mae_{name}"] for name in names] == pytest.approx(list(own))
    assert tuple(entry.target for entry in report.regression) == names
    assert report.notes == ("rmse, mae and r2 are means over the targets.",)


def test_residuals_are_counted_in_bins_and_the_sample_is_limited() -> None:
    random = np.random.default_rng(7)
    actual = random.normal(size=(5_000, 1))
    predicted = actual + random.normal(size=(5_000, 1))
    (details,) = report_regression(("y",), actual, predicted).regression
    assert sum(details.residual_counts) == 5_000
    assert len(details.residual_edges) == len(details.residual_counts) + 1
    assert len(details.actual) == len(details.predicted) == 2_000
    (again,) = report_regression(("y",), actual, predicted).regression
    assert again.actual == details.actual


def test_a_constant_target_has_no_r2_and_says_so() -> None:
    report = report_regression(("y",), np.full((3, 1), 0.1), np.array([[1.0], [2.0], [3.0]]))
    assert "r2" not in report.metrics
    assert report.notes == ("R² is left out: 'y' has the same value in every row.",)


def test_residuals_closer_than_a_float_can_part_share_one_bin() -> None:
    actual = np.full((3, 1), 1e16)
    (details,) = report_regression(("y",), actual, actual + 2.0).regression
    assert details.residual_counts == (3,)


def test_errors_too_large_for_a_float_are_left_out() -> None:
    actual = np.array([[1e300], [-1e300]])
    report = report_regression(("y",), actual, -actual)
    assert set(report.metrics) == {"mae"}
    assert report.notes == (
        "RMSE and R² are left out: the values of 'y' are too large for a float.",
    )


def test_nothing_to_score_gives_a_note() -> None:
    empty = np.zeros((0, 1))
    assert report_regression(("y",), empty, empty).notes == ("There are no rows.",)
    broken = report_regression(("y",), np.ones((1, 1)), np.full((1, 1), np.inf))
    assert broken.metrics == {}
    assert broken.notes == ("Some predictions are not finite numbers, so nothing could be scored.",)
