"""What every way of running an epoch offers, and what one call of it does."""

from dataclasses import dataclass, field
from typing import Protocol

Metrics = dict[str, float]


@dataclass(frozen=True)
class Stretch:
    """A part of an epoch that one call runs: some training steps, then some validation steps.

    Each pair counts steps from 0; the first is run, the last is not. A stretch that begins at
    step 0 starts the averages of its metrics anew.
    """

    first: int
    last: int
    validation_first: int = 0
    validation_last: int = 0

    @property
    def num_steps(self) -> int:
        """Training steps of this stretch."""
        return self.last - self.first

    @property
    def num_validation_steps(self) -> int:
        """Validation steps of this stretch."""
        return self.validation_last - self.validation_first


@dataclass(frozen=True)
class StretchResult:
    """What a call brought.

    `next_step` is the training step to go on with. The metrics are the averages of the epoch so
    far; if the loss stopped being a number, no step was run after the one where that happened.
    """

    next_step: int
    train: Metrics = field(default_factory=dict)
    validation: Metrics = field(default_factory=dict)


class Road(Protocol):
    """A way of running epochs: compiled, or Keras's own step by step."""

    @property
    def mode(self) -> str:
        """Its name in the run's record: "graph", "xla" or "fit"."""
        ...

    @property
    def runs_whole_epochs(self) -> bool:
        """Whether a call always runs to the end of the epoch, its validation included."""
        ...

    @property
    def num_steps(self) -> int:
        """Training steps of an epoch."""
        ...

    @property
    def num_validation_steps(self) -> int:
        """Validation steps of an epoch; 0 if there are no validation examples."""
        ...

    def retrace(self) -> None:
        """Take in that the model was compiled anew, with other variables that learn."""
        ...

    def begin_epoch(self, seed: int, epoch: int, first_step: int) -> None:
        """Get ready for an epoch, with the examples in its order: see `epoch_order`.

        Args:
            seed: The run's seed, at least 0.
            epoch: Number of the epoch, counted from 0.
            first_step: The training step to begin with; above 0 in the middle of an epoch.
        """
        ...

    def run(self, stretch: Stretch) -> StretchResult:
        """Run a part of the epoch; the model's variables are what it changes.

        Args:
            stretch: The steps to run; follows on the stretch before.
        """
        ...
