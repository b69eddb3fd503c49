"""Rows that occur more than once."""

from pathlib import Path

import numpy as np

from dlstudio.data.duck import connect, quoted_path
from dlstudio.data.profile_limits import ProfileLimits
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo

BATCH_ROWS = 100_000


def count_duplicate_rows(path: Path, columns: tuple[ColumnInfo, ...], limits: ProfileLimits) -> int:
    """Count rows that repeat an earlier row in every column but identifiers.

    Rows are compared by a hash of 64 bits: among ten million rows, one pair in about four hundred
    thousand tables would be taken for equal by mistake.

    Args:
        path: The Parquet file.
        columns: Its columns, in order.
        limits: How much memory may be taken.

    Returns:
        Rows minus different rows; 0 if all columns are identifiers.
    """
    hashes = _hashes_of_rows(path, columns)
    if hashes is None:
        return 0
    query = f"SELECT count(*) - count(DISTINCT h) FROM ({hashes})"
    with connect(limits.duckdb_bytes, limits.spill_folder) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def find_first_rows(path: Path, info: DatasetInfo, limits: ProfileLimits) -> np.ndarray:
    """Find the rows that repeat no earlier row, equal as `count_duplicate_rows` counts them.

    Args:
        path: The Parquet file.
        info: What it contains.
        limits: How much memory may be taken; one byte a row is taken beside it.

    Returns:
        bool `(num_rows,)`: True for the first of equal rows; all if all columns are identifiers.
    """
    hashes = _hashes_of_rows(path, info.columns)
    if hashes is None:
        return np.ones(info.num_rows, bool)
    is_first = np.zeros(info.num_rows, bool)
    query = f"SELECT min(row) FROM ({hashes}) GROUP BY h"
    with connect(limits.duckdb_bytes, limits.spill_folder) as connection:
        for batch in connection.sql(query).to_arrow_reader(BATCH_ROWS):
            is_first[batch.column(0).to_numpy()] = True
    return is_first


def _hashes_of_rows(path: Path, columns: tuple[ColumnInfo, ...]) -> str | None:
    """SQL for the number and the hash of each row; None if nothing is to be compared."""
    compared = [
        f"c{place}"
        for place, column in enumerate(columns)
        if column.kind is not ColumnKind.IDENTIFIER
    ]
    if not compared:
        return None
    names = ", ".join([*(f"c{place}" for place in range(len(columns))), "row"])
    return (
        f"SELECT row, hash({', '.join(compared)}) AS h "
        f"FROM read_parquet({quoted_path(path)}, file_row_number = true) AS t({names})"
    )


def can_drop_repeated(info: DatasetInfo) -> bool:
    """Whether repeated rows can be left out: not where cells name files, which stay together.

    Args:
        info: The dataset.
    """
    return not any(column.image or column.audio or column.video for column in info.columns)
