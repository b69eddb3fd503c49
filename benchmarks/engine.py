"""Training speed against a plain hand-written `model.fit`: `python -m benchmarks.engine`.

Both sides build the same network, with the same optimizer, batch size and epochs, on the same
preprocessed arrays, in one process, by turns. Everything counts: building, compiling, tracing,
validation, and on the studio's side checkpoints and live reports to a store on disk as well.
"""

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dlstudio.reports.progress import EngineChoice, EpochReport, Progress
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import Engine, Optimizer, Schedule, TrainingSpec
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.trainer import train

TASK = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("inputs",), targets=("target",))
VALIDATION_SHARE = 0.15


@dataclass(frozen=True)
class Job:
    """One network on one dataset."""

    name: str
    data: PreparedData
    build: Callable[[], keras.Model]
    batch_size: int
    epochs: int
    engine: Engine = Engine.AUTO
    wanted: float = 0.95

    @property
    def spec(self) -> TrainingSpec:
        """What the studio is asked for."""
        return TrainingSpec(
            optimizer=Optimizer.ADAM,
            weight_decay=0.0,
            schedule=Schedule.CONSTANT,
            batch_size=self.batch_size,
            epochs=self.epochs,
            early_stopping=None,
            engine=self.engine,
        )


class StoreWatcher:
    """Writes each report to a database, as the worker does."""

    def __init__(self, path: Path) -> None:
        """Open a fresh database."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS reports (kind TEXT, report TEXT)")

    def on_progress(self, progress: Progress) -> None:
        """Keep the progress."""
        self._write("progress", progress.model_dump_json())

    def on_epoch(self, report: EpochReport) -> None:
        """Keep the epoch."""
        self._write("epoch", report.model_dump_json())

    def on_log(self, text: str) -> None:
        """Keep the line."""
        self._write("log", text)

    def should_stop(self) -> bool:
        """Ask the database."""
        query = "SELECT count(*) FROM reports WHERE kind = 'stop'"
        return bool(self._connection.execute(query).fetchone()[0])

    def _write(self, kind: str, report: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO reports VALUES (?, ?)", (kind, report))
        self._connection.execute("COMMIT")


class SilentWatcher:
    """Hears nothing; what reporting costs is the difference."""

    def on_progress(self, progress: Progress) -> None:
        """Ignore it."""

    def on_epoch(self, report: EpochReport) -> None:
        """Ignore it."""

    def on_log(self, text: str) -> None:
        """Ignore it."""

    def should_stop(self) -> bool:
        """Go on."""
        return False


def fit_plainly(job: Job) -> float:
    """Train as a Keras script would; seconds."""
    started = time.perf_counter()
    keras.utils.set_random_seed(7)
    model = job.build()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    train, validation = job.data.train, job.data.validation
    model.fit(
        train.features,
        train.targets,
        batch_size=job.batch_size,
        epochs=job.epochs,
        validation_data=(validation.features, validation.targets),
        verbose=0,  # pyright: ignore[reportArgumentType]
    )
    return time.perf_counter() - started


def train_in_studio(job: Job, is_reporting: bool = True) -> tuple[float, EngineChoice]:
    """Train with the studio's trainer; seconds, and how the epochs were run."""
    with tempfile.TemporaryDirectory() as folder:
        watcher = StoreWatcher(Path(folder) / "store.db") if is_reporting else SilentWatcher()
        started = time.perf_counter()
        keras.utils.set_random_seed(7)
        model = job.build()
        spec = job.spec
        num_steps = num_training_steps(len(job.data.train), job.batch_size, job.epochs)
        compile_model(model, TASK, spec, num_steps)
        outcome = train(model, job.data, spec, watcher, Path(folder) / "checkpoint", resume=False)
        return time.perf_counter() - started, outcome.engine


def table_jobs() -> list[Job]:
    """The jobs of part 1: two real small tables and a large made one."""
    iris, cancer, large = _real("iris"), _real("breast_cancer"), _made(100_000, 30)
    return [
        Job("iris 150 x 4", iris, lambda: dense(4, 3), 32, 50, wanted=10),
        Job("breast cancer 569 x 30", cancer, lambda: dense(30, 2), 32, 50, wanted=10),
        Job("100,000 x 30, graph", large, lambda: dense(30, 2), 256, 10, Engine.GRAPH, 6),
        Job("100,000 x 30, auto", large, lambda: dense(30, 2), 256, 10, Engine.AUTO, 6),
        Job("100,000 x 30, XLA, 100 epochs", large, lambda: dense(30, 2), 256, 100, Engine.XLA, 10),
    ]


def dense(num_inputs: int, num_classes: int) -> keras.Model:
    """A table network of the usual size."""
    inputs = keras.Input((num_inputs,), name="inputs")
    hidden = keras.layers.Dense(64, activation="relu")(inputs)
    hidden = keras.layers.Dense(32, activation="relu")(hidden)
    return keras.Model({"inputs": inputs}, keras.layers.Dense(num_classes)(hidden))


def compare(job: Job, num_rounds: int) -> str:
    """Run both sides by turns; one line of the table."""
    fit_s, studio_s, silent_s = [], [], []
    choice = None
    for _ in range(num_rounds):
        fit_s.append(fit_plainly(job))
        seconds, choice = train_in_studio(job)
        studio_s.append(seconds)
        silent_s.append(train_in_studio(job, is_reporting=False)[0])
    fit, studio = statistics.median(fit_s), statistics.median(studio_s)
    ratio = statistics.median(f / s for f, s in zip(fit_s, studio_s, strict=True))
    reporting = statistics.median(a / b for a, b in zip(studio_s, silent_s, strict=True)) - 1
    verdict = "yes" if ratio >= job.wanted else "NO"
    mode = choice.mode if choice else ""
    return (
        f"| {job.name} | {fit:.2f} | {studio:.2f} | {ratio:.1f} | {job.wanted:g} | {verdict} "
        f"| {mode} | {reporting:+.1%} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each job is run")
    parser.add_argument("--only", default="", help="jobs whose name contains this")
    options = parser.parse_args()
    print("| job | fit, s | studio, s | ratio | wanted | reached | engine | reporting |")
    print("|---|---|---|---|---|---|---|---|")
    jobs = [job for job in table_jobs() if options.only in job.name]
    warm_up = Job("warm-up", _made(64, 4), lambda: dense(4, 2), 32, 1)
    compare(warm_up, 1)
    for job in jobs:
        print(compare(job, options.rounds), flush=True)


def _real(name: str) -> PreparedData:
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    features = np.asarray(bunch.data, "float32")
    features = (features - features.mean(0)) / features.std(0)
    return _split(features, np.asarray(bunch.target, "int32"))


def _made(num_rows: int, num_columns: int) -> PreparedData:
    generator = np.random.default_rng(7)
    features = generator.normal(size=(num_rows, num_columns)).astype("float32")
    weights = generator.normal(size=num_columns)
    noise = generator.normal(size=num_rows)
    return _split(features, (features @ weights + noise > 0).astype("int32"))


def _split(features: np.ndarray, targets: np.ndarray) -> PreparedData:
    order = np.random.default_rng(7).permutation(len(targets))
    cut = int(len(order) * VALIDATION_SHARE)
    validation, train = order[:cut], order[cut:]
    return PreparedData(
        Examples({"inputs": features[train]}, targets[train]),
        Examples({"inputs": features[validation]}, targets[validation]),
    )


if __name__ == "__main__":
    main()
