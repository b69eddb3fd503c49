"""Who is told what a run does, from its beginning."""

from collections.abc import Sequence
from typing import Protocol

from dlstudio.reports.progress import EpochReport
from dlstudio.training.watcher import Watcher


class RunWatcher(Watcher, Protocol):
    """A watcher that is also told what is about to be trained."""

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        """Hear about the network, and the epochs of earlier attempts."""
        ...
