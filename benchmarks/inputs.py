"""Whether the input keeps up with the network: examples from files against examples in memory.

    python -m benchmarks.inputs [--only "digits,clips"] [--rounds 11] [--steps 50]

The dataset is read, its files are decoded once, and its features are computed as in any run, except
that they are taken for too large for memory: they lie in memory-mapped files, and the road that
streams them trains the default network. The other side is the same network, on the same road, fed
with a copy of the features in memory. Both run the same steps by turns, and the ratio of their
speeds is that of each turn; the first turn, which traces the network, does not count. The data is
made up, because only its size matters.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from benchmarks import inputs_data
from benchmarks.measurement import Measurement
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.models.network import build_network
from dlstudio.settings import read_settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.training import features
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.fit_road import FitRoad
from dlstudio.training.prepare import Preparation, prepare
from dlstudio.training.road import Stretch

ROUNDS, STEPS = 11, 50
LIMIT = 0.95


@dataclass(frozen=True)
class Job:
    """Data of one kind: its name, what it is, and how its files are made in a folder."""

    name: str
    what: str
    make: Callable[[Path], Path]


@dataclass(frozen=True)
class Speeds:
    """What one job came to: medians of the turns in samples a second, and of their ratios."""

    streamed: float
    in_memory: float
    ratio: float
    prepare_s: float


def measure() -> list[Measurement]:
    """The part of `python -m benchmarks`: all jobs."""
    return [
        Measurement(
            f"speed from files, share of memory's: {job.what}", speeds.ratio, "×", LIMIT, True
        )
        for job, speeds in compare(JOBS, ROUNDS, STEPS)
    ]


def compare(jobs: Sequence[Job], num_rounds: int, num_steps: int) -> list[tuple[Job, Speeds]]:
    """Measure jobs; prints each as it is done.

    Args:
        jobs: What to measure.
        num_rounds: Turns that count.
        num_steps: Training steps a turn, or those of an epoch if it has fewer.
    """
    found: list[tuple[Job, Speeds]] = []
    for job in jobs:
        keras.backend.clear_session()
        with tempfile.TemporaryDirectory() as home, _at_home(home):
            dataset = add_dataset(read_settings(), job.make(Path(home) / job.name))
            found.append((job, _speeds(dataset, num_rounds, num_steps)))
        print(row(job, found[-1][1]), flush=True)
    return found


def _speeds(dataset: Dataset, num_rounds: int, num_steps: int) -> Speeds:
    spec = default_spec(dataset.info, ["label"])
    start = time.perf_counter()
    with patch.object(features, "MEMORY_SHARE", 0.0):
        run = prepare(dataset, spec)
    prepare_s = time.perf_counter() - start
    assert all(isinstance(array, np.memmap) for array in run.data.train.features.values())
    streamed = FitRoad(_compiled(dataset, spec, run.batch_size), run.data, run.batch_size)
    copied = PreparedData(_in_memory(run.data.train), _in_memory(run.data.validation))
    in_memory = FitRoad(_compiled(dataset, spec, run.batch_size), copied, run.batch_size)
    turns: list[tuple[float, float]] = []
    for turn in range(num_rounds + 1):
        roads = (streamed, in_memory) if turn % 2 else (in_memory, streamed)
        speeds = {id(road): _speed(road, turn, num_steps, run) for road in roads}
        turns.append((speeds[id(streamed)], speeds[id(in_memory)]))
    counted = turns[1:]
    return Speeds(
        median(first for first, _ in counted),
        median(second for _, second in counted),
        median(first / second for first, second in counted),
        prepare_s,
    )


def _compiled(dataset: Dataset, spec: RunSpec, batch_size: int) -> keras.Model:
    keras.utils.set_random_seed(spec.training.seed)
    num_outputs = 1  # two classes
    network = build_network(spec, dataset.info, num_outputs)
    num_steps = num_training_steps(dataset.info.num_rows, batch_size, spec.training.epochs)
    compile_model(network, spec.task, spec.training, num_steps)
    return network


def _in_memory(examples: Examples) -> Examples:
    copies = {name: np.array(array) for name, array in examples.features.items()}
    return Examples(copies, examples.targets)


def _speed(road: FitRoad, turn: int, num_steps: int, run: Preparation) -> float:
    """Samples a second of the first steps of an epoch."""
    num_examples, batch_size = len(run.data.train), run.batch_size
    last = min(num_steps, num_examples // batch_size)
    start = time.perf_counter()
    road.begin_epoch(seed=0, epoch=turn, first_step=0)
    reached = road.run(Stretch(0, last)).next_step
    num_samples = min(reached * batch_size, num_examples)
    return num_samples / (time.perf_counter() - start)


def _at_home(home: str) -> AbstractContextManager[Any]:
    """A workspace that is gone afterwards, with what is decoded for it."""
    return patch.dict(os.environ, {"DLSTUDIO_HOME": home})


JOBS = (
    Job(
        "digits",
        "10,000 images of 28×28",
        partial(inputs_data.images, count=10_000, side=28, num_channels=1),
    ),
    Job(
        "photos",
        "2,000 images of 160×160",
        partial(inputs_data.images, count=2_000, side=160, num_channels=3),
    ),
    Job(
        "sequences.ts",
        "5,000 sequences of 100×8",
        partial(inputs_data.sequences, count=5_000, num_steps=100, num_channels=8),
    ),
    Job("texts.csv", "10,000 texts", partial(inputs_data.texts, count=10_000)),
    Job("clips", "1,000 one-second clips", partial(inputs_data.sounds, count=1_000, seconds=1.0)),
)

HEAD = (
    "| data | from files | from memory | ratio | decoding, fitting, features |\n"
    "|---|---:|---:|---:|---:|"
)


def row(job: Job, speeds: Speeds) -> str:
    """One job as a line of the table."""
    return (
        f"| {job.what} | {speeds.streamed:,.0f}/s | {speeds.in_memory:,.0f}/s "
        f"| {speeds.ratio:.2f} | {speeds.prepare_s:.0f} s |"
    )


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ", ".join(_short(job) for job in JOBS)
    parser.add_argument("--only", default="", help=f"separated by commas, of: {names}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps a turn")
    arguments = parser.parse_args()
    asked = [name.strip() for name in arguments.only.split(",") if name.strip()]
    chosen = [job for job in JOBS if not asked or _short(job) in asked]
    print(HEAD, flush=True)
    compare(chosen, arguments.rounds, arguments.steps)


def _short(job: Job) -> str:
    return job.name.split(".")[0]


if __name__ == "__main__":
    main()
