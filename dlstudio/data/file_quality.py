"""What equal files may spoil: two answers to one question, and a test that was taught."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.equal_files import file_columns, group_codes, groups_of_equal_files
from dlstudio.spec.dataset import ColumnRole, QualityWarning


def equal_file_warnings(dataset: Dataset) -> Iterator[QualityWarning]:
    """Find equal files with different targets, and equal files in different given parts.

    Args:
        dataset: The dataset with its profile.
    """
    info = dataset.info
    judged = [*info.with_role(ColumnRole.TARGET), *info.with_role(ColumnRole.SPLIT)]
    if not judged or not file_columns(info.columns):
        return
    groups = groups_of_equal_files(dataset, np.arange(info.num_rows))
    if groups is None:
        return
    for name in judged:
        rows = _rows_that_differ(dataset, name, groups)
        if not len(rows):
            continue
        yield _warning(dataset, name, rows)


def _warning(dataset: Dataset, name: str, rows: np.ndarray) -> QualityWarning:
    values = read_table(dataset, [name], rows[:2]).column(0).to_pylist()
    found = f"{len(rows):,} rows share their file with a row of another {name!r}, the first two "
    found += f"are rows {rows[0] + 1:,} ({values[0]}) and {rows[1] + 1:,} ({values[1]})"
    if name in dataset.info.with_role(ColumnRole.SPLIT):
        return QualityWarning(
            code="equal-files-in-parts",
            where=name,
            problem=f"{found}: files are learned from and judged by at once.",
            fix="Remove the repetitions, or choose another split method than given.",
        )
    return QualityWarning(
        code="equal-files-disagree",
        where=name,
        problem=f"{found}; at most one of their answers is right.",
        fix="Look at these files and remove the rows with the wrong answer.",
    )


def _rows_that_differ(dataset: Dataset, name: str, groups: np.ndarray) -> np.ndarray:
    """Rows of groups whose rows hold different values; those of one group follow each other."""
    column = read_table(dataset, [name]).column(0)
    known = np.flatnonzero(column.is_valid().to_numpy())
    codes = group_codes(pa.concat_arrays(column.chunks)) if column.num_chunks else np.zeros(0, int)
    first = np.full(int(groups.max()) + 1, -1, np.int64)
    first[groups[known][::-1]] = codes[known][::-1]
    differs = np.zeros(len(first), bool)
    differs[groups[known[codes[known] != first[groups[known]]]]] = True
    rows = known[differs[groups[known]]]
    order = np.lexsort((rows, groups[rows]))
    return _different_pair_first(rows[order], groups, codes)


def _different_pair_first(rows: np.ndarray, groups: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Put the first row and the first one that contradicts it in front."""
    if not len(rows):
        return rows
    contradicts = (groups[rows] == groups[rows[0]]) & (codes[rows] != codes[rows[0]])
    second = int(np.flatnonzero(contradicts)[0])
    return np.concatenate([rows[[0, second]], np.delete(rows, [0, second])])
