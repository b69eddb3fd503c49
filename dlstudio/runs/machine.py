"""This machine: its name, its processes, its GPUs. Asks the system, never TensorFlow."""

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import psutil

NVIDIA_GPUS = Path("/proc/driver/nvidia/gpus")


@lru_cache(maxsize=1)
def host_name() -> str:
    """Name of this machine since it was last started.

    A lease of an earlier start names processes that are certainly gone, and containers may share
    a kernel but not a host name: so the name is made of both.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        boot = str(int(psutil.boot_time()) // 60)
    return f"{socket.gethostname()}:{boot}"


def process_mark(pid: int) -> float | None:
    """What tells a process from a later one that was given the same number.

    Args:
        pid: Number of a process.

    Returns:
        The moment it started, or None if it does not exist or has ended (zombies have ended).
    """
    try:
        # psutil's start time moves when the clock is set; the kernel's own count does not.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else float(fields[19])
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def is_alive(pid: int, mark: float) -> bool:
    """Whether this very process is still there."""
    return process_mark(pid) == mark


def visible_gpus(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Names of the NVIDIA GPUs that this process may use, as `CUDA_VISIBLE_DEVICES` takes them.

    Args:
        environment: Environment variables; the process's own by default.

    Returns:
        Indices or UUIDs; empty without a GPU.
    """
    chosen = (os.environ if environment is None else environment).get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",")]
        return tuple(name for name in names if name and name != "-1")
    return tuple(str(index) for index in range(_count_gpus()))


@lru_cache(maxsize=1)
def _count_gpus() -> int:
    if NVIDIA_GPUS.is_dir():
        return len(list(NVIDIA_GPUS.iterdir()))
    program = shutil.which("nvidia-smi")  # WSL has it without the folder
    if program is None:
        return 0
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
