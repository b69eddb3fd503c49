"""What is in each column: distribution, missing and distinct values, examples."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.columns import text_of_numbers
from dlstudio.data.profile_large import profile_large
from dlstudio.data.profile_limits import (
    MAX_EXAMPLE_LENGTH,
    MAX_LISTED_CLASSES,
    MAX_LISTED_NUMBERS,
    NUM_BINS,
    NUM_EXAMPLES,
    QUANTILES,
    ProfileLimits,
)
from dlstudio.data.sequences.profile import profile_sequences
from dlstudio.data.usual_count import usual_count
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind

GROUP_BYTES = 32 * MEGABYTE


def profile_columns(
    path: Path, kinds: Sequence[ColumnKind], limits: ProfileLimits
) -> Iterator[ColumnInfo]:
    """Describe every column of a typed table.

    Args:
        path: The Parquet file.
        kinds: The kind of each column.
        limits: How much memory may be taken.

    Yields:
        One description a column, in order, with the default role.
    """
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        sizes = _column_bytes(file)
        for places in _groups(sizes, kinds):
            if kinds[places[0]] is ColumnKind.SEQUENCE:
                yield profile_sequences(
                    file.schema_arrow.field(places[0]), _chunks(file, places[0])
                )
                continue
            if sizes[places[0]] > limits.column_bytes:
                for place in places:
                    yield profile_large(path, names, place, kinds[place], limits)
                continue
            columns = file.reader.read_all(column_indices=places, use_threads=False)
            for place, column in zip(places, columns.columns, strict=True):
                yield profile_column(names[place], kinds[place], column)
            del columns
            pa.default_memory_pool().release_unused()


def profile_column(name: str, kind: ColumnKind, values: pa.ChunkedArray) -> ColumnInfo:
    """Describe one column that fits into memory.

    Args:
        name: Its name.
        kind: Its kind.
        values: int64, float64, timestamp[us] or string; null where missing.
    """
    info = ColumnInfo(name=name, kind=kind, num_missing=values.null_count)
    if kind is ColumnKind.NUMBER:
        return _profile_numbers(info, values)
    if kind is ColumnKind.DATETIME:
        return _profile_datetimes(info, values)
    return _profile_texts(info, values)


def _column_bytes(file: pq.ParquetFile) -> list[int]:
    """Bytes that each column takes in memory, judged by the first row group.

    The sizes that Parquet notes are of no use: a dictionary hides how large its values are.
    """
    names = file.schema_arrow.names
    if file.num_row_groups == 0:
        return [0] * len(names)
    num_rows = file.metadata.num_rows
    first = file.read_row_group(0, use_threads=False)
    factor = num_rows / max(1, first.num_rows)
    return [int(column.nbytes * factor) for column in first.columns]


def _chunks(file: pq.ParquetFile, place: int) -> Iterator[pa.ListArray]:
    for group in range(file.num_row_groups):
        table = file.reader.read_row_group(group, column_indices=[place], use_threads=False)
        yield from table.column(0).chunks


def _groups(sizes: Sequence[int], kinds: Sequence[ColumnKind]) -> Iterator[list[int]]:
    """Columns that are read together, because reading each alone is slow for thousands.

    Sequences, which may be large, are read alone and a part at a time.
    """
    group: list[int] = []
    total = 0
    for place, (size, kind) in enumerate(zip(sizes, kinds, strict=True)):
        is_alone = ColumnKind.SEQUENCE in (kind, kinds[place - 1])
        if group and (is_alone or total + size > GROUP_BYTES):
            yield group
            group, total = [], 0
        group.append(place)
        total += size
    if group:
        yield group


def _profile_numbers(info: ColumnInfo, values: pa.ChunkedArray) -> ColumnInfo:
    present = values.drop_null()
    is_integer = pa.types.is_integer(values.type)
    numbers = np.sort(present.to_numpy())
    distinct, counts = np.unique(numbers, return_counts=True)
    finite = numbers[np.isfinite(numbers)].astype(np.float64)
    summary = summarise_numbers(finite)
    return info.model_copy(
        update={
            "num_distinct": len(distinct),
            "usual_count": usual_count(*np.unique(counts, return_counts=True)),
            "top_values": _top_numbers(distinct, counts),
            "is_integer": is_integer and len(numbers) > 0,
            "num_infinite": len(numbers) - len(finite),
            **summary,
        }
    )


def summarise_numbers(finite: np.ndarray) -> dict[str, object]:
    """Compute the numeric fields of `ColumnInfo`.

    Args:
        finite: Sorted float64 `(n,)` without NaN and infinities.

    Returns:
        Field names and values; nothing for no numbers. A value that overflows is left out.
    """
    if len(finite) == 0:
        return {}
    with np.errstate(over="ignore", invalid="ignore"):
        edges_counts = histogram(finite)
        quantiles = np.quantile(finite, QUANTILES)
        moments = {"mean": float(finite.mean()), "std": float(finite.std())}
    fields: dict[str, object] = {
        "min": float(finite[0]),
        "max": float(finite[-1]),
        "quantiles": tuple(quantiles.tolist()) if np.isfinite(quantiles).all() else (),
        "histogram_edges": edges_counts[0],
        "histogram_counts": edges_counts[1],
    }
    return fields | {name: value for name, value in moments.items() if np.isfinite(value)}


def histogram(finite: np.ndarray) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Count numbers in bins of equal width.

    Args:
        finite: Sorted float64 `(n,)`, n at least 1.

    Returns:
        Edges and counts; one edge more than counts. Empty if the range overflows; a single bin
        if the numbers lie too close together for bins between them.
    """
    low, high = float(finite[0]), float(finite[-1])
    if not np.isfinite(high - low):
        return (), ()
    if low == high:
        return (low - 0.5, high + 0.5), (len(finite),)
    if not (np.diff(np.linspace(low, high, NUM_BINS + 1)) > 0).all():
        return (low, high), (len(finite),)
    counts, edges = np.histogram(finite, bins=NUM_BINS)
    return tuple(edges.tolist()), tuple(counts.tolist())


def _top_numbers(distinct: np.ndarray, counts: np.ndarray) -> tuple[ClassCount, ...]:
    limit = MAX_LISTED_NUMBERS if len(distinct) <= MAX_LISTED_NUMBERS else NUM_EXAMPLES
    order = np.argsort(-counts, kind="stable")[:limit]
    texts = text_of_numbers(pa.array(distinct[order])).to_pylist()
    found = zip(texts, counts[order].tolist(), strict=True)
    return tuple(ClassCount(value=value, num_rows=count) for value, count in found)


def _profile_datetimes(info: ColumnInfo, values: pa.ChunkedArray) -> ColumnInfo:
    present = values.drop_null()
    if len(present) == 0:
        return info
    limits = pc.min_max(present).as_py()
    distinct = np.unique(pc.cast(present, pa.int64()).to_numpy())
    return info.model_copy(
        update={
            "num_distinct": len(distinct),
            "step_s": float(np.median(np.diff(distinct))) / 1e6 if len(distinct) > 1 else None,
            "top_values": _examples(present.slice(0, NUM_EXAMPLES)),
            "first": limits["min"].isoformat(),
            "last": limits["max"].isoformat(),
        }
    )


def _examples(values: pa.ChunkedArray) -> tuple[ClassCount, ...]:
    counts: dict[str, int] = {}
    for value in values.to_pylist():
        counts[value.isoformat()] = counts.get(value.isoformat(), 0) + 1
    return tuple(ClassCount(value=value, num_rows=count) for value, count in counts.items())


def _profile_texts(info: ColumnInfo, values: pa.ChunkedArray) -> ColumnInfo:
    present = values.drop_null()
    if len(present) == 0:
        return info
    found = present.value_counts()
    counts = found.field("counts").to_numpy()
    lengths = pc.min_max(pc.utf8_length(present)).as_py()
    is_category = info.kind is ColumnKind.CATEGORY
    return info.model_copy(
        update={
            "num_distinct": len(found),
            "usual_count": usual_count(*np.unique(counts, return_counts=True)),
            "top_values": _top_texts(found, MAX_LISTED_CLASSES if is_category else NUM_EXAMPLES),
            "mean_length": pc.mean(pc.utf8_length(present)).as_py(),
            "max_length": lengths["max"],
        }
    )


def _top_texts(found: pa.StructArray, limit: int) -> tuple[ClassCount, ...]:
    counts = found.field("counts").to_numpy()
    order = np.argsort(-counts, kind="stable")[:limit]
    texts = found.field("values").take(pa.array(order)).to_pylist()
    pairs = sorted(
        zip(texts, counts[order].tolist(), strict=True), key=lambda pair: (-pair[1], pair[0])
    )
    is_short = limit == MAX_LISTED_CLASSES
    return tuple(
        ClassCount(value=text if is_short else text[:MAX_EXAMPLE_LENGTH], num_rows=count)
        for text, count in pairs
    )
