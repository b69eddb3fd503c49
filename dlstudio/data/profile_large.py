"""The profile of a column that is too large for memory, by DuckDB, which spills to disk."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlstudio.data.duck import connect, quoted_path
from dlstudio.data.profile_limits import (
    MAX_EXAMPLE_LENGTH,
    MAX_LISTED_CLASSES,
    MAX_LISTED_NUMBERS,
    NUM_BINS,
    NUM_EXAMPLES,
    QUANTILES,
    ProfileLimits,
)
from dlstudio.data.usual_count import usual_count
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind

if TYPE_CHECKING:
    import duckdb

_NUMBER_TEXT = (
    "CASE WHEN isfinite(v::DOUBLE) AND v = floor(v::DOUBLE) AND abs(v::DOUBLE) < 9007199254740992 "
    "THEN v::BIGINT::VARCHAR ELSE v::VARCHAR END"
)


def profile_large(
    path: Path, names: Sequence[str], place: int, kind: ColumnKind, limits: ProfileLimits
) -> ColumnInfo:
    """Describe one column without holding it in memory.

    Counts, distinct values, extremes and the histogram are exact; the quantiles come from a
    t-digest (Dunning and Ertl 2019) and the distinct texts are counted by hashes of 64 bits.

    Args:
        path: The Parquet file.
        names: Names of all of its columns.
        place: Place of the column, from 0.
        kind: Its kind.
        limits: How much memory may be taken.
    """
    aliases = ", ".join(f"c{other}" for other in range(len(names)))
    relation = (
        f"(SELECT c{place} AS v FROM read_parquet({quoted_path(path)}) AS t({aliases}) "
        f"WHERE c{place} IS NOT NULL)"
    )
    with connect(limits.duckdb_bytes, limits.spill_folder) as connection:
        column = _LargeColumn(connection, relation)
        total = connection.execute(f"SELECT count(*) FROM {quoted_path(path)}").fetchone()
        num_missing = (int(total[0]) if total else 0) - column.number("count(*)")
        info = ColumnInfo(name=names[place], kind=kind, num_missing=num_missing)
        if kind is ColumnKind.NUMBER:
            return _profile_numbers(info, column)
        if kind is ColumnKind.DATETIME:
            return _profile_datetimes(info, column)
        return _profile_texts(info, column)


class _LargeColumn:
    """The present values `v` of one column."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", relation: str) -> None:
        self.connection = connection
        self.relation = relation

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def values(self, expressions: str) -> tuple:
        return self.rows(f"SELECT {expressions} FROM {self.relation}")[0]

    def number(self, expression: str) -> int:
        return int(self.values(expression)[0] or 0)

    def distinct(self, expression: str) -> tuple[int, int | None]:
        """How many values differ, and how many rows usually share one; see `usual_count`."""
        found = self.rows(
            f"SELECT n, count(*) FROM (SELECT count(*) AS n FROM {self.relation} "
            f"GROUP BY {expression}) GROUP BY n ORDER BY n"
        )
        sizes, num_values = np.array(found, np.int64).reshape(-1, 2).T
        return int(num_values.sum()), usual_count(sizes, num_values)

    def most_frequent(self, text: str, limit: int) -> tuple[ClassCount, ...]:
        found = self.rows(
            f"SELECT {text} AS value, n FROM (SELECT v, count(*) AS n FROM {self.relation} "
            f"GROUP BY v) ORDER BY n DESC, v LIMIT {limit}"
        )
        return tuple(ClassCount(value=value, num_rows=count) for value, count in found)

    def first(self, text: str) -> tuple[ClassCount, ...]:
        found = Counter(
            row[0] for row in self.rows(f"SELECT {text} FROM {self.relation} LIMIT {NUM_EXAMPLES}")
        )
        return tuple(ClassCount(value=value, num_rows=count) for value, count in found.items())


def _profile_numbers(info: ColumnInfo, column: _LargeColumn) -> ColumnInfo:
    num_distinct, usual = column.distinct("v")
    limit = MAX_LISTED_NUMBERS if num_distinct <= MAX_LISTED_NUMBERS else NUM_EXAMPLES
    type_name, num_infinite = column.values(
        "any_value(typeof(v)), count(*) FILTER (WHERE NOT isfinite(v::DOUBLE))"
    )
    finite = _LargeColumn(
        column.connection,
        f"(SELECT v::DOUBLE AS v FROM {column.relation} WHERE isfinite(v::DOUBLE))",
    )
    quantiles = ", ".join(str(share) for share in QUANTILES)
    low, high, mean, std, middle = finite.values(
        f"min(v), max(v), avg(v), stddev_pop(v), approx_quantile(v, [{quantiles}])"
    )
    fields: dict[str, object] = {
        "num_distinct": num_distinct,
        "usual_count": usual,
        "top_values": column.most_frequent(_NUMBER_TEXT, limit),
        "is_integer": type_name == "BIGINT",
        "num_infinite": num_infinite,
    }
    if low is not None:
        edges, counts = _histogram(finite, low, high)
        fields |= {"min": low, "max": high, "mean": mean, "std": std}
        fields |= {"quantiles": (low, *middle[1:-1], high)}
        fields |= {"histogram_edges": edges, "histogram_counts": counts}
    return info.model_copy(update=fields)


def _histogram(
    finite: _LargeColumn, low: float, high: float
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    width = high - low
    if not np.isfinite(width):
        return (), ()
    num_bins = NUM_BINS if width else 1
    counts = [0] * num_bins
    place = f"least({num_bins - 1}, floor((v - {low!r}) / {width or 1.0!r} * {num_bins}))::INTEGER"
    for number, count in finite.rows(
        f"SELECT {place} AS b, count(*) FROM {finite.relation} GROUP BY b"
    ):
        counts[number] = count
    edges = np.linspace(low, high, num_bins + 1) if width else np.array([low - 0.5, high + 0.5])
    return tuple(edges.tolist()), tuple(counts)


def _profile_datetimes(info: ColumnInfo, column: _LargeColumn) -> ColumnInfo:
    first, last = column.values("min(v), max(v)")
    text = "strftime(v, '%Y-%m-%dT%H:%M:%S')"
    step = column.rows(
        "SELECT median(d) FROM (SELECT epoch_us(v) - lag(epoch_us(v)) OVER (ORDER BY v) AS d "
        f"FROM (SELECT DISTINCT v FROM {column.relation}))"
    )[0][0]
    return info.model_copy(
        update={
            "step_s": step / 1e6 if step is not None else None,
            "num_distinct": column.distinct("v")[0],
            "top_values": column.first(text),
            "first": first.isoformat() if first else None,
            "last": last.isoformat() if last else None,
        }
    )


def _profile_texts(info: ColumnInfo, column: _LargeColumn) -> ColumnInfo:
    mean_length, max_length = column.values("avg(length(v)), max(length(v))")
    num_distinct, usual = column.distinct("hash(v)")
    is_category = info.kind is ColumnKind.CATEGORY
    examples = column.first(f"left(v, {MAX_EXAMPLE_LENGTH})")
    return info.model_copy(
        update={
            "num_distinct": num_distinct,
            "usual_count": usual,
            "top_values": column.most_frequent("v", MAX_LISTED_CLASSES)
            if is_category
            else examples,
            "mean_length": mean_length,
            "max_length": max_length,
        }
    )
