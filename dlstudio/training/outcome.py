"""What a training came to."""

from dataclasses import dataclass
from enum import StrEnum

from dlstudio.errors import Problem
from dlstudio.reports.progress import EngineChoice, EpochReport


class StopReason(StrEnum):
    """Why training ended."""

    ALL_EPOCHS = "all_epochs"  # the number of epochs that was asked for is done
    EARLY_STOPPING = "early_stopping"  # the watched value did not improve any more
    ASKED = "asked"  # someone asked to stop; can be resumed
    DIVERGED = "diverged"  # the loss is not a number any more; `TrainingOutcome.problem` says more


@dataclass(frozen=True)
class TrainingOutcome:
    """What a training came to; the model holds the best weights.

    Attributes:
        best_epoch: The epoch that the weights are from, counted from 1; 0 if none was finished.
        num_epochs: Epochs that were finished.
        stopped_because: Why training ended.
        engine: How the epochs were run, and why so.
        history: One report an epoch.
        duration_s: Time spent training, over all attempts, in seconds.
        problem: What went wrong, if the training diverged.
    """

    best_epoch: int
    num_epochs: int
    stopped_because: StopReason
    engine: EngineChoice
    history: tuple[EpochReport, ...]
    duration_s: float
    problem: Problem | None = None
