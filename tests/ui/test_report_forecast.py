"""The report of a forecast, without a browser."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    from dlstudio.reports.evaluation import (
        EvaluationReport,
        ForecastDetails,
        ForecastSample,
        SplitReport,
    )
    from dlstudio.ui.report_panel import show_report
    from tests.ui.past_runs import finished

    def sample(series: str) -> ForecastSample:
        return ForecastSample(
            series=series,
            times=("2024-01-01T00:00:00", "2024-01-02T00:00:00", "2024-01-03T00:00:00"),
            actual=(1.0, None, 3.0),
            predicted=(1.5, 2.0, 2.5),
            starts=(0, 2),
        )

    details = ForecastDetails(
        target="sales_[k]",
        num_origins=7,
        by_step={"rmse": (1.0, 2.0), "mae": (0.5, 1.0), "smape": (0.1, 0.2)},
        samples=(sample("north"), sample("south")),
    )
    metrics = {"rmse": 1.5, "mae": 0.7, "smape": 0.15, "mase": 0.9}
    notes = ("Of '$5 to $10'.",)
    split = SplitReport(num_rows=14, metrics=metrics, forecast=(details,), notes=notes)
    report = EvaluationReport(task="forecasting", splits={"test": split, "train": split})
    show_report(report, finished("forecasting"))


def test_a_forecast_is_shown_beside_what_came_and_step_by_step() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    assert not app.exception
    assert [metric.label for metric in app.metric] == ["RMSE", "MAE", "sMAPE", "MASE"]
    assert app.subheader[0].value == "sales\\_\\[k\\]"
    captions = " ".join(caption.value for caption in app.caption)
    assert "Scores are over 7 forecasts of this part" in captions
    assert "2 that follow each other are shown" in captions
    assert "Of '\\$5 to \\$10'" in captions  # no formula between the dollars
    assert "Times are as in your data, or in UTC where it names a time zone." in captions
    steps = app.dataframe[0].value
    assert list(steps.columns) == ["Step", "RMSE", "MAE", "sMAPE"]
    assert steps["RMSE"].tolist() == [1.0, 2.0]


def test_another_series_can_be_chosen() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()

    (choice,) = app.selectbox
    assert choice.options == ["north", "south"]
    assert not choice.select_index(1).run().exception
