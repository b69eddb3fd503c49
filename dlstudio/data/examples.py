"""A few rows of a dataset to look at, all or of one class."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.spec.dataset import ColumnKind

STRUCTURED_KINDS = (
    ColumnKind.IMAGE,
    ColumnKind.AUDIO,
    ColumnKind.VIDEO,
    ColumnKind.SEQUENCE,
    ColumnKind.TEXT,
)


@dataclass(frozen=True)
class Example:
    """One row.

    Attributes:
        row: Its number in the dataset, from 0.
        value: The cell: a path, a text, or the flat values of a sequence; None if it is missing.
        label: What the class column says; empty without one.
        file: The file's name as the user knows it; empty if there is none.
    """

    row: int
    value: object
    label: str
    file: str


def rows_of_class(dataset: Dataset, label_column: str | None, label: str | None) -> np.ndarray:
    """Row numbers of a class, or of all rows.

    Args:
        dataset: The dataset.
        label_column: The column with the classes; None for all rows.
        label: The class as text; None for all rows.
    """
    if label_column is None or label is None:
        return np.arange(dataset.info.num_rows)
    cells = read_table(dataset, [label_column]).column(0)
    texts = pc.cast(cells, "string").to_numpy(zero_copy_only=False)
    return np.flatnonzero(texts == label)


def rows_by_class(dataset: Dataset, label_column: str, num_each: int) -> dict[str, np.ndarray]:
    """Row numbers of some rows of each class, the same ones every time.

    Args:
        dataset: The dataset.
        label_column: The column with the classes.
        num_each: The most rows of a class.

    Returns:
        Rows by the class as text; rows without a class are left out.
    """
    cells = read_table(dataset, [label_column]).column(0)
    codes = pc.cast(cells, "string").combine_chunks().dictionary_encode()
    order = np.random.default_rng(0).permutation(len(codes))
    shuffled = pc.fill_null(codes.indices, -1).to_numpy()[order]
    return {
        name: np.sort(order[np.flatnonzero(shuffled == code)[:num_each]])
        for code, name in enumerate(codes.dictionary.to_pylist())
    }


def read_examples(
    dataset: Dataset, column: str, label_column: str | None, rows: np.ndarray
) -> list[Example]:
    """Read rows to look at.

    Args:
        dataset: The dataset.
        column: The column that is shown.
        label_column: The column with the classes, if there is one.
        rows: Row numbers.
    """
    names = [column]
    has_file = "file" in dataset.info.column_names and column != "file"
    names += ["file"] if has_file else []
    names += [label_column] if label_column and label_column not in names else []
    table = read_table(dataset, names, rows).to_pylist()
    return [
        Example(
            row=int(row),
            value=cells[column],
            label="" if label_column is None else str(cells[label_column]),
            file=str(cells["file"]) if has_file else "",
        )
        for row, cells in zip(rows.tolist(), table, strict=True)
    ]
