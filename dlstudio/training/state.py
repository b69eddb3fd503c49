"""What a trainer knows beside the values of variables; written into every checkpoint."""

from pydantic import BaseModel, ConfigDict

from dlstudio.reports.progress import EngineChoice, EpochReport


class BestEpoch(BaseModel):
    """The best epoch so far and how long ago it was."""

    epoch: int = 0  # counted from 1; 0 before the first epoch ended
    value: float | None = None
    num_epochs_since: int = 0


class Plateau(BaseModel):
    """How long the loss has not improved, for a learning rate that falls when it stalls."""

    best: float | None = None
    num_epochs_since: int = 0


class TrainingState(BaseModel):
    """Where a training is.

    `epoch` counts finished epochs and `step` the training steps done in the one after them.
    `time_s` is the time spent training, over all attempts.
    """

    model_config = ConfigDict(extra="forbid")

    engine: EngineChoice
    batch_size: int
    num_examples: int
    seed: int
    epoch: int = 0
    step: int = 0
    time_s: float = 0.0
    epoch_time_s: float = 0.0
    best: BestEpoch = BestEpoch()
    plateau: Plateau = Plateau()
    history: list[EpochReport] = []
    stopped_because: str | None = None
    problem: str | None = None
