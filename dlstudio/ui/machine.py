"""What the machine that runs the studio has: processors, memory, graphics cards, free disk."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import psutil

MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA graphics card, as its driver describes it."""

    name: str
    memory_bytes: int
    used_bytes: int


@dataclass(frozen=True)
class Machine:
    """One look at the machine; sizes in bytes."""

    num_cores: int
    cpu_percent: float
    memory_bytes: int
    free_memory_bytes: int
    free_disk_bytes: int
    gpus: tuple[Gpu, ...]
    system: str


def look_at_machine(folder: Path) -> Machine:
    """Measure the machine now.

    Args:
        folder: The workspace; the free space of its disk is told.
    """
    memory = psutil.virtual_memory()
    return Machine(
        num_cores=_usable_cores(),
        cpu_percent=_METER.read(),
        memory_bytes=memory.total,
        free_memory_bytes=memory.available,
        free_disk_bytes=psutil.disk_usage(str(_existing(folder))).free,
        gpus=_find_gpus(),
        system=f"{platform.system()} {platform.machine()}",
    )


def read_gpus(text: str) -> tuple[Gpu, ...]:
    """Read the answer of `nvidia-smi --query-gpu=name,memory.total,memory.used` (CSV, MiB)."""
    gpus = []
    for line in text.splitlines():
        name, *numbers = [part.strip() for part in line.split(",")]
        if len(numbers) == 2 and all(part.isdigit() for part in numbers):
            total, used = (int(part) * MEBIBYTE for part in numbers)
            gpus.append(Gpu(name, total, used))
    return tuple(gpus)


class CpuMeter:
    """How busy the processor was since it was last asked, or since the meter was made.

    `psutil.cpu_percent` counts for each thread by itself and says 0 when one asks first; pages run
    in a new thread each time.
    """

    def __init__(self) -> None:
        """Begin to measure."""
        self._idle_s, self._total_s = _cpu_seconds()
        self._percent = 0.0

    def read(self) -> float:
        """Give the busy share of all cores in percent, 0 to 100."""
        idle_s, total_s = _cpu_seconds()
        passed_s = total_s - self._total_s
        if passed_s > 0:
            busy = 1.0 - (idle_s - self._idle_s) / passed_s
            self._percent = 100.0 * min(1.0, max(0.0, busy))
            self._idle_s, self._total_s = idle_s, total_s
        return self._percent


def _cpu_seconds() -> tuple[float, float]:
    """Seconds in which cores were idle, and all seconds of all cores, since the machine started."""
    times = psutil.cpu_times()._asdict()
    # Time of guests is part of the time of their host.
    total_s = sum(spent for name, spent in times.items() if not name.startswith("guest"))
    return times["idle"] + times.get("iowait", 0.0), total_s


_METER = CpuMeter()


def _find_gpus() -> tuple[Gpu, ...]:
    program = which("nvidia-smi")
    if program is None:
        return ()
    query = "--query-gpu=name,memory.total,memory.used"
    try:
        answer = subprocess.run(
            [program, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return read_gpus(answer.stdout)


def _usable_cores() -> int:
    """Cores this process may use, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
