"""Training speed against a plain hand-written `model.fit`: `python -m benchmarks.engine`.

Both sides build the same network, with the same optimizer, batch size and epochs, on the same
preprocessed arrays, in one process, by turns. Everything counts: building, compiling, tracing,
validation, and on the studio's side checkpoints and live reports to a store on disk as well.
Iris and breast cancer are real, from scikit-learn; elsewhere only the size of the data matters.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from benchmarks.engine_data import made
from benchmarks.engine_jobs import (
    NOT_SLOWER,
    Job,
    floor_jobs,
    other_jobs,
    small_jobs,
    table_jobs,
)
from benchmarks.engine_networks import table
from benchmarks.engine_watchers import SilentWatcher, StoreWatcher
from benchmarks.measurement import Measurement
from dlstudio.reports.progress import EngineChoice
from dlstudio.spec.task import TaskKind
from dlstudio.training import road_choice
from dlstudio.training.class_weights import weigh_classes
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.road import Road
from dlstudio.training.session import Session
from dlstudio.training.state import TrainingState
from dlstudio.training.trainer import CHECKPOINT_S, train
from dlstudio.training.watcher import Watcher

ROUNDS = 3
PROMISED_ROUNDS = 5  # of jobs with a limit above `model.fit` itself
REPORTING_ROUNDS = 61
REPORTING_LIMIT = 3.0  # percent


@dataclass(frozen=True)
class Comparison:
    """What the rounds of a job came to: medians, the ratio that of the rounds."""

    fit_s: float
    studio_s: float
    ratio: float
    choice: EngineChoice


class EpochTimes(keras.callbacks.Callback):
    """Takes the time of each epoch of `fit`."""

    def __init__(self) -> None:
        """Have seen no epoch."""
        super().__init__()
        self.ends_s: list[float] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the clock."""
        self.ends_s.append(time.perf_counter())

    def median_s(self) -> float:
        """The time of a median epoch, the first left out: it traces."""
        return statistics.median(b - a for a, b in zip(self.ends_s, self.ends_s[1:], strict=False))


def fit_plainly(job: Job) -> float:
    """Train as a Keras script would; seconds."""
    data, times = (job.fit_data or job.data)(), EpochTimes()
    num_epochs = job.fit_epochs or job.epochs
    started = time.perf_counter()
    model = _compiled_plainly(job)
    train = weigh_classes(data.train, job.class_weights)
    model.fit(
        train.features,
        train.targets,
        sample_weight=train.weights,
        batch_size=job.batch_size,
        epochs=num_epochs,
        validation_data=(data.validation.features, data.validation.targets),
        callbacks=[times] if job.fit_epochs else None,
        verbose=0,  # pyright: ignore[reportArgumentType]
    )
    seconds = time.perf_counter() - started
    left = job.epochs - num_epochs
    return seconds + left * times.median_s() if left else seconds


def train_in_studio(job: Job) -> tuple[float, EngineChoice]:
    """Train with the studio's trainer; seconds, and how the epochs were run."""
    data = job.data()
    share = road_choice.MEMORY_SHARE if job.memory_share is None else job.memory_share
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(road_choice, "MEMORY_SHARE", share),
    ):
        watcher = StoreWatcher(Path(folder) / "store.db")
        started = time.perf_counter()
        model = _compiled(job)
        outcome = train(model, data, job.spec, watcher, Path(folder) / "checkpoint", resume=False)
        return time.perf_counter() - started, outcome.engine


def compare(job: Job, num_rounds: int) -> Comparison:
    """Run both sides by turns."""
    fit_s, studio_s, choice = [], [], None
    for _ in range(num_rounds):
        gc.collect()
        fit_s.append(fit_plainly(job))
        gc.collect()
        seconds, choice = train_in_studio(job)
        studio_s.append(seconds)
    assert choice is not None
    ratios = [f / s for f, s in zip(fit_s, studio_s, strict=True)]
    median = statistics.median
    return Comparison(median(fit_s), median(studio_s), median(ratios), choice)


def reporting_percent(job: Job, num_rounds: int) -> float:
    """What reports to a store cost, in percent of a whole training.

    The same traced network goes through the same epochs again and again, with and without
    reports by turns; the median difference is compared with a training from its beginning.
    """
    whole_s = train_in_studio(job)[0]
    data = job.data()
    model = _compiled(job)
    road, choice = road_choice.build_road(model, data, job.batch_size, job.spec)
    differences = []
    for number in range(-1, num_rounds):
        kinds = (StoreWatcher, SilentWatcher) if number % 2 else (SilentWatcher, StoreWatcher)
        seconds = {kind: _session_s(job, model, (road, choice), kind) for kind in kinds}
        if number >= 0:  # the first round also instantiates the traced functions
            differences.append(seconds[StoreWatcher] - seconds[SilentWatcher])
    return 100 * statistics.median(differences) / whole_s


def measure() -> list[Measurement]:
    """Measure all jobs for the table."""
    _warm_up()
    found = []
    for job in all_jobs():
        one = compare(job, PROMISED_ROUNDS if job.wanted > NOT_SLOWER else ROUNDS)
        name = f"{job.name} ({one.choice.mode})"
        found.append(Measurement(name, one.ratio, "×", job.wanted, must_reach=True))
        print(_line(job, one), flush=True)
    for job in reporting_jobs():
        percent = reporting_percent(job, REPORTING_ROUNDS)
        found.append(Measurement(f"live reports, {job.name}", percent, "%", REPORTING_LIMIT))
    return found


def all_jobs() -> list[Job]:
    """Every job, the promised ones first."""
    return [*small_jobs(), *table_jobs(), *other_jobs(), *floor_jobs()]


def reporting_jobs() -> list[Job]:
    """Jobs with many epochs, and with long ones."""
    return [*small_jobs(), replace(table_jobs()[0], epochs=4)]


def main() -> None:
    """Print a table of the jobs that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each job is run")
    parser.add_argument("--only", default="", help="jobs whose name contains this")
    parser.add_argument("--reporting", action="store_true", help="what live reports cost instead")
    options = parser.parse_args()
    _warm_up()
    if options.reporting:
        for job in reporting_jobs():
            if options.only in job.name:
                percent = reporting_percent(job, options.rounds)
                print(f"{job.name}: live reports cost {percent:+.2f} %", flush=True)
        return
    print("| job | fit, s | studio, s | ratio | wanted | reached | engine |")
    print("|---|---|---|---|---|---|---|")
    for job in all_jobs():
        if options.only in job.name:
            print(_line(job, compare(job, options.rounds)), flush=True)


def _line(job: Job, one: Comparison) -> str:
    verdict = "yes" if one.ratio >= job.wanted else "NO"
    return (
        f"| {job.name} | {one.fit_s:.2f} | {one.studio_s:.2f} | {one.ratio:.2f} | {job.wanted:g} "
        f"| {verdict} | {one.choice.mode} |"
    )


def _warm_up() -> None:
    compare(Job("warm-up", lambda: made(64, 30), table, 32, 1), 1)


def _compiled_plainly(job: Job) -> keras.Model:
    if job.task.kind is TaskKind.FORECASTING:
        return _compiled(
            job
        )  # the loss leaves out what was not measured: no line of a plain script
    keras.utils.set_random_seed(7)
    model = job.build()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _compiled(job: Job) -> keras.Model:
    keras.utils.set_random_seed(7)
    model = job.build()
    num_steps = num_training_steps(len(job.data().train), job.batch_size, job.epochs)
    compile_model(model, job.task, job.spec, num_steps)
    return model


def _session_s(
    job: Job,
    model: keras.Model,
    chosen: tuple[Road, EngineChoice],
    watcher_of: Callable[[Path], Watcher],
) -> float:
    road, choice = chosen
    state = TrainingState(
        engine=choice, batch_size=job.batch_size, num_examples=len(job.data().train), seed=7
    )
    with tempfile.TemporaryDirectory() as folder:
        watcher = watcher_of(Path(folder) / "store.db")
        session = Session(model, road, job.spec, state, Path(folder) / "checkpoint", CHECKPOINT_S)
        gc.collect()
        started = time.perf_counter()
        session.run(watcher)
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
