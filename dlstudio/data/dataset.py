"""A dataset version that can be read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.typed_table import TABLE_FILE
from dlstudio.errors import DataError, NotFoundError
from dlstudio.spec.dataset import DatasetInfo


@dataclass(frozen=True)
class Dataset:
    """One immutable version of a dataset.

    Attributes:
        folder: Its folder on disk.
        info: What it contains.
    """

    folder: Path
    info: DatasetInfo

    @property
    def table_path(self) -> Path:
        """The Parquet file with the typed columns."""
        return self.folder / TABLE_FILE


def read_table(
    dataset: Dataset, columns: Sequence[str] | None = None, rows: np.ndarray | None = None
) -> pa.Table:
    """Read columns into memory.

    Args:
        dataset: The dataset.
        columns: Names in the wanted order; all by default.
        rows: Row numbers in the wanted order, from 0; all by default.

    Returns:
        A table with the columns in that order: int64 or float64 for numbers, timestamp[us] for
        datetimes, text for the rest.

    Raises:
        NotFoundError: A column does not exist, or the dataset was removed meanwhile.
        DataError: The stored table is damaged.
    """
    names = dataset.info.column_names if columns is None else tuple(columns)
    places = [dataset.info.place(name) for name in names]
    with reading(dataset), pq.ParquetFile(dataset.table_path) as file:
        return _read_places(file, places) if rows is None else _read_rows(file, places, rows)


def read_page(dataset: Dataset, offset: int, limit: int) -> pa.Table:
    """Read some rows that follow each other.

    Args:
        dataset: The dataset.
        offset: The first row, from 0.
        limit: The most rows to return.

    Raises:
        NotFoundError: The dataset was removed meanwhile.
        DataError: The stored table is damaged.
    """
    with reading(dataset), pq.ParquetFile(dataset.table_path) as file:
        parts: list[pa.Table] = []
        first = 0
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if first < offset + limit and first + size > offset:
                start = max(0, offset - first)
                stop = min(size, offset + limit - first)
                parts.append(file.read_row_group(group).slice(start, stop - start))
            first += size
        return pa.concat_tables(parts) if parts else file.schema_arrow.empty_table()


@contextmanager
def reading(dataset: Dataset) -> Iterator[None]:
    """Say in words why the stored table cannot be read.

    Args:
        dataset: The dataset whose table the block reads.

    Raises:
        NotFoundError: The dataset was removed meanwhile.
        DataError: The stored table is damaged.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(
            f"The dataset {dataset.info.name!r} was removed.",
            "Add its file again, or choose another dataset.",
            where="dataset.name",
        ) from error
    except (OSError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's own trouble, not what is written on it
        reason = (str(error) or type(error).__name__).splitlines()[0][:200].rstrip(".")
        raise DataError(
            f"The stored table of the dataset {dataset.info.name!r} is damaged ({reason}).",
            f"Restore the folder {str(dataset.folder)!r} from a backup, or remove the dataset and "
            "add its file again.",
            where="dataset.name",
        ) from error


def _read_places(file: pq.ParquetFile, places: Sequence[int]) -> pa.Table:
    """Read columns by place, because names may contain dots, which Arrow takes for paths."""
    distinct = sorted(set(places))
    if not distinct:
        return pa.table({})
    table = file.reader.read_all(column_indices=distinct, use_threads=True)
    return table.select([distinct.index(place) for place in places])


def _read_rows(file: pq.ParquetFile, places: Sequence[int], rows: np.ndarray) -> pa.Table:
    """Read some rows, one row group at a time, so that the rest is never in memory together."""
    distinct = sorted(set(places))
    order = np.argsort(rows, kind="stable")
    in_order = np.asarray(rows, dtype=np.int64)[order]
    parts: list[pa.Table] = [file.schema_arrow.empty_table().select(distinct)]
    first = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        begin, end = np.searchsorted(in_order, [first, first + size])
        if end > begin:
            table = file.reader.read_row_group(group, column_indices=distinct, use_threads=False)
            parts.append(table.take(pa.array(in_order[begin:end] - first)))
        first += size
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    table = pa.concat_tables(parts).take(pa.array(back))
    return table.select([distinct.index(place) for place in places])
