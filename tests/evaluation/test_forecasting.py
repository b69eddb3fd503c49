"""Scores of forecasts, held to formulas written out and to scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, mean_squared_error

from dlstudio.evaluation.forecasting import (
    ForecastRows,
    report_forecast,
    score_values,
    time_texts,
)

NUMBERS = st.floats(-1e6, 1e6)


def rows(
    actual: np.ndarray, predicted: np.ndarray, horizon: int, **changes: object
) -> ForecastRows:
    num_rows = len(actual)
    fields = {
        "targets": tuple(f"y{place}" for place in range(actual.shape[1])),
        "actual": actual,
        "predicted": predicted,
        "scale": np.full(actual.shape, 2.0),
        "steps": np.tile(np.arange(1, horizon + 1), num_rows // horizon),
        "series": np.asarray([""] * num_rows, object),
        "times": np.arange(num_rows, dtype=float) * 86_400.0,
        "is_calendar": True,
        **changes,
    }
    return ForecastRows(**fields)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40))
def test_scores_are_those_of_scikit_learn_and_of_the_formulas(pairs: list) -> None:
    actual, predicted = np.asarray(pairs, float).T
    scale = np.full(len(actual), 4.0)

    found = score_values(actual, predicted, scale)

    assert found["rmse"] == pytest.approx(np.sqrt(mean_squared_error(actual, predicted)))
    assert found["mae"] == pytest.approx(mean_absolute_error(actual, predicted))
    terms = [
        2 * abs(p - a) / (abs(a) + abs(p)) if abs(a) + abs(p) > 0 else 0.0
        for a, p in zip(actual, predicted, strict=True)
    ]
    assert found["smape"] == pytest.approx(sum(terms) / len(terms))
    assert found["mase"] == pytest.approx(mean_absolute_error(actual, predicted) / 4.0)


def test_a_naive_forecast_of_its_own_training_part_has_a_mase_of_one() -> None:
    values = np.random.default_rng(1).normal(size=50)
    errors = np.abs(values[7:] - values[:-7])

    found = score_values(values[7:], values[:-7], np.full(43, errors.mean()))

    assert found["mase"] == pytest.approx(1.0)


def test_steps_that_were_never_measured_do_not_count() -> None:
    found = score_values(np.asarray([1.0, np.nan, 3.0]), np.asarray([2.0, 100.0, 3.0]), np.ones(3))

    assert found["mae"] == 0.5
    assert score_values(np.asarray([np.nan]), np.asarray([1.0]), np.ones(1)) == {}


def test_each_step_of_the_horizon_is_scored_by_itself() -> None:
    actual = np.zeros((6, 1))
    predicted = np.asarray([[1.0], [2], [3], [1], [2], [3]])

    report = report_forecast(rows(actual, predicted, horizon=3))

    (details,) = report.forecast
    assert details.num_origins == 2
    assert details.by_step["mae"] == (1, 2, 3)
    assert details.by_step["mase"] == (0.5, 1, 1.5)
    assert report.metrics["mae"] == 2
    assert report.num_rows == 6


def test_several_targets_are_averaged_and_named() -> None:
    actual = np.zeros((2, 2))

    report = report_forecast(rows(actual, np.asarray([[1.0, 3.0], [1.0, 3.0]]), horizon=2))

    assert report.metrics["rmse"] == 2
    assert (report.metrics["rmse_y0"], report.metrics["rmse_y1"]) == (1, 3)
    assert report.notes[0] == "rmse, mae, smape and mase are means over the targets."
    assert [details.target for details in report.forecast] == ["y0", "y1"]


def test_a_series_that_never_changed_has_no_mase() -> None:
    actual = np.zeros((2, 1))

    report = report_forecast(rows(actual, actual + 1, 2, scale=np.full((2, 1), np.nan)))

    assert "mase" not in report.metrics
    assert "MASE is left out: 'y0' never changes" in report.notes[0]


def test_forecasts_that_are_no_numbers_are_told() -> None:
    report = report_forecast(rows(np.zeros((2, 1)), np.full((2, 1), np.nan), 2))

    assert report.metrics == {}
    assert "not finite numbers" in report.notes[0]


def test_without_measured_values_there_is_nothing_to_score() -> None:
    report = report_forecast(rows(np.full((2, 1), np.nan), np.zeros((2, 1)), 2))

    assert report.metrics == {}
    assert report.notes == ("There are no measured values.",)


def test_the_shown_forecasts_follow_each_other_without_overlap() -> None:
    # Forecasts of three steps from six origins that follow each other.
    places = np.arange(6)[:, None] + np.arange(3)
    actual = places.ravel().astype(float)[:, None]
    times = places.ravel() * 86_400.0

    report = report_forecast(rows(actual, actual + 1, 3, times=times))

    (sample,) = report.forecast[0].samples
    assert sample.times == tuple(f"1970-01-{day:02}T00:00:00" for day in range(3, 9))
    assert sample.actual == (2, 3, 4, 5, 6, 7)
    assert sample.starts == (0, 3)


def test_a_few_of_many_series_are_shown() -> None:
    names = np.asarray([f"s{number // 2:03}" for number in range(200)], object)
    actual = np.zeros((200, 1))

    report = report_forecast(rows(actual, actual, 2, series=names))

    shown = [sample.series for sample in report.forecast[0].samples]
    assert shown == ["s000", "s033", "s066", "s099"]


def test_times_are_written_for_people() -> None:
    assert time_texts(np.asarray([0.0, 5_400.0]), is_calendar=True) == (
        "1970-01-01T00:00:00",
        "1970-01-01T01:30:00",
    )
    assert time_texts(np.asarray([1700.0, 1700.25]), is_calendar=False) == ("1700", "1700.25")
