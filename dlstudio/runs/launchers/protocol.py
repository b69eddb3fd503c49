"""What a supervisor needs from a way to start workers."""

from typing import Protocol

from dlstudio.runs.queue import Claim
from dlstudio.runs.warm_worker import WarmWorker


class TrainerProcess(Protocol):
    """A process that was started to train; `subprocess.Popen` is one."""

    @property
    def pid(self) -> int:
        """The process's number."""
        ...

    def poll(self) -> int | None:
        """The exit code; negative for a signal, None while it runs."""
        ...

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        ...


class Launcher(Protocol):
    """Starts workers on a machine or a cluster."""

    @property
    def host(self) -> str:
        """Name of the place; all supervisors that share its slots give the same."""
        ...

    @property
    def num_slots(self) -> int:
        """Runs that may train there at the same time."""
        ...

    def start_trainer(self, claim: Claim) -> TrainerProcess:
        """Start a worker that trains a run and ends.

        Raises:
            OSError: No process can be started.
        """
        ...

    def start_warm(self, slot: int) -> WarmWorker | None:
        """Start a worker that gets ready for a slot; None where warm workers make no sense.

        Raises:
            OSError: No process can be started.
        """
        ...

    def suits(self, worker: WarmWorker, claim: Claim) -> bool:
        """Whether a warm worker may become the trainer of a claim."""
        ...
