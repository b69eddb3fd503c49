"""Columns of texts among which there are numbers."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_page
from dlstudio.data.numbers import PLAIN_NUMBERS, is_missing_marker, parse_numbers, trim
from dlstudio.spec.dataset import ColumnInfo, ColumnKind

MAX_SAMPLE_CELLS = 2_000_000
MAX_SAMPLE_ROWS = 10_000


def share_of_numbers(dataset: Dataset) -> Iterator[tuple[ColumnInfo, float]]:
    """Tell for each column of categories or texts which share of its values are numbers.

    Args:
        dataset: The dataset. Categories that are all listed in the profile are counted exactly,
            other columns by their first rows.

    Yields:
        The column and the share, in [0, 1]; columns that are typed as text in the source too.
    """
    sampled = []
    for column in dataset.info.columns:
        if column.kind not in (ColumnKind.CATEGORY, ColumnKind.TEXT):
            continue
        if column.num_distinct == len(column.top_values):
            values = pa.array([entry.value for entry in column.top_values], pa.string())
            weights = pa.array([entry.num_rows for entry in column.top_values], pa.int64())
            yield column, _share(values, weights)
        else:
            sampled.append(column)
    if sampled:
        num_rows = max(100, min(MAX_SAMPLE_ROWS, MAX_SAMPLE_CELLS // len(dataset.info.columns)))
        page = read_page(dataset, 0, num_rows)
        for column in sampled:
            cells = page.column(dataset.info.column_names.index(column.name)).drop_null()
            values = (
                pa.concat_arrays(cells.chunks) if cells.num_chunks else pa.array([], cells.type)
            )
            yield column, _share(values, pa.array([1] * len(values), pa.int64()))


def _share(values: pa.Array, weights: pa.Array) -> float:
    trimmed = trim(values)
    is_number = pc.is_valid(parse_numbers(trimmed, PLAIN_NUMBERS))
    is_word = pc.invert(pc.or_(is_number, pc.fill_null(is_missing_marker(trimmed), False)))
    num_numbers = pc.sum(pc.filter(weights, is_number)).as_py() or 0
    num_words = pc.sum(pc.filter(weights, is_word)).as_py() or 0
    total = num_numbers + num_words
    return num_numbers / total if total else 0.0
