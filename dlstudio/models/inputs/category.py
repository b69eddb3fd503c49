"""Category columns: one input for each category, or the row of a learned table.

A lookup gives 0 for a missing value, 1 for a category that was never seen, and 2 onwards for the
categories of the training rows, the most frequent first. Room is made for every category of the
dataset, so that the network's shape does not depend on which rows are drawn for training.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlstudio.models.columns import CategoryColumn
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.inputs.category import CategoryEncoding

MISSING, UNSEEN, FIRST = 0, 1, 2
MOST_ONE_HOT = 12
NO_WORD = "\x01"


@dataclass(frozen=True)
class EmbeddingTable:
    """The learned table that columns with vectors of the same length share.

    Attributes:
        columns: Names of the columns, in the order of their positions in the index feature.
        positions: First and last position (not included) in the index feature.
        num_entries: Rows of the table: for each column missing, unseen and its categories.
        dim: Numbers learned for each entry.
    """

    columns: tuple[str, ...]
    positions: tuple[int, int]
    num_entries: int
    dim: int


def category_features(columns: Sequence[CategoryColumn]) -> tuple[str, ...]:
    """Names of the one-hot features, in order."""
    names: list[str] = []
    for column in _one_hot(columns):
        names.extend(f"{column.name} {_slot_name(index)}" for index in _slots(column))
    return tuple(names)


def embedding_tables(columns: Sequence[CategoryColumn]) -> tuple[EmbeddingTable, ...]:
    """The tables of the columns that are embedded, one for each length of vector."""
    tables: list[EmbeddingTable] = []
    position = 0
    for dim in sorted({_dim(column) for column in _embedded(columns)}):
        members = [column for column in _embedded(columns) if _dim(column) == dim]
        end = position + len(members)
        num_entries = sum(_capacity(column) + FIRST for column in members)
        names = tuple(column.name for column in members)
        tables.append(EmbeddingTable(names, (position, end), num_entries, dim))
        position = end
    return tuple(tables)


def build_categories(
    columns: Sequence[CategoryColumn],
    values: Sequence[np.ndarray],
    categories: Sequence[Tensor],
) -> tuple[list[Tensor], list[Tensor]]:
    """Fit the columns and build their features.

    Args:
        columns: Category columns.
        values: The training rows of each column, object arrays of str; "" is missing.
        categories: Symbolic inputs, one string `(batch, 1)` a column.

    Returns:
        Float32 tensors in the order of `category_features`, and int32 `(batch, num_embedded)`
        tensors with rows of the shared tables, in the order of `embedding_tables`.
    """
    indices = {
        column.name: ops.cast(_look_up(column, rows, tensor), "int32")
        for column, rows, tensor in zip(columns, values, categories, strict=True)
    }
    return _build_one_hot(columns, indices), _build_index(columns, indices)


def _build_one_hot(columns: Sequence[CategoryColumn], indices: dict[str, Tensor]) -> list[Tensor]:
    chosen = _one_hot(columns)
    if not chosen:
        return []
    slots = [list(_slots(column)) for column in chosen]
    source = np.repeat(np.arange(len(chosen)), [len(each) for each in slots]).astype("int32")
    wanted = np.concatenate(slots).astype("int32")
    together = _together([indices[column.name] for column in chosen])
    return [ops.cast(ops.equal(ops.take(together, source, axis=1), wanted), "float32")]


def _build_index(columns: Sequence[CategoryColumn], indices: dict[str, Tensor]) -> list[Tensor]:
    capacity = {column.name: _capacity(column) + FIRST for column in columns}
    tensors: list[Tensor] = []
    for table in embedding_tables(columns):
        sizes = [capacity[name] for name in table.columns]
        offsets = (np.cumsum(sizes) - sizes).astype("int32")
        tensors.append(_together([indices[name] for name in table.columns]) + offsets)
    return tensors


def _look_up(column: CategoryColumn, rows: np.ndarray, categories: Tensor) -> Tensor:
    vocabulary = _vocabulary(column, rows)
    known = set(vocabulary)
    unseen = "unseen"
    while unseen in known:  # Keras refuses a vocabulary that holds the word for unseen values
        unseen += "_"
    # A lookup needs at least one word.
    return layers.StringLookup(
        vocabulary=vocabulary or [NO_WORD], mask_token="", oov_token=unseen, num_oov_indices=1
    )(categories)


def _vocabulary(column: CategoryColumn, rows: np.ndarray) -> list[str]:
    counts = Counter(rows.tolist())
    counts.pop("", None)
    if _dim(column):
        # The vector for unseen values is learned from categories that occur only once: a single
        # row teaches nothing about its category, but many teach how a rare one behaves.
        counts = Counter({value: count for value, count in counts.items() if count > 1})
    # Keras keeps words in a NumPy array, which drops NUL at the end of a text.
    counts = Counter({value: count for value, count in counts.items() if value[-1] != "\0"})
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [value for value, _ in ordered[: _capacity(column)]]


def _capacity(column: CategoryColumn) -> int:
    return max(1, min(column.info.num_distinct, column.settings.max_categories))


def _slots(column: CategoryColumn) -> tuple[int, ...]:
    """The indices that have a one-hot input; others, such as unseen ones, set no input at all."""
    categories = range(FIRST, FIRST + _capacity(column))
    has_rest = column.info.num_distinct > column.settings.max_categories
    first = [MISSING] if column.may_be_missing else []
    return (*first, *([UNSEEN] if has_rest else []), *categories)


def _slot_name(index: int) -> str:
    if index == MISSING:
        return "is missing"
    return "is rare" if index == UNSEEN else f"(category {index - FIRST + 1})"


def _dim(column: CategoryColumn) -> int:
    """Length of the learned vector; 0 for one-hot columns."""
    settings, num_distinct = column.settings, column.info.num_distinct
    if settings.encoding is CategoryEncoding.ONE_HOT:
        return 0
    if settings.encoding is CategoryEncoding.AUTO and num_distinct <= MOST_ONE_HOT:
        return 0
    if settings.embedding_dim is not None:
        return settings.embedding_dim
    if num_distinct <= 100:
        return 8
    return 16 if num_distinct <= 1_000 else 32


def _one_hot(columns: Sequence[CategoryColumn]) -> list[CategoryColumn]:
    return [column for column in columns if not _dim(column)]


def _embedded(columns: Sequence[CategoryColumn]) -> list[CategoryColumn]:
    return [column for column in columns if _dim(column)]


def _together(tensors: list[Tensor]) -> Tensor:
    return tensors[0] if len(tensors) == 1 else ops.concatenate(tensors, axis=1)
