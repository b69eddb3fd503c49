"""Tables of samples, of training rows and of held-out rows, column by column as numbers."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.evaluation.sample_quality import draw_rows


@dataclass(frozen=True)
class ComparedTables:
    """Three tables with the same columns.

    Attributes:
        samples: Generated rows.
        train: Rows that the model learned from.
        held_out: Rows that it never saw.
        numbers: Names of the columns that hold numbers.
        categories: Names of the columns that hold categories: texts, booleans or whole numbers.
        target: The column that a predictor is trained for; None for no such comparison.
    """

    samples: pa.Table
    train: pa.Table
    held_out: pa.Table
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    target: str | None = None


@dataclass(frozen=True)
class ComparedColumn:
    """One column of three tables.

    Attributes:
        name: Its name.
        is_number: Whether it holds numbers; float64 `(n,)` then, NaN where missing. Else codes of
            categories, which are the same in all tables; int64 `(n,)`, -1 where missing.
        samples: Values of the samples.
        train: Values of the training rows.
        held_out: Values of the held-out rows.
    """

    name: str
    is_number: bool
    samples: np.ndarray
    train: np.ndarray
    held_out: np.ndarray


def drawn_tables(tables: ComparedTables, most_rows: int, seed: int) -> tuple[pa.Table, ...]:
    """Draw at most so many rows of the samples, the training rows and the held-out rows."""
    return tuple(
        table.take(draw_rows(np.arange(table.num_rows), most_rows, seed + index))
        for index, table in enumerate((tables.samples, tables.train, tables.held_out))
    )


def compared_columns(
    tables: ComparedTables, most_rows: int, seed: int
) -> tuple[ComparedColumn, ...]:
    """Read the columns of rows drawn from each table.

    Args:
        tables: The tables.
        most_rows: Rows of each table that are drawn at most.
        seed: What they are drawn with.

    Returns:
        Numbers first, then categories, both in the order in which they are named.
    """
    drawn = drawn_tables(tables, most_rows, seed)
    numbers = [
        ComparedColumn(name, True, *(_numbers(table.column(name)) for table in drawn))
        for name in tables.numbers
    ]
    categories = [
        ComparedColumn(name, False, *_codes([table.column(name) for table in drawn]))
        for name in tables.categories
    ]
    return (*numbers, *categories)


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(values), values, np.nan)


def _codes(columns: list[pa.ChunkedArray]) -> list[np.ndarray]:
    texts = [column.cast(pa.string()) for column in columns]
    chunks = [chunk for text in texts for chunk in text.chunks]
    known = pa.chunked_array(chunks, pa.string()).drop_null().unique()
    options = pc.SetLookupOptions(value_set=known)
    return [
        pc.call_function("index_in", [text], options).fill_null(-1).to_numpy().astype(np.int64)
        for text in texts
    ]
