"""Where cells of text columns are empty or as long as a book."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.dataset import Dataset
from dlstudio.data.line_numbers import read_lines
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, QualityWarning

LONG_TEXT = 1_000_000  # characters; a long novel
MISSING = "missing-values"
LINES_NAMED = 3


def with_lines_of_gaps(dataset: Dataset, warning: QualityWarning) -> QualityWarning:
    """Name the first lines without a text in the warning that counts them.

    Args:
        dataset: The dataset with its profile.
        warning: Any warning; all but those of gaps in one column of texts come back as they are.
    """
    if warning.code != MISSING or warning.where not in dataset.info.column_names:
        return warning
    column = dataset.info.column(warning.where)
    if column.kind is not ColumnKind.TEXT:
        return warning
    lines = _lines(dataset, column, pc.is_null)
    if not lines:
        return warning
    noun = "line" if column.num_missing == 1 else "lines"
    first = "" if column.num_missing == len(lines) else "the first "
    named = ", ".join(f"{line:,}" for line in lines)
    problem = f"{warning.problem.removesuffix('.')}: {first}in {noun} {named}."
    return warning.model_copy(update={"problem": problem})


def long_cell_warnings(dataset: Dataset) -> Iterator[QualityWarning]:
    """Find columns of texts that hold one of more than a million characters.

    Args:
        dataset: The dataset with its profile; texts that are files of their own are named apart.
    """
    for column in dataset.info.columns:
        if column.kind is not ColumnKind.TEXT or (column.max_length or 0) <= LONG_TEXT:
            continue
        lines = _lines(dataset, column, _is_long)
        place = f", the first in line {lines[0]:,}" if lines else ""
        yield QualityWarning(
            code="long-cells",
            where=column.name,
            problem=f"The column {column.name!r} holds texts of up to {column.max_length:,} "
            f"characters{place}; networks that read words in order see the beginning only.",
            fix="Divide them into texts of the length that you want judged, or check that a "
            "quote is not missing in the file.",
        )


def _is_long(texts: pa.Array) -> pa.Array:
    return pc.greater(pc.utf8_length(texts), LONG_TEXT)


def _lines(
    dataset: Dataset, column: ColumnInfo, is_wanted: Callable[[pa.Array], pa.Array]
) -> list[int]:
    """The first lines whose cell is wanted; none if lines are not known."""
    lines = read_lines(dataset.folder)
    rows = list(islice(_rows(dataset, column, is_wanted), LINES_NAMED))
    return [line for line in lines.of(rows).tolist() if line]


def _rows(
    dataset: Dataset, column: ColumnInfo, is_wanted: Callable[[pa.Array], pa.Array]
) -> Iterator[int]:
    first, place = 0, dataset.info.column_names.index(column.name)
    with pq.ParquetFile(dataset.table_path) as file:
        for group in range(file.num_row_groups):
            table = file.reader.read_row_group(group, column_indices=[place], use_threads=False)
            for chunk in table.column(0).chunks:
                found = is_wanted(chunk).fill_null(False)
                yield from (first + np.flatnonzero(found)).tolist()
                first += len(chunk)
