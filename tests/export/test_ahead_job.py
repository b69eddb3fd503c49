"""The next steps of a run are a job that is found again by what was asked."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.forecasting.ahead import carry_on
from dlstudio.data.forecasting.regular import regularise
from dlstudio.export.ahead_job import ahead_job, known_rows, with_edits
from dlstudio.export.forecast_ahead import (
    AheadForecast,
    names_to_draw,
    next_rows,
    read_to_draw,
    rows_to_draw,
)
from dlstudio.export.scoring import REQUEST_FILE, ScoringRequest, remove_jobs_of
from dlstudio.runs.folders import RunFolder, make_run_folder
from dlstudio.settings import Settings
from dlstudio.spec.task import TaskKind, TaskSpec
from tests.data.histories import history

TASK = TaskSpec(
    kind=TaskKind.FORECASTING,
    inputs=(),
    targets=("y",),
    time="day",
    series="shop",
    known=("price",),
    horizon=2,
)


@pytest.fixture
def folder(settings: Settings) -> RunFolder:
    folder = make_run_folder(settings, "abc")
    folder.model.write_bytes(b"only its presence matters here")
    return folder


def forecast(widths: np.ndarray | None = None) -> AheadForecast:
    """Two shops with a price; each is forecast for two days."""
    rows = history([0, 1, 2, 1, 2], [1, 2, np.nan, 4, 5], ["a"] * 3 + ["b"] * 2)
    rows.columns["price"] = np.asarray([1, 2, 3, 4, 5], "float32")
    table, _ = regularise(rows, ("y",))
    predicted = np.asarray([[[10.0], [11.0]], [[20.0], [21.0]]])
    return AheadForecast(carry_on(table, 2, 10), predicted, widths)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    pq.write_table(rows_to_draw(forecast(), TASK, 10), tmp_path / "drawn.parquet")
    return tmp_path / "drawn.parquet"


def test_who_asks_the_same_finds_the_same_job(settings: Settings, folder: RunFolder) -> None:
    job = ahead_job(settings, folder)

    assert ahead_job(settings, folder).folder == job.folder
    assert job.is_of(folder) and not job.is_of(make_run_folder(settings, "def"))
    asked = ScoringRequest.model_validate_json((job.folder / "request.json").read_text())
    assert asked.input_path is None and asked.ahead.assume_known and asked.ahead.with_band


def test_other_known_values_or_another_model_are_another_job(
    settings: Settings, folder: RunFolder, tmp_path: Path
) -> None:
    first = pa.table({"day": [1], "price": [2.0]})
    (tmp_path / "known.csv").write_text("day,price\n")
    jobs = [
        ahead_job(settings, folder),
        ahead_job(settings, folder, first),
        ahead_job(settings, folder, pa.table({"day": [1], "price": [3.0]})),
        ahead_job(settings, folder, tmp_path / "known.csv"),
    ]
    folder.model.write_bytes(b"trained again")
    jobs.append(ahead_job(settings, folder))

    assert len({job.id for job in jobs}) == 5
    assert pq.read_table(jobs[1].folder / "known.parquet").to_pydict() == first.to_pydict()


def test_known_values_are_named_as_in_the_dataset(drawn: Path) -> None:
    everything = known_rows(drawn, TASK, None)

    assert everything.column_names == ["shop", "day", "price"]
    assert everything.column("shop").to_pylist() == ["a", "a", "b", "b"]
    assert everything.column("price").to_pylist() == [3, 3, 5, 5]
    assert [day.day for day in everything.column("day").to_pylist()] == [3, 4, 4, 5]
    assert known_rows(drawn, TASK, "b").column_names == ["day", "price"]


@pytest.mark.parametrize(("name", "expected"), [("a", [7, 8, 5, 5]), (None, [7, 8, 8, 5])])
def test_changed_values_hold_for_one_series_or_for_all_at_their_time(
    drawn: Path, name: str | None, expected: list[float]
) -> None:
    edited = known_rows(drawn, TASK, "a").set_column(1, "price", pa.array([7.0, 8.0]))

    found = with_edits(known_rows(drawn, TASK, None), edited, TASK, name)

    assert found.column("price").to_pylist() == expected


def test_one_series_is_read_as_it_is_drawn(drawn: Path) -> None:
    series = read_to_draw(drawn, TASK, "a")

    assert names_to_draw(drawn) == ("a", "b")
    assert series.steps == (0, 0, 1, 2) and series.num_measured == 2
    assert series.values == {"y": (1, 2, 10, 11)}
    assert series.low == {} and series.known == {"price": (1, 2, 3, 3)}


def test_a_series_without_a_band_leaves_its_cells_empty() -> None:
    widths = np.asarray([[[1.0], [2.0]], [[np.nan], [np.nan]]])

    table = next_rows(forecast(widths), TASK)

    assert table.column_names == ["shop", "day", "prediction", "prediction_low", "prediction_high"]
    assert table.column("prediction_low").to_pylist() == [9, 9, None, None]
    assert table.column("prediction_high").to_pylist() == [11, 13, None, None]


def test_what_was_scored_goes_with_its_run(settings: Settings, folder: RunFolder) -> None:
    other = make_run_folder(settings, "other")
    other.model.write_bytes(b"another")
    own, kept = ahead_job(settings, folder), ahead_job(settings, other)
    # An earlier version asked for less, or for what is no longer known.
    (own.folder / REQUEST_FILE).write_text(f'{{"run_folder": "{folder.path}", "gone": 1}}')
    remove_jobs_of(settings, folder)
    assert not own.folder.exists() and kept.is_of(other)


def test_a_band_ends_at_its_floor_and_never_leaves_out_its_forecast() -> None:
    widths = np.asarray([[[12.0], [2.0]], [[50.0], [25.0]]])
    whole = forecast(widths)
    predicted = whole.predicted - np.asarray([[[0.0], [0.0]], [[0.0], [23.0]]])  # the last is -2
    floors = np.asarray([[-np.inf], [0.0]])
    cut = AheadForecast(whole.ahead, predicted, widths, floors)

    table, drawn = next_rows(cut, TASK), rows_to_draw(cut, TASK, 10)

    assert table.column("prediction").to_pylist() == predicted.ravel().tolist()
    assert table.column("prediction_low").to_pylist() == [-2, 9, 0, -2]
    assert table.column("prediction_high").to_pylist() == [22, 13, 70, 23]
    assert drawn.column("low_0").drop_null().to_pylist() == [-2, 9, 0, -2]
    assert cut.is_cut.tolist() == [True]
    assert whole.is_cut.tolist() == forecast().is_cut.tolist() == [False]
