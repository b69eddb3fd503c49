"""Which rows train, which choose the best epoch and which judge the result."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.equal_files import group_codes, groups_of_equal_files, join_groups
from dlstudio.data.label_strata import by_labels, label_matrix
from dlstudio.errors import DataError
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.split import SplitMethod, SplitSpec

PART_NAMES = {
    "train": 0,
    "training": 0,
    "validation": 1,
    "valid": 1,
    "val": 1,
    "dev": 1,
    "test": 2,
    "testing": 2,
    "holdout": 2,
}
MAX_STRATA_OF_NUMBERS = 10
MIN_ROWS_OF_STRATUM = 3
TRAIN, VALIDATION, TEST = range(3)


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts.

    Attributes:
        train: int64, sorted.
        validation: int64, sorted.
        test: int64, sorted.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_rows(dataset: Dataset, split: SplitSpec, targets: Sequence[str]) -> Split:
    """Divide the rows of a dataset.

    The same dataset and spec give the same split, on every machine. Rows with a missing or
    infinite target are in no part, unless an empty cell says that no label applies. Rows that
    share a file are in one part, unless times or a column decide.

    Args:
        dataset: The dataset; `info.labels` says how to read a target that lists labels.
        split: Method, fractions, column and seed.
        targets: Columns that must not be missing, and whose shares a stratified split keeps; may
            be empty.

    Raises:
        DataError: The split needs a column that is not named or has unusable values.
        NotFoundError: A column does not exist.
    """
    target_table = read_table(dataset, list(dict.fromkeys(targets)))
    rows = _rows_with_targets(_needed(target_table, dataset.info), dataset.info.num_rows)
    if len(rows) == 0:
        raise DataError(
            f"Every row of {dataset.info.name!r} lacks a value of {', '.join(targets)}.",
            "Choose another target.",
            where="task.targets",
        )
    parts = _assign(dataset, split, target_table.take(pa.array(rows)), rows)
    return Split(*(rows[parts == part] for part in (TRAIN, VALIDATION, TEST)))


def _assign(dataset: Dataset, split: SplitSpec, targets: pa.Table, rows: np.ndarray) -> np.ndarray:
    """The part of each row, int8; -1 for none."""
    generator = np.random.default_rng(split.seed)
    fractions = np.asarray(split.fractions, dtype=np.float64)
    fractions = fractions / fractions.sum()
    if split.method in (SplitMethod.RANDOM, SplitMethod.STRATIFIED):
        is_random = split.method is SplitMethod.RANDOM or not targets.num_columns
        copies = groups_of_equal_files(dataset, rows)
        labels = None if is_random else _labels(targets, dataset.info)
        if labels is not None:
            return _by_labels_of_groups(labels, copies, fractions, generator)
        strata = np.zeros(len(rows), np.int64) if is_random else _codes(targets.column(0))
        return _by_strata_of_groups(strata, copies, fractions, generator)
    values = _split_column(dataset, split, rows)
    if split.method is SplitMethod.GROUP:
        return by_group(_joined_groups(dataset, rows, values), fractions, generator)
    if split.method is SplitMethod.TIME:
        return by_time(values, fractions, str(split.column))
    return _as_given(values, fractions, generator, str(split.column))


def _by_strata_of_groups(
    strata: np.ndarray,
    groups: np.ndarray | None,
    fractions: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """Divide strata, whole groups at a time; a group belongs to the stratum of its first row."""
    if groups is None:
        return by_strata(strata, fractions, generator)
    first_rows = np.unique(groups, return_index=True)[1]
    return by_strata(strata[first_rows], fractions, generator)[groups]


def _labels(targets: pa.Table, info: DatasetInfo) -> np.ndarray | None:
    """Which labels each row holds, if it may hold several: listed in a cell, or a column each."""
    for found in info.labels:
        if targets.column_names == [found.column]:
            return label_matrix(targets.column(0), found)
    if targets.num_columns == 1:
        return None
    codes = [_codes(column) for column in targets.columns]
    return np.concatenate([column[:, None] == np.unique(column) for column in codes], axis=1)


def _by_labels_of_groups(
    labels: np.ndarray,
    groups: np.ndarray | None,
    fractions: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """Divide rows by their labels, whole groups at a time; a group has those of its first row."""
    if groups is None:
        return by_labels(labels, fractions, generator)
    first_rows = np.unique(groups, return_index=True)[1]
    return by_labels(labels[first_rows], fractions, generator)[groups]


def _joined_groups(dataset: Dataset, rows: np.ndarray, values: pa.Array) -> np.ndarray:
    groups, copies = group_codes(values), groups_of_equal_files(dataset, rows)
    return groups if copies is None else join_groups(groups, copies)


def _needed(targets: pa.Table, info: DatasetInfo) -> pa.Table:
    """The targets of which a row must have a value."""
    optional = {found.column for found in info.labels if found.empty_is_no_label}
    return targets.drop_columns([name for name in targets.column_names if name in optional])


def _rows_with_targets(targets: pa.Table, num_rows: int) -> np.ndarray:
    is_present = np.ones(num_rows, dtype=bool)
    for column in targets.columns:
        is_there = pc.is_valid(column)
        if pa.types.is_floating(column.type):
            is_there = pc.fill_null(pc.is_finite(column), False)
        is_present &= is_there.to_numpy()
    return np.flatnonzero(is_present).astype(np.int64)


def _split_column(dataset: Dataset, split: SplitSpec, rows: np.ndarray) -> pa.Array:
    if split.column is None:
        raise DataError(
            f"The split method is {split.method.value!r}, but no column is chosen for it.",
            "Choose the column under Split column, or another split method.",
            where="split.column",
        )
    column = read_table(dataset, [split.column], rows).column(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def by_strata(
    strata: np.ndarray, fractions: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Divide each stratum by the fractions; a stratum of one row goes to training.

    Args:
        strata: int64 `(num_rows,)`; rows of a stratum have the same number.
        fractions: float64 `(3,)` that sum to 1.
        generator: Decides which rows go where.

    Returns:
        int8 `(num_rows,)`: 0 for training, 1 for validation, 2 for test.
    """
    parts = np.full(len(strata), TRAIN, dtype=np.int8)
    order = generator.permutation(len(strata))
    by_stratum = order[np.argsort(strata[order], kind="stable")]
    _, sizes = np.unique(strata, return_counts=True)
    # What rounding took from a part in one stratum is given back in the next.
    carried = np.zeros(3)
    first = 0
    for size in sizes.tolist():
        rows = by_stratum[first : first + size]
        counts, carried = _counts(size, fractions, carried)
        parts[rows[: counts[VALIDATION]]] = VALIDATION
        parts[rows[counts[VALIDATION] : counts[VALIDATION] + counts[TEST]]] = TEST
        first += size
    return parts


def _counts(size: int, fractions: np.ndarray, carried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of each part, and the rounding error to carry on; training gets at least one."""
    exact = size * fractions + carried
    counts = np.maximum(0, np.floor(exact + 0.5)).astype(np.int64)
    if size >= MIN_ROWS_OF_STRATUM and not carried.any():
        counts = np.maximum(counts, fractions > 0)
    at_least = 1 if fractions[TRAIN] > 0 else 0
    counts[TEST] = min(counts[TEST], size - at_least)
    counts[VALIDATION] = min(counts[VALIDATION], size - at_least - counts[TEST])
    counts[TRAIN] = size - counts[VALIDATION] - counts[TEST]
    # Only rounding is carried on: what strata too small to be divided kept back for training would
    # otherwise be taken from the next one, and its class would hardly train.
    return counts, np.clip(exact - counts, -0.5, 0.5)


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    values = column.combine_chunks() if column.num_chunks else pa.array([], column.type)
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    if pa.types.is_string(values.type):
        distinct, codes = np.unique(_dictionary_codes(values), return_inverse=True)
        return codes.astype(np.int64)
    numbers = pc.cast(
        pc.cast(values, pa.int64()) if pa.types.is_timestamp(values.type) else values, pa.float64()
    )
    return _number_codes(numbers.to_numpy(zero_copy_only=False))


def _dictionary_codes(values: pa.Array) -> np.ndarray:
    """Codes in the order of the sorted texts, so that they do not depend on the order of rows."""
    encoded = values.dictionary_encode()
    ranks = pc.rank(encoded.dictionary, sort_keys="ascending").to_numpy()
    return ranks[encoded.indices.to_numpy()]


def _number_codes(numbers: np.ndarray) -> np.ndarray:
    """Classes if there are few numbers or they repeat, else tenths of their distribution."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    is_repeating = len(numbers) >= MIN_ROWS_OF_STRATUM * len(distinct)
    if len(distinct) <= 2 * MAX_STRATA_OF_NUMBERS or is_repeating:
        return codes.astype(np.int64)
    ranks = np.argsort(np.argsort(numbers, kind="stable"), kind="stable")
    return ranks * MAX_STRATA_OF_NUMBERS // len(numbers)


def by_group(
    groups: np.ndarray, fractions: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Give whole groups to the part that lacks most rows, large groups first.

    Args:
        groups: The number of each row's group, from 0 without gaps, int64 `(num_rows,)`.
        fractions: float64 `(3,)` that sum to 1.
        generator: Decides between groups of equal size.

    Returns:
        int8 `(num_rows,)`: 0 for training, 1 for validation, 2 for test.
    """
    sizes = np.bincount(groups)
    wanted = fractions * len(groups)
    part_of_group = np.zeros(len(sizes), dtype=np.int8)
    shuffled = generator.permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    is_empty = fractions > 0
    for num_done, group in enumerate(order):
        num_left = len(order) - num_done
        must_fill = is_empty.any() and num_left <= is_empty.sum()
        lacking = np.where(is_empty, wanted, -np.inf) if must_fill else wanted
        part = int(np.argmax(lacking))
        part_of_group[group] = part
        wanted[part] -= sizes[group]
        is_empty[part] = False
    return part_of_group[groups]


def by_time(values: pa.Array, fractions: np.ndarray, column: str) -> np.ndarray:
    """Train on the past, test on the latest; equal times stay together.

    Each part that is asked for gets at least one time.

    Args:
        values: The time of each row, in any type that can be ordered.
        fractions: float64 `(3,)` that sum to 1.
        column: Name of the column, for messages.

    Returns:
        int8 `(num_rows,)`: 0 for training, 1 for validation, 2 for test.

    Raises:
        DataError: There are fewer different times than parts that are asked for.
    """
    is_missing = pc.is_null(values).to_numpy(zero_copy_only=False)
    ranks = pc.rank(values, sort_keys="ascending", tiebreaker="dense").to_numpy().astype(np.int64)
    times = np.sort(ranks[~is_missing])
    if len(times) == 0 or times[0] == times[-1]:
        raise DataError(
            f"The column {column!r} holds fewer than two different times, so the rows have no "
            "order.",
            "Choose another Split column, or the split method random.",
            where="split.column",
        )
    num_parts = int((fractions > 0).sum())
    if times[-1] < num_parts:
        raise DataError(
            f"The column {column!r} holds only {times[-1]} different times, but {num_parts} parts "
            "(training, validation and test) need at least one each.",
            "Choose a Split column with more times, or the split method random.",
            where="split.column",
        )
    first_validation, first_test = _starts(times, fractions)
    # A row without a time cannot be shown to lie in the future, so it trains.
    parts = np.full(len(values), TRAIN, dtype=np.int8)
    parts[(ranks >= first_validation) & ~is_missing] = VALIDATION
    parts[(ranks >= first_test) & ~is_missing] = TEST
    return parts


def _starts(times: np.ndarray, fractions: np.ndarray) -> tuple[int, int]:
    """The first rank of validation and of test; ranks count up from 1 without gaps."""
    ends = np.cumsum(fractions)[:2] * len(times)
    validation, test = (_start_of_later(times, round(end)) for end in ends)
    num_times = int(times[-1])
    trains, validates, tests = (int(fraction > 0) for fraction in fractions)
    test = min(max(test, 1 + trains + validates), 1 + num_times - tests)
    return min(max(validation, 1 + trains), test - validates), test


def _start_of_later(times: np.ndarray, place: int) -> int:
    """The first rank after the cut, moved so that it does not divide equal times."""
    if place >= len(times):
        return int(times[-1]) + 1
    rank = times[place]
    before, after = np.searchsorted(times, rank, "left"), np.searchsorted(times, rank, "right")
    cut_before = place - before <= after - place and before > 0
    return int(rank) if cut_before or place == 0 else int(rank) + 1


def _as_given(
    values: pa.Array, fractions: np.ndarray, generator: np.random.Generator, column: str
) -> np.ndarray:
    """Read the part from the column; a missing validation part is taken from training."""
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(values, pa.string())))
    distinct = [text for text in pc.unique(texts).to_pylist() if text is not None]
    unknown = sorted(text for text in distinct if text not in PART_NAMES)
    if unknown or not any(PART_NAMES[text] == TRAIN for text in distinct):
        raise DataError(
            _given_problem(column, unknown),
            "Write train, validation or test into each row, or choose another split method.",
            where="split.column",
        )
    encoded = texts.dictionary_encode()
    part_of_text = np.array([PART_NAMES[text] for text in encoded.dictionary.to_pylist()], np.int8)
    indices = pc.fill_null(encoded.indices, 0).to_numpy(zero_copy_only=False)
    parts = part_of_text[indices]
    parts[pc.is_null(texts).to_numpy(zero_copy_only=False)] = -1
    if not (parts == VALIDATION).any() and fractions[VALIDATION] > 0:
        train = np.flatnonzero(parts == TRAIN)
        share = fractions[VALIDATION] / (fractions[TRAIN] + fractions[VALIDATION])
        num_taken = min(len(train) - 1, max(1, round(share * len(train))))
        parts[generator.permutation(train)[:num_taken]] = VALIDATION
    return parts


def _given_problem(column: str, unknown: Sequence[str]) -> str:
    if not unknown:
        return f"The column {column!r} marks no row as train."
    shown = ", ".join(repr(text) for text in unknown[:5])
    return f"The column {column!r} holds {shown}, but train, validation or test was expected."
