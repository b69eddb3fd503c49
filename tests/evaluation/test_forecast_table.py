"""Forecasts are stored row by row, and every score can be computed from them alone."""

from dataclasses import replace

import numpy as np
import pytest

from dlstudio.data.forecasting.regular import regularise
from dlstudio.evaluation.forecast_table import (
    OriginForecasts,
    forecast_rows,
    stored_forecasts,
    times_array,
)
from dlstudio.evaluation.report import build_report
from dlstudio.spec.task import TaskKind, TaskSpec
from tests.data.histories import history


def task(*targets: str) -> TaskSpec:
    return TaskSpec(
        kind=TaskKind.FORECASTING, inputs=(), targets=targets, time="day", series="shop", horizon=2
    )


def forecasts() -> OriginForecasts:
    rows = history([0, 1, 2, 4, 10, 11, 12, 13], range(8), ["a"] * 4 + ["b"] * 4)
    table, _ = regularise(rows, ("y",))
    origins = np.asarray([2, 3, 7])  # series a: days 2 and 3; series b: day 12
    predicted = np.asarray([[[2.5], [9]], [[9], [3.5]], [[6], [8]]])
    return OriginForecasts(table, origins, predicted, np.asarray([[1.0], [np.nan]]))


def test_a_row_says_when_which_step_what_came_and_what_was_said() -> None:
    table = stored_forecasts(forecasts(), task("y"), "test")

    assert table.column("series").to_pylist() == ["a", "a", "a", "a", "b", "b"]
    assert table.column("step").to_pylist() == [1, 2] * 3
    assert table.column("row").to_pylist() == [2, -1, -1, 3, 6, 7]
    assert table.column("prediction").to_pylist() == [2.5, 9, 9, 3.5, 6, 8]
    actual = table.column("actual").to_pylist()
    assert [value for value in actual if value == value] == [2, 3, 6, 7]
    assert [moment.day for moment in table.column("time").to_pylist()] == [3, 4, 4, 5, 13, 14]


def test_scores_come_from_the_stored_rows() -> None:
    table = stored_forecasts(forecasts(), task("y"), "test")

    report = build_report(table, task("y")).splits["test"]

    assert report.metrics["mae"] == pytest.approx((0.5 + 0.5 + 0 + 1) / 4)
    assert report.metrics["mase"] == pytest.approx(0.5)  # only series a has a naive error
    assert [sample.series for sample in report.forecast[0].samples] == ["a", "b"]


def test_several_targets_have_columns_of_their_own() -> None:
    one = forecasts()
    one.table.columns["z"] = one.table.columns["y"]
    both = OriginForecasts(
        replace(one.table, is_observed=np.repeat(one.table.is_observed, 2, axis=1)),
        one.origins,
        np.repeat(one.predicted, 2, axis=2),
        np.repeat(one.scales, 2, axis=1),
    )

    table = stored_forecasts(both, task("y", "z"), "test")

    assert {"actual_y", "actual_z", "prediction_y", "prediction_z", "scale_z"} <= set(
        table.column_names
    )
    assert forecast_rows(table, task("y", "z")).actual.shape == (6, 2)


def test_times_keep_their_type() -> None:
    assert times_array(np.asarray([0.5]), is_calendar=True).to_pylist()[0].microsecond == 500_000
    assert times_array(np.asarray([1700.0]), is_calendar=False).to_pylist() == [1700]
    assert times_array(np.asarray([0.25]), is_calendar=False).to_pylist() == [0.25]
