"""The default network for sensor sequences against features and a random forest, on real data.

    python -m benchmarks.sensors [--seeds 5] [--sets "JapaneseVowels,watch"] [--architecture rnn]
        [--write]

Four sets of the UEA and UCR archives (in the packages aeon and sktime) with the archives' own
training and test rows, and the exercises of a smart watch (in seglearn) with whole persons kept
apart. The rival is the usual pipeline of scikit-learn: for each channel statistics of its readings
and of their changes, and the means of sixteen parts of the sequence, given to a random forest of
500 trees. It learns from training and validation rows together, because it needs none to choose an
epoch with. The score is accuracy on the test rows. Nothing is set by hand: the spec is what
`dlstudio spec new` writes, with the seed as its only change. Settings were chosen on the seeds 0
to 2; these are others. The packages are downloaded once into the folder that
`DLSTUDIO_BENCHMARK_DATA` names, and read, never installed.
"""

import argparse
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from benchmarks.defaults_data import FOLDER_VARIABLE, packaged
from benchmarks.measurement import Measurement
from benchmarks.trained import train_spec
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.options import ReadOptions
from dlstudio.data.raw import read_raw
from dlstudio.data.splits import split_rows
from dlstudio.evaluation.predict import predict_raw
from dlstudio.models.rows import DatasetRows
from dlstudio.settings import Settings, read_settings
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitSpec

REPORT = Path(__file__).with_suffix(".md")
FIRST_SEED = 10
NUM_PARTS = 16
AEON, SKTIME, SEGLEARN = "aeon==1.6.0", "sktime==1.2.0", "seglearn==1.2.5"


@dataclass(frozen=True)
class SensorSet:
    """A real set of labelled sequences.

    Attributes:
        name: Short name.
        add: Adds it to a workspace.
        target: The column to predict.
    """

    name: str
    add: Callable[[Settings], Dataset]
    target: str = "label"


@dataclass(frozen=True)
class Outcome:
    """What one seed brought on one set."""

    score: float
    rival: float
    duration_s: float


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: one seed on every set, if the data can be had."""
    if not os.environ.get(FOLDER_VARIABLE):
        return [Measurement(f"sensor sets, without {FOLDER_VARIABLE}", 0, "sets")]
    found = compare(SETS, 1, None)
    margins = [outcome.score - outcome.rival for _, (outcome,) in found]
    name = f"median margin over features and a forest, {len(found)} sensor sets"
    return [Measurement(name, 100.0 * median(margins), "points", 0.0, True)]


def compare(
    chosen: Sequence[SensorSet], num_seeds: int, architecture: str | None
) -> list[tuple[Dataset, tuple[Outcome, ...]]]:
    """Train both on each set and seed; prints each set as it is done."""
    found: list[tuple[Dataset, tuple[Outcome, ...]]] = []
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({"DLSTUDIO_HOME": home})
        for one in chosen:
            dataset = one.add(settings)
            spec = default_spec(dataset.info, [one.target], architecture=architecture)
            seeds = range(FIRST_SEED, FIRST_SEED + num_seeds)
            outcomes = tuple(_outcome(dataset, seeded(spec, seed)) for seed in seeds)
            found.append((dataset, outcomes))
            print(row(dataset, outcomes), flush=True)
    return found


def seeded(spec: RunSpec, seed: int) -> RunSpec:
    """The same spec with another split and other first weights."""
    split = SplitSpec.model_validate({**spec.split.model_dump(), "seed": seed})
    training = spec.training.model_copy(update={"seed": seed})
    return spec.model_copy(update={"split": split, "training": training})


def _outcome(dataset: Dataset, spec: RunSpec) -> Outcome:
    start = time.perf_counter()
    score = network_score(dataset, spec)
    return Outcome(score, forest_score(dataset, spec), time.perf_counter() - start)


def network_score(dataset: Dataset, spec: RunSpec) -> float:
    """Train the network of a spec and score what the assembled model answers to the test rows."""
    model, run = train_spec(dataset, spec)
    rows = DatasetRows(dataset, spec.task.inputs, run.preprocessor.blocks)
    raw = rows.take(spec.task.inputs, run.split.test)
    predicted = predict_raw(model, raw, dataset.info, spec).column("prediction").to_pylist()
    return float(np.mean(np.asarray(predicted) == _labels(dataset, spec, run.split.test)))


def forest_score(dataset: Dataset, spec: RunSpec) -> float:
    """Train the forest on training and validation rows and score the test rows."""
    split = split_rows(dataset, spec.split, spec.task.targets)
    column = next(c.name for c in dataset.info.columns if c.kind is ColumnKind.SEQUENCE)
    features = np.stack([features_of(each) for each in read_raw(dataset, [column])[column]])
    rows = np.concatenate([split.train, split.validation])
    forest = RandomForestClassifier(500, random_state=spec.training.seed, n_jobs=2)
    forest.fit(features[rows], _labels(dataset, spec, rows))
    return float(forest.score(features[split.test], _labels(dataset, spec, split.test)))


def features_of(sequence: np.ndarray) -> np.ndarray:
    """Statistics of each channel, of its changes and of its parts.

    Args:
        sequence: float32 `(steps, channels)`, at least one step.
    """
    changes = np.diff(sequence, axis=0) if len(sequence) > 1 else np.zeros_like(sequence)
    parts = np.array_split(np.arange(max(len(sequence), NUM_PARTS)), NUM_PARTS)
    places = [
        np.minimum(part * len(sequence) // max(len(sequence), NUM_PARTS), len(sequence) - 1)
        for part in parts
    ]
    statistics = [
        sequence.mean(0),
        sequence.std(0),
        sequence.min(0),
        sequence.max(0),
        *np.quantile(sequence, [0.25, 0.5, 0.75], axis=0),
        np.abs(changes).mean(0),
        changes.std(0),
        changes.min(0),
        changes.max(0),
        *(sequence[place].mean(0) for place in places),
    ]
    return np.concatenate([[len(sequence)], *statistics])


def _labels(dataset: Dataset, spec: RunSpec, rows: np.ndarray) -> np.ndarray:
    values = read_table(dataset, list(spec.task.targets), rows).column(0).to_pylist()
    return np.asarray([str(value) for value in values])


def _archive(name: str, package: str, settings: Settings) -> Dataset:
    """A problem of the archives, as a ZIP with its two files."""
    path = settings.home / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    module = package.split("==")[0]
    with zipfile.ZipFile(path, "w") as archive:
        for part in ("TRAIN", "TEST"):
            member = f"{name}_{part}.ts"
            file = packaged(package, f"{module}/datasets/data/{name}/{member}")
            archive.writestr(member, file.read())
    return add_dataset(settings, path)


def _watch(settings: Settings) -> Dataset:
    """Exercises seen by a watch on the wrist, 50 readings a second, as a long table."""
    file = packaged(SEGLEARN, "seglearn/data/watch_dataset.npy")
    data: Any = np.load(file, allow_pickle=True).item()
    path = settings.home / "watch.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as table:
        table.write("recording,second," + ",".join(data["X_labels"]) + ",exercise,subject\n")
        for number, (steps, label, subject) in enumerate(
            zip(data["X"], data["y"], data["subject"], strict=True)
        ):
            tail = f"{data['y_labels'][int(label)]},person {int(subject)}"
            for step, readings in enumerate(steps):
                cells = ",".join(f"{reading:.6g}" for reading in readings)
                table.write(f"r{number},{step / 50:g},{cells},{tail}\n")
    return add_dataset(settings, path, options=ReadOptions(sequence_id="recording", time="second"))


SETS = (
    SensorSet("JapaneseVowels", partial(_archive, "JapaneseVowels", AEON)),
    SensorSet("BasicMotions", partial(_archive, "BasicMotions", AEON)),
    SensorSet("ItalyPowerDemand", partial(_archive, "ItalyPowerDemand", AEON)),
    SensorSet("PLAID", partial(_archive, "PLAID", SKTIME)),
    SensorSet("watch", _watch, "exercise"),
)

HEAD = (
    "| set | sequences | steps | channels | network | forest | margin | seeds won | time |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def row(dataset: Dataset, outcomes: Sequence[Outcome]) -> str:
    """One set as a line of the table."""
    column = next(c for c in dataset.info.columns if c.sequence)
    summary: Any = column.sequence
    scores, rivals = [o.score for o in outcomes], [o.rival for o in outcomes]
    margin = 100.0 * (mean(scores) - mean(rivals))
    num_won = sum(o.score >= o.rival for o in outcomes)
    return (
        f"| {dataset.info.name} | {dataset.info.num_rows:,} "
        f"| {summary.length.min:.0f} to {summary.length.max:.0f} | {len(summary.channels)} "
        f"| {_with_spread(scores)} | {_with_spread(rivals)} | {margin:+.1f} "
        f"| {num_won} of {len(outcomes)} | {mean(o.duration_s for o in outcomes):.0f} s |"
    )


def _with_spread(scores: Sequence[float]) -> str:
    spread = f" ± {stdev(scores):.3f}" if len(scores) > 1 else ""
    return f"{mean(scores):.3f}{spread}"


def main() -> None:
    """Compare, print, and write the report where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sets", default="", help="names, separated by commas; all by default")
    parser.add_argument("--architecture", default=None, help="such as rnn; by default what suits")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    asked = [name.strip() for name in arguments.sets.split(",") if name.strip()]
    chosen = [one for one in SETS if not asked or one.name in asked]
    print(HEAD, flush=True)
    found = compare(chosen, arguments.seeds, arguments.architecture)
    if arguments.write:
        lines = [row(dataset, outcomes) for dataset, outcomes in found]
        about = (__doc__ or "").split("\n\n", 2)[2].strip()
        title = "# The default network for sensors against features and a forest"
        text = "\n".join([title, "", about, "", HEAD, *lines, ""])
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
