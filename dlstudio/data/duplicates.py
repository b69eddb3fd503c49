"""Rows that occur more than once."""

from pathlib import Path

from dlstudio.data.duck import connect, quoted_path
from dlstudio.data.profile_limits import ProfileLimits
from dlstudio.spec.dataset import ColumnInfo, ColumnKind


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
    compared = [
        f"c{place}"
        for place, column in enumerate(columns)
        if column.kind is not ColumnKind.IDENTIFIER
    ]
    if not compared:
        return 0
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    query = (
        f"SELECT count(*) - count(DISTINCT h) FROM (SELECT hash({', '.join(compared)}) AS h "
        f"FROM read_parquet({quoted_path(path)}) AS t({names}))"
    )
    with connect(limits.duckdb_bytes, limits.spill_folder) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
