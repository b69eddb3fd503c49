"""A run as the store knows it: plain data, read by pages and commands."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dlstudio.errors import Problem
from dlstudio.reports.progress import EngineChoice, MetricPoint, Progress, ResourceUse
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.run import RunSpec

DIVERGED_BY = "training.learning_rate"  # what the problem of a run that diverged belongs to


class RunStatus(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"  # waits for a slot; then running, or stopped if it is cancelled
    RUNNING = "running"  # a worker holds its lease; every other status but queued may follow
    STOPPING = (
        "stopping"  # a person asked to stop; then stopped, or failed or interrupted on the way
    )
    FINISHED = "finished"  # trained to its end, model and report are there; nothing follows
    STOPPED = "stopped"  # ended early on request, with the best model so far; may be resumed
    FAILED = "failed"  # ended with a problem; may be resumed if there is a checkpoint
    INTERRUPTED = "interrupted"  # its worker is gone; may be resumed

    @property
    def is_active(self) -> bool:
        """Whether a worker works on the run."""
        return self in (RunStatus.RUNNING, RunStatus.STOPPING)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens unless someone asks for it."""
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.STOPPING)


class EventKind(StrEnum):
    """What happened to a run."""

    SUBMITTED = "submitted"
    STARTED = "started"
    STOP_REQUESTED = "stop-requested"
    RESUMED = "resumed"  # back in the queue, to go on from the last checkpoint
    MESSAGE = "message"  # something the trainer said
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Artifact(Frozen):
    """A file that a run produced. `path` is absolute; `sha256` is in hexadecimal."""

    name: str
    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class RunRecord:
    """One run.

    Attributes:
        id: Short, opaque and impossible to guess.
        name: Chosen by a person; no other run has it.
        status: Where the run is in its life.
        spec_json: What was asked, as JSON; see `spec`.
        dataset: Name of the dataset.
        fingerprint: Fingerprint of the dataset's content; empty if the spec named none.
        task: Kind of task.
        architecture: Kind of architecture.
        created_at: When it was submitted; all times are seconds since 1970-01-01 UTC.
        started_at: When the latest attempt began.
        ended_at: When the latest attempt ended.
        duration_s: Seconds of work in all attempts, up to the moment it was read.
        epoch: Epochs finished.
        num_epochs: Epochs asked for.
        best_epoch: The epoch whose weights are kept.
        num_parameters: Parameters of the network.
        metrics: The latest metrics by split and name; of the best weights once it is over.
        progress: Where training is now.
        resources: What the worker uses now.
        engine: How the epochs are run.
        artifacts: Files produced.
        tags: In alphabetical order.
        note: Free text.
        problem: Why it failed or was interrupted.
        queue_position: 1 is next; only while queued.
        heartbeat_at: When the worker last wrote.
        attempt: How often a worker began it.
    """

    id: str
    name: str
    status: RunStatus
    spec_json: str
    dataset: str
    fingerprint: str
    task: str
    architecture: str
    created_at: float
    started_at: float | None
    ended_at: float | None
    duration_s: float
    epoch: int
    num_epochs: int
    best_epoch: int | None
    num_parameters: int | None
    metrics: dict[str, dict[str, float]]
    progress: Progress | None
    resources: ResourceUse | None
    engine: EngineChoice | None
    artifacts: tuple[Artifact, ...]
    tags: tuple[str, ...]
    note: str
    problem: Problem | None
    queue_position: int | None
    heartbeat_at: float | None
    attempt: int

    @property
    def spec(self) -> RunSpec:
        """What was asked."""
        return _read_spec_once(self.spec_json)

    @property
    def has_diverged(self) -> bool:
        """Whether it failed because its loss was no number: going on would end the same."""
        where = self.problem.where if self.problem is not None else ""
        return self.status is RunStatus.FAILED and where == DIVERGED_BY

    @property
    def is_being_scored(self) -> bool:
        """Whether all epochs asked for are done and the worker scores what came out."""
        return self.status.is_active and self.epoch >= self.num_epochs


@dataclass(frozen=True)
class RunEvent:
    """Something that happened to a run, at `time` (seconds since 1970-01-01 UTC)."""

    id: int
    run_id: str
    time: float
    kind: EventKind
    text: str


@dataclass(frozen=True)
class Lease:
    """A worker's right to a run that is active.

    Attributes:
        run_id: The run.
        token: Proof of the right; the store raises it when the right ends.
        host: The machine it was given to; see `machine.host_name`.
        slot: The slot it takes there.
        pid: The worker's process; until it was introduced, the one that wants to start it.
        process_mark: With the pid, names one process for ever.
        heartbeat_at: When it last wrote, by its own clock.
        num_heartbeats: How often it has written; changes while it is alive.
    """

    run_id: str
    token: int
    host: str
    slot: int
    pid: int | None
    process_mark: float | None
    heartbeat_at: float
    num_heartbeats: int

    @property
    def is_introduced(self) -> bool:
        """Whether a worker was started and the pid is its own."""
        return self.num_heartbeats > 0

    @property
    def has_begun(self) -> bool:
        """Whether the worker itself has spoken, not only the one who started it."""
        return self.num_heartbeats > 1


@dataclass(frozen=True)
class PointBatch:
    """Metric points in the order they were written; pass `last_id` to read what came after."""

    points: tuple[MetricPoint, ...]
    last_id: int


@dataclass(frozen=True)
class RunCurve:
    """One metric of one run on one split over its epochs, perhaps thinned out."""

    run_id: str
    split: str
    name: str
    epochs: tuple[int, ...]
    times_s: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class RunFilter:
    """Which runs to list; an empty field does not restrict.

    Attributes:
        text: Must be part of the name, dataset, architecture, note or a tag; case is ignored.
        statuses: The status is one of these.
        datasets: The dataset is one of these.
        architectures: The architecture is one of these.
        tags: The run has all of these.
    """

    text: str = ""
    statuses: tuple[RunStatus, ...] = ()
    datasets: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilterChoices:
    """What the runs of a store offer to filter by, each in alphabetical order."""

    datasets: tuple[str, ...]
    architectures: tuple[str, ...]
    tags: tuple[str, ...]


@lru_cache(maxsize=2048)
def _read_spec_once(text: str) -> RunSpec:
    """Specs never change, so pages that list the same runs again need not read them again."""
    return RunSpec.model_validate_json(text)
