"""The Predict page of a forecast: the next steps are there without a file."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dlstudio.data.forecasting.ahead import carry_on
from dlstudio.data.forecasting.regular import regularise
from dlstudio.export.ahead_job import ahead_job
from dlstudio.export.forecast_ahead import AheadForecast, rows_to_draw
from dlstudio.export.scoring import RESULT_FILE, ScoringResult
from dlstudio.runs.store import Store
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind
from dlstudio.spec.run import RunSpec
from tests.data.histories import history
from tests.ui.past_runs import finished_run, iris_spec
from tests.ui.test_predict_page import info, open_predict

pytestmark = pytest.mark.slow  # each opens a page

COLUMNS = (
    ColumnInfo(name="day", kind=ColumnKind.DATETIME),
    ColumnInfo(name="shop", kind=ColumnKind.CATEGORY),
    ColumnInfo(name="y", kind=ColumnKind.NUMBER),
    ColumnInfo(name="price", kind=ColumnKind.NUMBER),
    ColumnInfo(
        name="holiday",
        kind=ColumnKind.CATEGORY,
        top_values=(ClassCount(value="no", num_rows=3), ClassCount(value="yes", num_rows=1)),
    ),
)


def add_forecast(store: Store, settings: Settings, *, known: tuple[str, ...], judged: int) -> str:
    """A run whose next steps were asked for before: two shops, two days."""
    fields = iris_spec().model_dump(mode="json")
    fields["task"] = {
        **{"kind": "forecasting", "inputs": [], "targets": ["y"], "time": "day"},
        **{"series": "shop", "known": list(known), "horizon": 2},
    }
    run = finished_run(store, RunSpec.model_validate(fields), "shops-fnn", 0.8)
    folder = store.folder(run.id)
    folder.dataset.write_text(info(COLUMNS).model_dump_json())
    folder.model.write_bytes(b"only its presence matters here")
    rows = history([0, 1, 0, 1], [1, 2, 300, 400], ["a", "a", "b", "b"])
    rows.columns["price"] = np.asarray([1, 2, 3, 4], "float32")
    rows.columns["holiday"] = np.asarray(["no", "yes", "no", "no"], object)
    table, _ = regularise(rows, ("y",))
    predicted = np.asarray([[[10.0], [11.0]], [[500.123456], [501.0]]])
    widths = np.ones_like(predicted) if judged else None
    job = ahead_job(settings, folder)
    drawn = job.folder / "drawn.parquet"
    forecast = AheadForecast(carry_on(table, 2, 10), predicted, widths)
    pq.write_table(rows_to_draw(forecast, run.spec.task, 10), drawn)
    result = ScoringResult(
        num_rows=4,
        output_path=str(job.folder / "forecast.csv"),
        drawn_path=str(drawn),
        num_band_forecasts=judged,
        notes=("'price' is assumed.",),
    )
    (job.folder / RESULT_FILE).write_text(result.model_dump_json())
    return run.id


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_the_next_steps_of_each_series_are_shown_without_a_file(
    store: Store, settings: Settings
) -> None:
    app = open_predict(run=add_forecast(store, settings, known=(), judged=30))

    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Next steps", "A file", "Download the model"]
    series = next(box for box in app.selectbox if box.label == "shop (2)")
    assert series.options == ["a", "b"]
    said = [block.value for block in app.markdown]
    assert "The next 2 steps of **a** after 1970-01-02: **1970-01-03 to 1970-01-04**." in said
    assert "30 forecasts, over all series), at least 8 of 10 true values" in captions(app)
    table = app.dataframe[0].value
    assert list(table.columns) == ["day", "Forecast", "Forecast, low", "Forecast, high"]
    assert table["Forecast"].tolist() == [10, 11]

    series.select("b").run()

    assert not app.exception
    assert app.dataframe[0].value["Forecast"].tolist() == [500.12, 501.0]


def test_the_chosen_series_stands_in_the_address(store: Store, settings: Settings) -> None:
    run_id = add_forecast(store, settings, known=(), judged=30)

    app = open_predict(run=run_id, series="b")

    assert not app.exception
    assert app.dataframe[0].value["Forecast"].tolist() == [500.12, 501.0]

    other = open_predict(run=run_id, series="of another run")

    assert not other.exception
    assert other.dataframe[0].value["Forecast"].tolist() == [10, 11]


def test_what_is_known_in_advance_can_be_changed_or_given(store: Store, settings: Settings) -> None:
    app = open_predict(run=add_forecast(store, settings, known=("price", "holiday"), judged=0))

    assert not app.exception
    assert "numbers stay as they were last" in captions(app)
    assert "'price' is assumed" in captions(app)
    assert "No band is drawn: fewer than 10 forecasts" in captions(app)
    assert [toggle.label for toggle in app.toggle] == ["For all series"]
    assert [box.label for box in app.expander] == ["What is known in advance, from a file"]


def test_without_a_worker_the_page_says_so(store: Store, settings: Settings) -> None:
    run_id = add_forecast(store, settings, known=(), judged=30)
    store.folder(run_id).model.write_bytes(b"another model, which nobody has asked yet")

    app = open_predict(run=run_id)

    assert not app.exception
    assert "No worker is ready" in " ".join(error.value for error in app.error)
