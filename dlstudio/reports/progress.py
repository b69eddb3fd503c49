"""What a trainer tells while it works."""

from enum import StrEnum

from dlstudio.spec.frozen import Frozen

ROOM_PATIENCE_S = 600.0  # how long a training that is over waits for room on the disk


class DiskRoom(StrEnum):
    """Whether what was learned can be kept on the disk."""

    ENOUGH = "enough"
    MISSING = "missing"  # training goes on without checkpoints and tries again
    AWAITED = "awaited"  # training is over and waits for room
    GIVEN_UP = "given_up"  # training is over, and the model is saved without a checkpoint


class Progress(Frozen):
    """Where training is now.

    `epoch` counts from 1; `step` counts the batches done in this epoch, of `steps_per_epoch`.
    `eta_s` is the estimated time until the last epoch ends, in seconds; None before it is known.
    `room` says whether the disk had room for the latest checkpoint.
    """

    epoch: int
    num_epochs: int
    step: int
    steps_per_epoch: int
    samples_per_s: float | None = None
    eta_s: float | None = None
    room: DiskRoom = DiskRoom.ENOUGH


class EpochReport(Frozen):
    """One finished epoch: metrics by split ("train", "validation") and name ("loss", ...)."""

    epoch: int
    metrics: dict[str, dict[str, float]]
    duration_s: float
    samples_per_s: float
    learning_rate: float
    is_best: bool = False


class MetricPoint(Frozen):
    """One point of a curve. `time_s` counts seconds of training since the run first started."""

    split: str
    name: str
    epoch: int
    step: int
    time_s: float
    value: float


class ResourceUse(Frozen):
    """What a worker uses: CPU in percent of one core, memory in bytes."""

    cpu_percent: float
    memory_bytes: int
    gpu_percent: float | None = None
    gpu_memory_bytes: int | None = None


class EngineChoice(Frozen):
    """How the epochs are run and why: `mode` is "graph", "xla" or "fit"."""

    mode: str
    reason: str
    graph_step_s: float | None = None
    xla_step_s: float | None = None
    xla_compile_s: float | None = None
