"""Tables that look like readings of sensors: a row, or a column, a time step."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo, QualityWarning

FEWEST_STEPS = 16
FEWEST_SEQUENCES = 5
FEWEST_ROWS_A_SEQUENCE = 5
MOST_LABELS = 50
MOST_ROWS, MOST_SMOOTH_ROWS = 20_000, 500
MOST_CANDIDATES = 20
LEAST_INCREASING = 0.95
LEAST_CORRELATION = 0.7
_NUMBERED = re.compile(r"(.*?)[ _.\-\[(]*(\d+)[\])]?")
_TIME = re.compile(
    r"(.*[ _.-])?(t|time|times|timestamp|datetime|date|second|seconds|sec|ms|millis|msec|step|"
    r"frame|sample|tick|offset)([ _.(\[-].*)?",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"pix.*", re.IGNORECASE)


@dataclass(frozen=True)
class SequenceHint:
    """How a table could be joined to sequences.

    Attributes:
        by: The column that names the sequence of a row; None if each row is a sequence.
        time: The column that orders the rows of a sequence.
        columns: The columns that are time steps; none if each row is a time step.
        label: For rows that are time steps, a column that holds for whole sequences.
    """

    by: str | None = None
    time: str | None = None
    columns: tuple[str, ...] = ()
    label: str | None = None


def suggest_sequences(dataset: Dataset) -> SequenceHint | None:
    """Guess whether the rows or the columns of a table are time steps.

    Rows are, where times rise again and again while another column repeats, and a third one holds
    for each of its values. Columns are, where many have consecutive numbers in their names and
    neighbours have similar values.

    Args:
        dataset: The dataset.

    Returns:
        What `dlstudio.data.combine` would need, or None.
    """
    return _rows_hint(dataset) or _columns_hint(dataset)


def sequence_warnings(dataset: Dataset) -> Iterator[QualityWarning]:
    """Tell if a table looks like readings of sensors."""
    hint = suggest_sequences(dataset)
    if hint is None:
        return
    if hint.by is not None:
        problem = (
            f"The rows look like time steps: {hint.time!r} rises within each value of {hint.by!r}, "
            f"for which {hint.label!r} stays the same."
        )
        fix = (
            f"Join them to sequences on the Data page, or with --sequence-id {hint.by!r} --time "
            f"{hint.time!r}, if {hint.label!r} is what is to be learned."
        )
    else:
        first, last = hint.columns[0], hint.columns[-1]
        problem = f"The {len(hint.columns):,} columns {first!r} to {last!r} look like time steps."
        fix = (
            "Join them to sequences on the Data page, or with --sequence-columns "
            f"'{first}..{last}', if their order means time."
        )
    yield QualityWarning(code="looks-like-sequences", where="", problem=problem, fix=fix)


def _columns_hint(dataset: Dataset) -> SequenceHint | None:
    groups: dict[str, dict[int, str]] = {}
    for column in dataset.info.columns:
        match = _NUMBERED.fullmatch(column.name)
        if match and column.kind is ColumnKind.NUMBER and not _PICTURE.fullmatch(column.name):
            groups.setdefault(match[1], {})[int(match[2])] = column.name
    chosen = [names for names in groups.values() if _is_consecutive(names)]
    if not chosen or any(sorted(names) != sorted(chosen[0]) for names in chosen):
        return None
    for names in chosen:
        in_order = [names[number] for number in sorted(names)]
        if not _is_smooth(_first_rows(dataset, in_order, MOST_SMOOTH_ROWS)):
            return None
    wanted = {name for names in chosen for name in names.values()}
    return SequenceHint(columns=tuple(n for n in dataset.info.column_names if n in wanted))


def _is_consecutive(names: dict[int, str]) -> bool:
    return len(names) >= FEWEST_STEPS and max(names) - min(names) == len(names) - 1


def _is_smooth(columns: Sequence[pa.ChunkedArray]) -> bool:
    """Whether neighbours are alike, as readings soon after each other are."""
    values = np.stack([np.asarray(pc.cast(c, pa.float64()).to_numpy(), float) for c in columns])
    known = values[:, np.isfinite(values).all(axis=0)]
    if known.shape[1] < 3:
        return False
    centered = known - known.mean(axis=1, keepdims=True)
    spread = np.sqrt((centered**2).sum(axis=1))
    products = (centered[1:] * centered[:-1]).sum(axis=1)
    scale = spread[1:] * spread[:-1]
    correlations = products[scale > 0] / scale[scale > 0]
    return len(correlations) > 0 and float(np.median(correlations)) >= LEAST_CORRELATION


def _rows_hint(dataset: Dataset) -> SequenceHint | None:
    info = dataset.info
    times = [column for column in info.columns if _may_be_time(column)][:MOST_CANDIDATES]
    ids = [column for column in info.columns if _may_be_id(column, info)]
    # The finest division is what was recorded at a time; coarser ones are people or places.
    ids = sorted(ids, key=lambda column: -column.num_distinct)[:MOST_CANDIDATES]
    if not times or not ids or not any(_may_be_channel(column) for column in info.columns):
        return None
    labels = [column for column in info.columns if _may_be_label(column)][:MOST_CANDIDATES]
    names = list(dict.fromkeys(column.name for column in (*times, *ids, *labels)))
    by_name = dict(zip(names, _first_rows(dataset, names, MOST_ROWS), strict=True))
    for by in ids:
        codes = _codes(by_name[by.name])
        time = next((t for t in times if t is not by and _rises(codes, by_name[t.name])), None)
        label = next(
            (
                column.name
                for column in labels
                if column is not by and _is_constant(codes, _codes(by_name[column.name]))
            ),
            None,
        )
        if time is not None and label is not None:
            return SequenceHint(by=by.name, time=time.name, label=label)
    return None


def _may_be_time(column: ColumnInfo) -> bool:
    if column.kind is ColumnKind.DATETIME:
        return column.num_distinct >= FEWEST_ROWS_A_SEQUENCE
    is_number = column.kind is ColumnKind.NUMBER and column.num_distinct >= FEWEST_ROWS_A_SEQUENCE
    return is_number and _TIME.fullmatch(column.name) is not None


def _may_be_id(column: ColumnInfo, info: DatasetInfo) -> bool:
    is_name = column.kind in (ColumnKind.CATEGORY, ColumnKind.IDENTIFIER, ColumnKind.TEXT)
    is_number = column.kind is ColumnKind.NUMBER and column.is_integer
    return (
        (is_name or is_number)
        and column.num_missing == 0
        and FEWEST_SEQUENCES <= column.num_distinct <= info.num_rows // FEWEST_ROWS_A_SEQUENCE
    )


def _may_be_label(column: ColumnInfo) -> bool:
    return column.kind is ColumnKind.CATEGORY and 1 < column.num_distinct <= MOST_LABELS


def _may_be_channel(column: ColumnInfo) -> bool:
    return column.kind is ColumnKind.NUMBER and not column.is_integer


def _first_rows(dataset: Dataset, names: Sequence[str], limit: int) -> list[pa.ChunkedArray]:
    """Some columns only: a table may have thousands."""
    rows = np.arange(min(limit, dataset.info.num_rows))
    return list(read_table(dataset, names, rows).columns)


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return pc.fill_null(whole.dictionary_encode().indices, -1).to_numpy()


def _rises(codes: np.ndarray, times: pa.ChunkedArray) -> bool:
    """Whether times rise within the rows of each code, but not over the whole table."""
    plain = pc.cast(times, pa.int64()) if pa.types.is_timestamp(times.type) else times
    values = np.asarray(pc.cast(plain, pa.float64()).to_numpy(), float)
    order = np.argsort(codes, kind="stable")
    is_step = np.diff(codes[order]) == 0
    rises = np.diff(values[order])[is_step] > 0
    is_enough = is_step.sum() >= (FEWEST_ROWS_A_SEQUENCE - 1) * len(np.unique(codes))
    falls_between = (np.diff(values[order])[~is_step] <= 0).any()
    return bool(is_enough and falls_between and rises.mean() >= LEAST_INCREASING)


def _is_constant(codes: np.ndarray, labels: np.ndarray) -> bool:
    """Whether each code has one label, and there are several labels."""
    pairs = np.unique(np.stack([codes, labels], axis=1), axis=0)
    return len(pairs) == len(np.unique(codes)) and len(np.unique(labels)) > 1
