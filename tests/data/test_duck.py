"""DuckDB with less memory than its smallest buffers take."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlstudio.data.duck import connect, quoted_path

NUM_ROWS = 1_000_000


@pytest.mark.parametrize("memory_mb", [1, 32, 64])
def test_different_rows_are_counted_within_a_small_limit(tmp_path: Path, memory_mb: int) -> None:
    path = tmp_path / "rows.parquet"
    numbers = np.random.default_rng(0).permutation(NUM_ROWS)
    pq.write_table(pa.table({"n": numbers}), path, row_group_size=100_000)
    query = f"SELECT count(DISTINCT hash(n)) FROM read_parquet({quoted_path(path)})"
    with connect(memory_mb * 1024**2, tmp_path / "spill") as connection:
        assert connection.execute(query).fetchone() == (NUM_ROWS,)
