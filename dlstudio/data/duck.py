"""DuckDB within the limits of this process.

It is imported when it is first used: pages that show a dataset do without it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from dlstudio.settings import MEGABYTE

if TYPE_CHECKING:
    import duckdb

# What its smallest buffers take: with less, a table of a million rows ends in an error.
LEAST_BYTES = 128 * MEGABYTE
BYTES_A_THREAD = 64 * MEGABYTE
MOST_THREADS = 4


@contextmanager
def connect(memory_bytes: int, spill_folder: Path) -> "Iterator[duckdb.DuckDBPyConnection]":
    """Open an in-memory database that spills to disk.

    Args:
        memory_bytes: Memory that DuckDB may use; it takes 128 MB where that is less.
        spill_folder: Folder for what does not fit.

    Yields:
        The connection, closed at the end.
    """
    import duckdb

    memory_bytes = max(memory_bytes, LEAST_BYTES)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_bytes // 1024}KiB",
        "temp_directory": str(spill_folder),
        "threads": min(MOST_THREADS, os.cpu_count() or 1, memory_bytes // BYTES_A_THREAD),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(config=config)
    try:
        yield connection
    finally:
        connection.close()


def run_on_cells(query: str, cells: pa.Array) -> pa.Array:
    """Run a query over one small column.

    Args:
        query: SQL over the table `cells` with the column `cell`; gives one column.
        cells: The values of that column.
    """
    with connect(256 * 1024**2, Path(os.devnull)) as connection:
        relation = connection.from_arrow(pa.table({"cell": cells}))
        result = relation.query("cells", query)
        if result is None:
            raise RuntimeError(f"DuckDB gave no rows for {query}")
        column = result.to_arrow_table().column(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def quoted_path(path: Path) -> str:
    """Write a path as a text of SQL.

    Args:
        path: Any path; quotes in it are doubled, and signs that would make it a pattern escaped.
    """
    text = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return "'" + text.replace("'", "''") + "'"
