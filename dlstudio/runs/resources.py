"""What a worker uses of the machine: processor, memory and, where there is one, GPU."""

import os
import shutil
import subprocess
import time

import psutil

from dlstudio.reports.progress import ResourceUse

INTERVAL_S = 2.0
_QUERY = ("--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits")


class ResourceMeter:
    """Measures this process, at most once in two seconds."""

    def __init__(self) -> None:
        """Begin to measure."""
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only sets the beginning of the interval
        self._measured_at = time.monotonic()
        self._nvidia_smi = shutil.which("nvidia-smi")

    def measure(self) -> ResourceUse | None:
        """Measure, or return None if it was done a moment ago."""
        if time.monotonic() - self._measured_at < INTERVAL_S:
            return None
        self._measured_at = time.monotonic()
        gpu_percent, gpu_memory_bytes = self._gpu()
        return ResourceUse(
            cpu_percent=self._process.cpu_percent(),
            memory_bytes=self._process.memory_info().rss,
            gpu_percent=gpu_percent,
            gpu_memory_bytes=gpu_memory_bytes,
        )

    def _gpu(self) -> tuple[float | None, int | None]:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")  # absent: the run uses all there are
        if self._nvidia_smi is None or visible in ("", "-1"):
            return None, None
        chosen = () if visible is None else ("-i", visible)
        try:
            answer = subprocess.run(
                [self._nvidia_smi, *_QUERY, *chosen],
                capture_output=True,
                text=True,
                timeout=INTERVAL_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None, None
        return read_gpu_use(answer.stdout)


def read_gpu_use(table: str) -> tuple[float | None, int | None]:
    """Read the answer of nvidia-smi.

    Args:
        table: One line a GPU, "percent, megabytes".

    Returns:
        The mean use in percent and the memory of all GPUs together in bytes; None if unknown.
    """
    try:
        rows = [tuple(map(float, line.split(","))) for line in table.splitlines() if line.strip()]
        percents, megabytes = zip(*rows, strict=True)
    except ValueError:
        return None, None
    return sum(percents) / len(percents), int(sum(megabytes) * 1024**2)
