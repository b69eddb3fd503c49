"""A trained forecast continues the series of a file, and is scored on them."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dlstudio.data.dataset import Dataset
from dlstudio.errors import DataError
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringProgress, ScoringRequest, ScoringResult
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.runs.folders import RunFolder, make_run_folder, write_text_atomically
from dlstudio.runs.records import Artifact
from dlstudio.settings import Settings
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.run import RunSpec
from tests.fixtures.shops import HORIZON, NUM_DAYS, add_shops, shop_sales, shop_spec

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    # Keras's own, when it saves variables with NumPy 2.4.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@dataclass(frozen=True)
class Trained:
    """A run of a few epochs."""

    folder: RunFolder
    report: EvaluationReport
    artifacts: tuple[Artifact, ...]


class Nobody:
    """A watcher that does not listen."""

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None: ...
    def on_progress(self, progress: Progress) -> None: ...
    def on_epoch(self, report: EpochReport) -> None: ...
    def on_log(self, text: str) -> None: ...

    def should_stop(self) -> bool:
        return False


def train(settings: Settings, dataset: Dataset, spec: RunSpec, name: str) -> Trained:
    from dlstudio.worker.training import train_model

    folder = make_run_folder(settings, name)
    write_text_atomically(folder.spec, write_yaml(spec))
    write_text_atomically(folder.dataset, dataset.info.model_dump_json())
    training = spec.training.model_copy(update={"epochs": 3})
    trained = train_model(dataset, spec.model_copy(update={"training": training}), folder, Nobody())
    report = EvaluationReport.model_validate_json(folder.report.read_text(encoding="utf-8"))
    return Trained(folder, report, trained.artifacts)


@pytest.fixture(scope="module")
def with_holidays(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Sales of two shops, with holidays known in advance."""
    from tests.fixtures.workspace import settings_in

    folder = tmp_path_factory.mktemp("shops")
    settings = settings_in(folder / "home")
    dataset = add_shops(settings, folder)
    return train(settings, dataset, shop_spec(dataset), "withholidays")


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Two targets of one shop, nothing known in advance."""
    from tests.fixtures.workspace import settings_in

    folder = tmp_path_factory.mktemp("one")
    settings = settings_in(folder / "home")
    mall = shop_sales().query("shop == 'mall'")
    dataset = add_shops(settings, folder, mall)
    spec = shop_spec(dataset, targets=("sales", "visitors"), inputs=(), known=(), series=None)
    return train(settings, dataset, spec, "without")


def score(run: Trained, table: pd.DataFrame, output: Path | None, folder: Path) -> ScoringResult:
    path = folder / "rows.csv"
    table.to_csv(path, index=False)
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(path),
        output_path=str(output) if output else None,
    )
    said: list[ScoringProgress] = []
    return score_file(request, said.append)


def with_week_ahead() -> pd.DataFrame:
    """The history, and a week of which only the holidays are known."""
    table = shop_sales(NUM_DAYS + HORIZON)
    is_ahead = table["date"] > table["date"].iloc[2 * NUM_DAYS - 1]
    table.loc[is_ahead, ["sales", "visitors"]] = np.nan
    return table


def test_the_next_week_of_every_shop_is_written(with_holidays: Trained, tmp_path: Path) -> None:
    result = score(with_holidays, with_week_ahead(), tmp_path / "out.csv", tmp_path)

    found = pd.read_csv(tmp_path / "out.csv")
    assert list(found.columns) == ["shop", "date", "prediction"]
    assert result.num_rows == len(found) == 2 * HORIZON
    assert found["shop"].tolist() == ["corner"] * HORIZON + ["mall"] * HORIZON
    days = pd.date_range("2024-05-20", periods=HORIZON).strftime("%Y-%m-%d").tolist()
    assert found["date"].tolist() == days * 2
    truth = shop_sales(NUM_DAYS + HORIZON)
    for shop in ("corner", "mall"):
        expected = truth.query(f"shop == '{shop}'")["sales"].to_numpy()[-HORIZON:]
        said = found.query(f"shop == '{shop}'")["prediction"].to_numpy()
        assert np.abs(said / expected - 1).mean() < 0.35


def test_the_order_of_the_rows_does_not_matter(with_holidays: Trained, tmp_path: Path) -> None:
    score(with_holidays, with_week_ahead(), tmp_path / "in order.csv", tmp_path)
    shuffled = with_week_ahead().sample(frac=1.0, random_state=3)

    result = score(with_holidays, shuffled, tmp_path / "shuffled.csv", tmp_path)

    assert (tmp_path / "in order.csv").read_text() == (tmp_path / "shuffled.csv").read_text()
    assert "all rows were sorted by time" in " ".join(result.notes)


def test_what_is_known_in_advance_must_be_given(with_holidays: Trained, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        score(with_holidays, shop_sales(), tmp_path / "out.csv", tmp_path)

    assert "'holiday' is known in advance, but 0 of the 7 values of 'corner'" in str(caught.value)
    assert "from 2024-05-20 on are given" in str(caught.value)
    assert "with 'holiday' filled in and 'sales' left empty" in str(caught.value)
    assert not (tmp_path / "out.csv").exists()


def test_several_targets_are_written_by_name(without: Trained, tmp_path: Path) -> None:
    table = shop_sales().query("shop == 'mall'").drop(columns=["shop", "holiday"])

    score(without, table, tmp_path / "out.parquet", tmp_path)

    found = pd.read_parquet(tmp_path / "out.parquet")
    assert list(found.columns) == ["date", "prediction_sales", "prediction_visitors"]
    assert len(found) == HORIZON
    assert np.isfinite(found["prediction_sales"]).all()


def test_rolling_origins_of_a_file_give_the_metrics_of_the_test_part(
    with_holidays: Trained, tmp_path: Path
) -> None:
    result = score(with_holidays, shop_sales(), None, tmp_path)

    assert set(result.metrics) == {"rmse", "mae", "smape", "mase"}
    num_origins = 2 * (NUM_DAYS - 14 - HORIZON + 1)
    assert result.notes[0] == f"{num_origins} forecasts of 7 steps each."
    assert result.num_rows == num_origins * HORIZON
    stored = pd.read_parquet(with_holidays.folder.predictions)
    rows = stored[stored["split"] == "test"]
    expected = np.sqrt(((rows["actual"] - rows["prediction"]) ** 2).mean())
    assert with_holidays.report.splits["test"].metrics["rmse"] == pytest.approx(expected)


def test_stored_forecasts_lie_after_the_training_part(with_holidays: Trained) -> None:
    stored = pd.read_parquet(with_holidays.folder.predictions)

    ends = stored.groupby("split")["time"].agg(["min", "max"])
    assert ends.loc["train", "max"] < ends.loc["validation", "min"]
    assert ends.loc["validation", "max"] < ends.loc["test", "min"]
    assert set(stored["series"]) == {"corner", "mall"}
    mase = (np.abs(stored["actual"] - stored["prediction"]) / stored["scale"])[
        stored["split"] == "test"
    ].mean()
    assert with_holidays.report.splits["test"].metrics["mase"] == pytest.approx(mase)
    details = with_holidays.report.splits["test"].forecast[0]
    assert len(details.by_step["rmse"]) == HORIZON


def test_a_series_too_short_for_the_window_is_left_out_by_name(
    with_holidays: Trained, tmp_path: Path
) -> None:
    table = with_week_ahead()
    new = table[table["shop"] == "corner"].tail(HORIZON + 3).assign(shop="new")

    result = score(with_holidays, pd.concat([table, new]), tmp_path / "out.csv", tmp_path)

    assert result.num_rows == 2 * HORIZON
    assert "Series with fewer values than the window of 14 were left out (1)" in " ".join(
        result.notes
    )
    assert "'new'" in " ".join(result.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table.tail(20), "The longest series has 10 steps of 1 day"),
        (lambda table: table.drop(columns="sales"), "lacks the column 'sales'"),
        (lambda table: table.assign(date="soon"), "No row has a time"),
        (
            lambda table: table[pd.to_datetime(table["date"]).dt.day.isin([1, 8, 15, 22, 29])],
            "steps of 1 day, but most rows of the file are farther apart",
        ),
    ],
)
def test_files_that_cannot_be_continued_are_refused(
    without: Trained, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    table = shop_sales().query("shop == 'mall'").drop(columns=["shop", "holiday"])
    changed = change(table.iloc[-10:] if "10 steps" in words else table)

    with pytest.raises(DataError, match=words):
        score(without, changed, tmp_path / "out.csv", tmp_path)


def test_rows_closer_together_than_those_of_the_run_are_refused(
    without: Trained, tmp_path: Path
) -> None:
    table = shop_sales().query("shop == 'mall'").drop(columns=["shop", "holiday"])
    hours = pd.date_range("2024-01-01", periods=len(table), freq="h")

    with pytest.raises(DataError, match="most rows of the file are closer together"):
        score(without, table.assign(date=hours), tmp_path / "out.csv", tmp_path)


def test_a_file_without_a_whole_forecast_cannot_be_scored(without: Trained, tmp_path: Path) -> None:
    table = shop_sales().query("shop == 'mall'").drop(columns=["shop", "holiday"])

    with pytest.raises(DataError, match="but a window and a horizon needs 21"):
        score(without, table.tail(18), None, tmp_path)


def test_the_usage_text_runs_as_it_stands(with_holidays: Trained) -> None:
    text = with_holidays.folder.usage.read_text(encoding="utf-8")
    code = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))

    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=with_holidays.folder.path,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("prediction [[")
    assert "the last 14 values and those of the 7 steps to forecast" in text


def test_what_the_run_knows_of_its_series_is_kept(with_holidays: Trained) -> None:
    kept = json.loads(with_holidays.folder.series.read_text(encoding="utf-8"))

    assert kept["unit"] == "second" and kept["size"] == 86_400
    assert set(kept["naive_errors"]) == {"corner", "mall"}
    names = {artifact.name for artifact in with_holidays.artifacts}
    assert {"model.keras", "report.json", "predictions.parquet"} <= names
