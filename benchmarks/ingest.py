"""Reading files: seconds, and peak memory of the process that makes a dataset of them."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks import inputs_data
from benchmarks.measurement import Measurement

MEGABYTE = 1024**2
SIZES_MB = (512, 2_048)
GROWTH_MB = 400
MAX_MEMORY_MB = 1536
ROWS_AT_ONCE = 100_000
WIDE_COLUMNS = 5_000
WIDE_ROWS = 1_000
NUM_IMAGES = 100_000
NUM_SOUNDS, SOUND_S = 500, 330  # about 5 GB
# On Linux ru_maxrss counts kilobytes.
KILOBYTE = 1024


@dataclass(frozen=True)
class Ingest:
    """How one file was read.

    Attributes:
        size_mb: Size of the file, or of all files of a folder.
        seconds: Wall time of the process, its start included.
        memory_mb: Peak resident memory of the process.
    """

    size_mb: float
    seconds: float
    memory_mb: float


def measure() -> list[Measurement]:
    """Read files of two sizes, a very wide one and many files, each in a process of its own."""
    small, large = (measure_size(size) for size in SIZES_MB)
    wide, images, sounds = measure_wide(), measure_images(), measure_sounds()
    speed = large.size_mb / large.seconds
    name = f"Peak memory for a CSV of {large.size_mb:,.0f} MB"
    growth = f"Memory that {large.size_mb - small.size_mb:,.0f} MB more of CSV take"
    return [
        Measurement(name, large.memory_mb, "MB", MAX_MEMORY_MB),
        Measurement(growth, large.memory_mb - small.memory_mb, "MB", GROWTH_MB),
        Measurement("CSV read, typed, profiled and checked a second", speed, "MB"),
        Measurement("CSV of 5,000 columns and 1,000 rows", wide.seconds, "s", 60),
        Measurement("Peak memory for 5,000 columns", wide.memory_mb, "MB", MAX_MEMORY_MB),
        Measurement("Peak memory for 100,000 images", images.memory_mb, "MB", MAX_MEMORY_MB),
        Measurement("Images decoded, checked and kept a second", NUM_IMAGES / images.seconds, ""),
        Measurement("Peak memory for 5 GB of sounds", sounds.memory_mb, "MB", MAX_MEMORY_MB),
        Measurement("Sounds checked and kept a second", sounds.size_mb / sounds.seconds, "MB"),
    ]


def measure_size(size_mb: int) -> Ingest:
    """Generate a mixed CSV of a size and read it.

    Args:
        size_mb: Wanted size of the file.
    """
    with tempfile.TemporaryDirectory(prefix="dlstudio-bench-") as folder:
        path = Path(folder) / "mixed.csv"
        write_mixed_csv(path, size_mb * MEGABYTE)
        return measure_file(path, Path(folder) / "home")


def measure_wide() -> Ingest:
    """Generate a CSV of thousands of columns and read it."""
    with tempfile.TemporaryDirectory(prefix="dlstudio-bench-") as folder:
        path = Path(folder) / "wide.csv"
        values = np.random.default_rng(0).normal(size=(WIDE_ROWS, WIDE_COLUMNS)).round(4)
        names = [f"gene_{place}" for place in range(WIDE_COLUMNS)]
        table = pa.table(dict(zip(names, values.T, strict=True)))
        pyarrow.csv.write_csv(table, path)
        return measure_file(path, Path(folder) / "home")


def measure_images() -> Ingest:
    """Write a hundred thousand small images in a ZIP of class folders and read it."""
    with tempfile.TemporaryDirectory(prefix="dlstudio-bench-") as folder:
        images = inputs_data.images(Path(folder) / "images", NUM_IMAGES, 28, 1)
        packed = shutil.make_archive(str(images), "zip", images)
        return measure_file(Path(packed), Path(folder) / "home")


def measure_sounds() -> Ingest:
    """Write long sounds in class folders and read them."""
    with tempfile.TemporaryDirectory(prefix="dlstudio-bench-") as folder:
        sounds = inputs_data.sounds(Path(folder) / "sounds", NUM_SOUNDS, SOUND_S)
        return measure_file(sounds, Path(folder) / "home")


def measure_file(path: Path, home: Path) -> Ingest:
    """Make a dataset of a file in a new process.

    Args:
        path: The file or folder.
        home: The workspace folder.
    """
    started_at = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.ingest", str(path)]
    environment = {**os.environ, "DLSTUDIO_HOME": str(home)}
    result = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started_at
    files = path.rglob("*") if path.is_dir() else [path]
    size_mb = sum(file.stat().st_size for file in files if file.is_file()) / MEGABYTE
    found = Ingest(size_mb, seconds, float(result.stdout.split()[-1]))
    print(f"{size_mb:,.0f} MB: {seconds:.1f} s, peak {found.memory_mb:,.0f} MB", flush=True)
    return found


def write_mixed_csv(path: Path, size_bytes: int) -> None:
    """Write numbers, categories, dates and texts with gaps until the file is large enough.

    Args:
        path: The file.
        size_bytes: Least size.
    """
    generator = np.random.default_rng(7)
    num_rows = 0
    with path.open("wb") as file:
        while file.tell() < size_bytes:
            table = _mixed_rows(generator, num_rows)
            options = pyarrow.csv.WriteOptions(include_header=num_rows == 0)
            pyarrow.csv.write_csv(table, file, options)
            num_rows += ROWS_AT_ONCE


def _mixed_rows(generator: np.random.Generator, first: int) -> pa.Table:
    size = ROWS_AT_ONCE
    gaps = generator.random(size) < 0.05
    days = np.datetime64("2015-01-01T00:00:00") + generator.integers(0, 10**8, size)
    words = np.array(["red", "green", "blue", "dark grey", "NA"])
    columns: dict[str, object] = {
        "id": np.arange(first, first + size),
        "when": np.datetime_as_string(days.astype("datetime64[s]")),
        "colour": words[generator.integers(0, len(words), size)],
        "city": np.char.add("city ", generator.integers(0, 10_000, size).astype(str)),
        "note": np.char.add("order number ", generator.integers(0, 10**9, size).astype(str)),
        "count": pa.array(generator.integers(0, 1_000, size), mask=gaps),
    }
    for place in range(10):
        columns[f"value_{place}"] = generator.normal(size=size).round(5)
    return pa.table(columns)


def _read(path: Path) -> None:
    """Make the dataset and print the peak memory of this process in megabytes."""
    from dlstudio.data.catalog import add_dataset
    from dlstudio.settings import read_settings

    add_dataset(read_settings(), path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    print(peak / MEGABYTE)


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
