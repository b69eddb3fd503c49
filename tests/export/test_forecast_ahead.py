"""A trained forecast goes on from the end of its own dataset."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dlstudio.errors import DataError, NotFoundError
from dlstudio.export.ahead_job import OUTPUT_FILE, ahead_job, known_rows, with_edits
from dlstudio.export.forecast_ahead import names_to_draw, read_to_draw
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import AheadRequest, ScoringRequest, ScoringResult, ScoringStatus
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import Settings
from dlstudio.spec.documents import read_spec, write_yaml
from dlstudio.spec.run import RunSpec
from tests.export.test_score_forecast import train
from tests.fixtures.shops import HORIZON, NUM_DAYS, SIZES, add_shops, shop_sales, shop_spec
from tests.fixtures.workspace import settings_in

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
LAST_DAY = pd.Timestamp("2024-01-01") + pd.Timedelta(days=NUM_DAYS - 1)
NEXT_DAYS = pd.date_range(LAST_DAY, periods=HORIZON + 1)[1:].strftime("%Y-%m-%d").tolist()


@dataclass(frozen=True)
class Run:
    """A trained forecast and the workspace that its dataset lies in."""

    settings: Settings
    folder: RunFolder
    tmp: Path

    @property
    def spec(self) -> RunSpec:
        return read_spec(self.folder.spec.read_text(encoding="utf-8"))

    def ahead(self, **asked: object) -> ScoringResult:
        """Forecast behind the end of the dataset, with a table to draw."""
        fields = {"drawn_path": str(self.tmp / "drawn.parquet"), **asked}
        request = ScoringRequest(
            run_folder=str(self.folder.path),
            input_path=None,
            output_path=str(self.tmp / "out.csv"),
            ahead=AheadRequest.model_validate(fields),
        )
        return score_file(request, lambda _progress: None)

    def written(self) -> pd.DataFrame:
        return pd.read_csv(self.tmp / "out.csv")

    def on(self, table: pd.DataFrame) -> "Run":
        """The same model, as if its dataset held these rows."""
        dataset = add_shops(self.settings, self.tmp / "rows", table)
        folder = RunFolder(self.tmp / "run")
        shutil.copytree(self.folder.path, folder.path)
        named = self.spec.dataset.model_copy(update={"fingerprint": dataset.info.fingerprint})
        folder.spec.write_text(write_yaml(self.spec.model_copy(update={"dataset": named})))
        return replace(self, folder=folder)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Sales of two shops, with holidays known in advance."""
    folder = tmp_path_factory.mktemp("ahead")
    settings = settings_in(folder / "home")
    dataset = add_shops(settings, folder)
    return Run(settings, train(settings, dataset, shop_spec(dataset), "shops").folder, folder)


@pytest.fixture
def run(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DLSTUDIO_HOME", str(trained.settings.home))
    return replace(trained, tmp=tmp_path)


def known_file(path: Path, table: pd.DataFrame) -> str:
    table.to_csv(path, index=False)
    return str(path)


def holidays_to_come(num_days: int = NUM_DAYS) -> pd.DataFrame:
    """Which of the days behind a history are holidays, the same for both shops."""
    table = shop_sales(num_days + HORIZON).query("shop == 'mall'")
    return table.tail(HORIZON).filter(items=["date", "holiday"])


def test_the_days_after_the_last_one_are_forecast_for_every_shop(run: Run) -> None:
    known = known_file(run.tmp / "known.csv", holidays_to_come())

    result = run.ahead(known_path=known)

    found = run.written()
    assert list(found.columns) == ["shop", "date", "prediction"]
    assert result.num_rows == 2 * HORIZON and result.notes == ()
    assert found["shop"].tolist() == ["corner"] * HORIZON + ["mall"] * HORIZON
    assert found["date"].tolist() == 2 * NEXT_DAYS


def test_cut_at_a_test_origin_it_says_what_the_evaluation_said_there(run: Run) -> None:
    stored = pd.read_parquet(run.folder.predictions).query("split == 'test'")
    last = stored.groupby("series").tail(HORIZON)
    begin = last["time"].min().date().isoformat()
    ahead = run.on(shop_sales().query(f"date < '{begin}'"))
    days = shop_sales().query(f"date >= '{begin}' and shop == 'mall'").head(HORIZON)
    known = known_file(run.tmp / "known.csv", days.filter(items=["date", "holiday"]))

    ahead.ahead(known_path=known)

    said = ahead.written()
    assert pd.to_datetime(said["date"]).tolist() == last["time"].tolist()
    np.testing.assert_allclose(said["prediction"], last["prediction"], rtol=1e-5)


def test_the_band_is_as_wide_as_past_errors_of_each_shop(run: Run) -> None:
    known = known_file(run.tmp / "known.csv", holidays_to_come())

    result = run.ahead(known_path=known, with_band=True)

    found = run.written()
    assert list(found.columns)[2:] == ["prediction", "prediction_low", "prediction_high"]
    stored = pd.read_parquet(run.folder.predictions).query("split == 'test'")
    assert result.num_band_forecasts == stored["step"].tolist().count(1)
    half = (found["prediction_high"] - found["prediction"]).to_numpy()
    low = np.maximum(found["prediction"] - half, np.minimum(found["prediction"], 0))
    np.testing.assert_allclose(found["prediction_low"], low)
    scale = dict(zip(stored["series"], stored["scale"], strict=True))
    scales = np.asarray([scale[name] for name in found["shop"]])
    multiples = (half / scales).reshape(2, HORIZON)
    np.testing.assert_allclose(multiples[0], multiples[1])
    for step in range(HORIZON):
        of_step = stored[stored["step"] == step + 1]
        errors = np.abs(of_step["actual"] - of_step["prediction"]) / of_step["scale"]
        assert 0.8 <= np.mean(errors <= multiples[0, step] * (1 + 1e-9)) < 0.9


def test_the_end_of_the_history_is_drawn_before_the_forecast(run: Run) -> None:
    run.ahead(known_path=known_file(run.tmp / "known.csv", holidays_to_come()), with_band=True)

    assert names_to_draw(run.tmp / "drawn.parquet") == tuple(SIZES)
    drawn = read_to_draw(run.tmp / "drawn.parquet", run.spec.task, "mall")
    assert drawn.num_measured == 24 and len(drawn.times) == 24 + HORIZON
    assert drawn.steps[-HORIZON:] == tuple(range(1, HORIZON + 1))
    truth = shop_sales().query("shop == 'mall'")["sales"].to_numpy()[-24:]
    values = np.asarray(drawn.values["sales"], float)
    np.testing.assert_allclose(values[:24], truth, rtol=1e-6)
    forecast = run.written().query("shop == 'mall'")["prediction"]
    np.testing.assert_allclose(values[24:], forecast)
    assert drawn.low["sales"][:24] == (None,) * 24 and None not in drawn.low["sales"][24:]
    assert drawn.known["holiday"][24:] == tuple(holidays_to_come()["holiday"])
    assert [time.isoformat() for time in drawn.times[24:]] == NEXT_DAYS  # type: ignore[union-attr]


def test_what_is_known_in_advance_is_asked_for_or_assumed(run: Run) -> None:
    with pytest.raises(DataError) as refused:
        run.ahead()
    assert "'holiday' is known in advance, but 0 of the 7 values of 'corner'" in str(refused.value)
    assert "columns 'shop', 'date', 'holiday' and a row for each of the 7 steps" in str(
        refused.value
    )

    result = run.ahead(assume_known=True)

    assert result.notes == (
        "'holiday' is known in advance, but the data does not hold it for the future: its most "
        "frequent value of late is assumed.",
    )
    drawn = read_to_draw(run.tmp / "drawn.parquet", run.spec.task, "mall")
    assert drawn.known["holiday"][-HORIZON:] == ("no",) * HORIZON


def test_known_values_of_an_unknown_series_or_another_time_are_told(run: Run) -> None:
    days = shop_sales(NUM_DAYS + HORIZON).tail(2 * HORIZON + 4)
    days = days.filter(items=["date", "shop", "holiday"])
    new = days.tail(1).assign(shop="harbour")
    known = known_file(run.tmp / "known.csv", pd.concat([days, new]))

    result = run.ahead(known_path=known)

    assert result.notes == (
        "Values known in advance of series without a history were not used (1): 'harbour'.",
        "4 rows are for none of the steps to forecast, and of no use.",
    )


def test_series_that_end_early_or_without_values_are_told(run: Run) -> None:
    ahead = run.on(shop_sales().query("shop == 'mall' or date <= '2024-05-10'"))

    result = ahead.ahead(assume_known=True)

    assert ahead.written()["date"].tolist()[::HORIZON] == ["2024-05-11", NEXT_DAYS[0]]
    assert result.notes[0] == (
        "Series that end before 2024-05-19, where others do, are forecast from their own end on "
        "(1): 'corner'."
    )


def test_without_its_dataset_the_run_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(run.tmp))

    with pytest.raises(NotFoundError, match="'shops'"):
        run.ahead(assume_known=True)


def test_a_warm_worker_does_the_job_of_a_page(run: Run) -> None:
    from dlstudio.export.load import load_model
    from dlstudio.worker.forecast_answer import answer_forecast

    job = ahead_job(run.settings, run.folder)

    answer_forecast(run.settings, load_model, {"job": job.id})

    state = job.poll()
    assert state.status is ScoringStatus.DONE and state.result is not None
    assert "is assumed" in state.result.notes[0] and state.result.num_band_forecasts > 0
    drawn = Path(state.result.drawn_path or "")
    changed = known_rows(drawn, run.spec.task, "mall").set_column(1, "holiday", [["yes"] * HORIZON])
    known = with_edits(known_rows(drawn, run.spec.task, None), changed, run.spec.task, "mall")
    tried = ahead_job(run.settings, run.folder, known)
    answer_forecast(run.settings, load_model, {"job": tried.id})
    result = tried.poll().result
    assert result is not None and result.notes == ()
    before, after = (pd.read_csv(one.folder / OUTPUT_FILE) for one in (job, tried))
    is_mall = before["shop"] == "mall"
    assert np.all(after["prediction"][is_mall] != before["prediction"][is_mall])
    np.testing.assert_allclose(after["prediction"][~is_mall], before["prediction"][~is_mall])
