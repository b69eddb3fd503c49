"""Runs that a test trains by hand: it writes what a worker would write."""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dlstudio.reports.progress import MetricPoint, Progress, ResourceUse
from dlstudio.runs.attempt import Attempt, Ending, WorkerReport
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec

NUM_EPOCHS = 2_000


@dataclass
class HandTrainedRun:
    """A running run; `train` adds epochs to it."""

    store: Store
    run: RunRecord
    attempt: Attempt
    epoch: int = 0
    is_over: bool = False
    is_game: bool = False

    def train(self, num_epochs: int) -> None:
        """Finish some epochs, with loss and accuracy on both splits."""
        points: list[MetricPoint] = []
        for _ in range(num_epochs):
            self.epoch += 1
            points.extend(self._points())
        progress = Progress(
            epoch=self.epoch,
            num_epochs=NUM_EPOCHS,
            step=7,
            steps_per_epoch=7,
            samples_per_s=52_000.0,
            eta_s=float(NUM_EPOCHS - self.epoch),
        )
        use = ResourceUse(cpu_percent=96.0, memory_bytes=810_000_000)
        self.attempt.report(
            WorkerReport(progress=progress, resources=use, epoch=self.epoch, points=tuple(points))
        )

    def finish(self) -> None:
        """End the run."""
        self.is_over = True
        scores = {split: {"accuracy": 0.9} for split in ("train", "validation", "test")}
        self.attempt.end(Ending(RunStatus.FINISHED, metrics=scores, best_epoch=self.epoch))

    def _points(self) -> list[MetricPoint]:
        falling = math.exp(-self.epoch / 300)
        wave = 0.03 * math.sin(self.epoch * 1.7) * falling
        values = {
            ("train", "loss"): falling + wave,
            ("validation", "loss"): falling + 0.1 - wave,
            ("train", "accuracy"): 1 - falling,
            ("validation", "accuracy"): 0.95 - falling,
        }
        if self.is_game:
            values = {
                ("train", "loss"): falling + 0.7,
                ("train", "generator_loss"): falling + wave,
                ("train", "discriminator_loss"): 0.7 - wave,
            }
        return [
            MetricPoint(
                split=split,
                name=name,
                epoch=self.epoch,
                step=self.epoch * 7,
                time_s=self.epoch * 0.25,
                value=value,
            )
            for (split, name), value in values.items()
        ]


def begin_runs(
    settings: Settings, names: Sequence[str], spec: RunSpec | None = None
) -> list[HandTrainedRun]:
    """Submit runs and claim them for this process; before a server could do so.

    Args:
        settings: The workspace.
        names: Names of the runs.
        spec: What they train; `any_spec` if that does not matter.
    """
    store = open_store(settings)
    begun = []
    for name in names:
        run = store.submit(spec or any_spec(), name)
        claim = store.claim_next("test", 99, only=run.id)
        assert claim is not None
        attempt = Attempt(store.database, run.id, claim.token)
        attempt.say_hello()
        begun.append(HandTrainedRun(store, run, attempt))
    return begun


@contextmanager
def heartbeats(runs: Sequence[HandTrainedRun]) -> Iterator[None]:
    """Renew the leases of runs every two seconds while the block runs, as their workers would."""
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(2.0):
            for run in runs:
                if not run.is_over:
                    run.attempt.report(WorkerReport())

    thread = threading.Thread(target=beat)
    thread.start()
    yield
    is_over.set()
    thread.join()


def any_spec() -> RunSpec:
    """A spec of a dataset that need not exist."""
    return RunSpec(
        name="by-hand",
        dataset=DatasetRef(name="iris", fingerprint="0" * 32),
        task=TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("a",), targets=("b",)),
        training=TrainingSpec(epochs=NUM_EPOCHS),
    )
