"""Who is told what a trainer does, and who may stop it."""

from typing import Protocol

from dlstudio.reports.progress import EpochReport, Progress


class Watcher(Protocol):
    """Implemented above this layer; the worker writes to the store, tests collect in lists.

    Epochs may be reported twice: a resumed run reports again what came after its last checkpoint,
    with the same numbers.
    """

    def on_progress(self, progress: Progress) -> None:
        """Hear where training is, about five times a second."""
        ...

    def on_epoch(self, report: EpochReport) -> None:
        """Hear what a finished epoch brought."""
        ...

    def on_log(self, text: str) -> None:
        """Hear a sentence for the run's log."""
        ...

    def should_stop(self) -> bool:
        """Say whether someone asked to stop; asked about five times a second."""
        ...
