"""Workspaces with a past: many finished runs, and one that trains for as long as it is told to."""

import math
import threading
import time
from dataclasses import dataclass, field

from dlstudio.data.samples import add_sample
from dlstudio.reports.progress import MetricPoint, Progress
from dlstudio.runs.attempt import Attempt, Ending, WorkerReport
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import Store
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec

CURVES = [(split, name) for split in ("train", "validation") for name in ("loss", "accuracy", "f1")]


def sample_spec(store: Store, key: str, target: str, epochs: int) -> RunSpec:
    """The default spec of a sample, which is added to the workspace."""
    dataset = add_sample(store.settings, key)
    spec = default_spec(dataset.info, targets=(target,))
    training = spec.training.model_copy(update={"epochs": epochs})
    return spec.model_copy(update={"training": training})


def add_finished_runs(store: Store, spec: RunSpec, num_runs: int) -> list[str]:
    """Write finished runs with full curves into the store; returns their ids."""
    ids = []
    for _ in range(num_runs):
        attempt = _start(store, spec)
        epochs = spec.training.epochs
        points = [point for epoch in range(1, epochs + 1) for point in points_of(epoch)]
        attempt.report(WorkerReport(points=tuple(points), epoch=epochs, best_epoch=epochs))
        metrics = {split: {"accuracy": 0.9, "loss": 0.3, "f1": 0.9} for split in ("train", "test")}
        attempt.end(Ending(RunStatus.FINISHED, metrics=metrics, best_epoch=epochs, epoch=epochs))
        ids.append(attempt.run_id)
    return ids


def points_of(epoch: int, time_s: float | None = None) -> list[MetricPoint]:
    """One point on each curve."""
    value = math.exp(-epoch / 40) + 0.05 * math.sin(epoch)
    elapsed = epoch * 0.2 if time_s is None else time_s
    return [
        MetricPoint(split=split, name=name, epoch=epoch, step=epoch, time_s=elapsed, value=value)
        for split, name in CURVES
    ]


@dataclass
class LiveRun:
    """A run of which this process is the worker: an epoch every `pause_s` seconds.

    Attributes:
        attempt: The claim.
        num_epochs: Epochs that the spec asks for.
        pause_s: Seconds between two epochs.
        written_at: When each epoch's points were written, by epoch.
    """

    attempt: Attempt
    num_epochs: int
    pause_s: float = 0.2
    written_at: dict[int, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Write epoch after epoch in a thread."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop writing and end the run."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.attempt.end(Ending(RunStatus.FINISHED))

    def _work(self) -> None:
        for epoch in range(1, self.num_epochs + 1):
            if self._stop.wait(self.pause_s):
                return
            progress = Progress(
                epoch=epoch, num_epochs=self.num_epochs, step=1, steps_per_epoch=1, eta_s=60.0
            )
            report = WorkerReport(progress=progress, epoch=epoch, points=tuple(points_of(epoch)))
            self.attempt.report(report)
            self.written_at[epoch] = time.time()


def start_live_run(store: Store, spec: RunSpec) -> LiveRun:
    """Submit a run and claim it for this process, before any server can."""
    return LiveRun(_start(store, spec), spec.training.epochs)


def _start(store: Store, spec: RunSpec) -> Attempt:
    run = store.submit(spec)
    claim = store.claim_next(host="benchmark", num_slots=1000, only=run.id)
    assert claim is not None
    attempt = Attempt(store.database, run.id, claim.token)
    attempt.say_hello()
    return attempt
