"""In which line of its source each row stands; kept beside the table, because the source is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LINES_FILE = "lines.parquet"


@dataclass(frozen=True)
class LineNumbers:
    """Lines of rows, as runs in which each row stands one line below the one before.

    Attributes:
        first_rows: int64 `(runs,)`, the first row of each run, from 0, rising.
        first_lines: int64 `(runs,)`, its line, from 1; 0 if the lines of the run are not known.
    """

    first_rows: np.ndarray
    first_lines: np.ndarray

    def of(self, rows: Iterable[int] | np.ndarray) -> np.ndarray:
        """Give the line of each row, int64; 0 where it is not known.

        Args:
            rows: Numbers of rows, from 0.
        """
        wanted = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), np.int64)
        if not len(self.first_rows):
            return np.zeros(len(wanted), np.int64)
        runs = np.searchsorted(self.first_rows, wanted, side="right") - 1
        first_lines = self.first_lines[runs]
        return np.where(first_lines > 0, first_lines + wanted - self.first_rows[runs], 0)

    def of_row(self, row: int) -> int | None:
        """Give the line of a row, None if it is not known."""
        return int(self.of([row])[0]) or None


NO_LINES = LineNumbers(np.zeros(0, np.int64), np.zeros(0, np.int64))


def lines_from(first_line: int) -> LineNumbers:
    """Lines of rows that stand below each other without a gap.

    Args:
        first_line: Line of the first row.
    """
    return LineNumbers(np.zeros(1, np.int64), np.array([first_line], np.int64))


def lines_of_all(lines: Iterable[int] | np.ndarray) -> LineNumbers:
    """Keep the line of every row.

    Args:
        lines: The line of each row in order, 0 where it is not known.
    """
    found = lines if isinstance(lines, np.ndarray) else np.fromiter(lines, np.int64)
    if not found.any():
        return NO_LINES
    is_first = np.ones(len(found), bool)
    is_known = found > 0
    is_next = (np.diff(found) == 1) & is_known[:-1]
    is_first[1:] = ~is_next & (is_known[1:] | is_known[:-1])
    first_rows = np.flatnonzero(is_first)
    return LineNumbers(first_rows, found[first_rows])


def write_lines(folder: Path, lines: LineNumbers) -> None:
    """Write the lines beside a table; nothing if none is known."""
    if len(lines.first_rows):
        columns = {"row": lines.first_rows, "line": lines.first_lines}
        pq.write_table(pa.table(columns), folder / LINES_FILE)


def read_lines(folder: Path) -> LineNumbers:
    """Read the lines beside a table; none are known of older datasets."""
    if not (folder / LINES_FILE).exists():
        return NO_LINES
    table = pq.read_table(folder / LINES_FILE)
    return LineNumbers(table["row"].to_numpy(), table["line"].to_numpy())
