"""Reading a file takes memory by its limit, not by the size of the file."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from tests.fixtures.workspace import REPOSITORY

MEGABYTE = 1024**2
SMALL_MB, LARGE_MB = 64, 192
# Both files are larger than what is read at once. A frame would hold all of what is more in them.
MOST_GROWTH_MB = 0.75 * (LARGE_MB - SMALL_MB)
ROWS_AT_ONCE = 20_000

# Prints the peak of the resident memory of a process that makes a dataset of a file.
READ = """
import resource, sys
from pathlib import Path
from dlstudio.data.catalog import add_dataset
from dlstudio.settings import read_settings
dataset = add_dataset(read_settings(), Path(sys.argv[1]))
unit = 1 if sys.platform == "darwin" else 1024
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(dataset.info.num_rows, peak)
"""


def _write_table(path: Path, size_bytes: int) -> int:
    """Write numbers, categories and different texts; returns the number of rows."""
    generator = np.random.default_rng(7)
    num_rows = 0
    with path.open("wb") as file:
        while file.tell() < size_bytes:
            words = generator.integers(0, 10**9, (ROWS_AT_ONCE, 20)).astype(str)
            table = pa.table(
                {
                    "n": generator.normal(size=ROWS_AT_ONCE).round(5),
                    "kind": np.array(["red", "green"])[generator.integers(0, 2, ROWS_AT_ONCE)],
                    "note": [" ".join(row) for row in words],
                }
            )
            options = pyarrow.csv.WriteOptions(include_header=num_rows == 0)
            pyarrow.csv.write_csv(table, file, options)
            num_rows += ROWS_AT_ONCE
    return num_rows


def _peak_mb(folder: Path, size_mb: int) -> float:
    path = folder / f"{size_mb}.csv"
    num_rows = _write_table(path, size_mb * MEGABYTE)
    limits = {"DLSTUDIO_HOME": str(folder / "home"), "DLSTUDIO_INGEST_MEMORY_MB": "64"}
    result = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        cwd=REPOSITORY,
        env={**os.environ, **limits},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    path.unlink()
    assert result.returncode == 0, result.stderr
    rows, peak = result.stdout.split()
    assert int(rows) == num_rows
    return int(peak) / MEGABYTE


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_larger_file_takes_hardly_more_memory(tmp_path: Path) -> None:
    small, large = (_peak_mb(tmp_path, size) for size in (SMALL_MB, LARGE_MB))
    print(f"{SMALL_MB} MB: {small:.0f} MB; {LARGE_MB} MB: {large:.0f} MB")
    assert large - small < MOST_GROWTH_MB
