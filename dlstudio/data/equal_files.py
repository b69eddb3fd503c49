"""Rows with equal files: they stay in one part of a split, or tests would ask what was taught."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.spec.dataset import ColumnInfo, ColumnKind

MEDIA_KINDS = (ColumnKind.IMAGE, ColumnKind.AUDIO, ColumnKind.VIDEO)


def file_columns(columns: Sequence[ColumnInfo]) -> list[str]:
    """Name the columns whose cells are files; equal files have equal cells."""
    return [column.name for column in columns if column.kind in MEDIA_KINDS]


def groups_of_equal_files(dataset: Dataset, rows: np.ndarray) -> np.ndarray | None:
    """Number rows so that those that share a file have the same number.

    Args:
        dataset: The dataset.
        rows: Row numbers.

    Returns:
        int64 `(num_rows,)`, from 0; None if no two rows share a file.
    """
    names = file_columns(dataset.info.columns)
    if not names:
        return None
    groups = np.arange(len(rows))
    for column in read_table(dataset, names, rows).columns:
        own = group_codes(pa.concat_arrays(column.chunks) if len(rows) else pa.array([]))
        if own.max(initial=-1) + 1 < len(rows):
            groups = join_groups(groups, own)
    return groups if groups.max(initial=-1) + 1 < len(rows) else None


def group_codes(values: pa.Array) -> np.ndarray:
    """Number equal values alike, from 0; a missing one is a group of its own.

    Args:
        values: Of any type that can be compared.

    Returns:
        int64 `(num_values,)`.
    """
    is_missing = pc.is_null(values).to_numpy(zero_copy_only=False)
    codes = np.zeros(len(values), dtype=np.int64)
    present = values.filter(pc.is_valid(values))
    if len(present):
        encoded = present.dictionary_encode()
        codes[~is_missing] = encoded.indices.to_numpy()
    num_groups = int(codes.max()) + 1 if len(present) else 0
    codes[is_missing] = num_groups + np.arange(int(is_missing.sum()))
    return codes


def join_groups(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Join groups that share a row, however long the chain is.

    Args:
        first: Group numbers from 0, int64 `(num_rows,)`.
        second: Other group numbers of the same rows.

    Returns:
        Numbers of the joined groups from 0, in the order of their first rows.
    """
    parents = list(range(int(first.max(initial=-1)) + 1))

    def root(group: int) -> int:
        while parents[group] != group:
            parents[group] = parents[parents[group]]
            group = parents[group]
        return group

    seen: dict[int, int] = {}
    for group, other in zip(first.tolist(), second.tolist(), strict=True):
        earlier = seen.setdefault(other, group)
        if earlier != group:
            parents[root(group)] = root(earlier)
    roots = [root(group) for group in first.tolist()]
    numbers = {found: number for number, found in enumerate(dict.fromkeys(roots))}
    return np.array([numbers[found] for found in roots], np.int64)
