"""Workers on this machine: detached processes, one slot a GPU, else one."""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from dlstudio.runs.folders import make_run_folder
from dlstudio.runs.machine import host_name, visible_gpus
from dlstudio.runs.queue import Claim
from dlstudio.runs.warm_worker import WarmWorker
from dlstudio.settings import Settings

WORKER_COMMAND = (sys.executable, "-m", "dlstudio.worker")
CUDA = "CUDA_VISIBLE_DEVICES"
THREADS = "DLSTUDIO_THREADS"  # the worker's share of the cores
ONE_GPU = "DLSTUDIO_ONE_GPU"  # set: the worker sees one GPU only, the one its run asks for
MAX_LOG_BYTES = 1_000_000


class LocalLauncher:
    """Starts workers that outlive the process that started them."""

    def __init__(self, settings: Settings, command: Sequence[str] = WORKER_COMMAND) -> None:
        """Prepare; nothing is started and no GPU is looked for yet.

        Args:
            settings: Where runs live, and the number of slots if one was set.
            command: Starts a worker; its arguments are appended.
        """
        self._settings = settings
        self._command = tuple(command)

    @property
    def host(self) -> str:
        """Name of this machine."""
        return host_name()

    @property
    def num_slots(self) -> int:
        """The number set, else one a GPU, else one."""
        return self._settings.num_slots or max(1, len(self._gpus))

    def start_trainer(self, claim: Claim) -> "subprocess.Popen[bytes]":
        """Start a cold worker for a run; it prints to the run's log."""
        folder = make_run_folder(self._settings, claim.run_id)
        command = (*self._command, "train", claim.run_id, str(claim.token))
        with folder.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(self._gpus_of(claim)),
                start_new_session=True,
            )

    def start_warm(self, slot: int) -> WarmWorker:
        """Start a worker that gets ready to train in a slot; it prints to the workspace's log."""
        gpus = self._gpus_of(Claim("", 0, slot, "auto"))
        with _open_log(self._settings.home / "logs" / "warm-worker.log") as log:
            process = subprocess.Popen(
                (*self._command, "warm"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment(gpus),
                start_new_session=True,
                encoding="utf-8",
            )
        return WarmWorker(process, gpus)

    def suits(self, worker: WarmWorker, claim: Claim) -> bool:
        """Whether a warm worker sees exactly the GPUs that a claim gives."""
        return worker.gpus == self._gpus_of(claim)

    @cached_property
    def _gpus(self) -> tuple[str, ...]:
        return visible_gpus()

    def _gpus_of(self, claim: Claim) -> str | None:
        """The GPUs that a claim's worker sees; None leaves the environment as it is."""
        if not self._gpus or claim.device == "all_gpus":
            return None
        if claim.device == "cpu":
            return ""
        kind, _, number = claim.device.partition(":")
        if kind == "gpu" and number:
            # With an index that does not exist the worker sees all, and says what is wrong.
            return self._gpus[int(number)] if int(number) < len(self._gpus) else None
        return self._gpus[claim.slot % len(self._gpus)]

    def _environment(self, gpus: str | None) -> dict[str, str]:
        # Two workers that each take all cores are far slower than one after the other.
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        threads = max(1, (cores or 1) // self.num_slots)
        environment = {
            **os.environ,
            "DLSTUDIO_HOME": str(self._settings.home),
            "DLSTUDIO_DATABASE_URL": self._settings.database_url,
            "DLSTUDIO_CHECKPOINT_S": str(self._settings.checkpoint_s),
            THREADS: str(threads),
            "OMP_NUM_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
            "PYTHONUNBUFFERED": "1",
            "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # count GPUs as nvidia-smi does
        }
        if not self._gpus:  # spares TensorFlow a search for drivers, and the log its complaint
            environment[CUDA] = "-1"
        elif gpus is not None:
            environment |= {CUDA: gpus, ONE_GPU: "1"}
        return environment


def _open_log(path: Path) -> BinaryIO:
    """Open a log to append to; begins anew when it has grown large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_large = path.exists() and path.stat().st_size > MAX_LOG_BYTES
    return path.open("wb" if is_large else "ab")
