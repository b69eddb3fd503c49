"""Small tables with a description, as a dataset would have it."""

from typing import Any

import numpy as np

from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, DatasetInfo, SourceInfo
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import EmptyCells, TaskKind, TaskSpec

Raw = dict[str, np.ndarray]


def texts(*values: str) -> np.ndarray:
    return np.asarray(values, dtype=object)


def numbers(*values: float) -> np.ndarray:
    return np.asarray(values, dtype="float32")


def describe(raw: Raw, kinds: dict[str, ColumnKind] | None = None) -> DatasetInfo:
    """The description of raw columns; texts are categories and float64 datetimes by default."""
    columns = [_column(name, values, (kinds or {}).get(name)) for name, values in raw.items()]
    return DatasetInfo(
        name="table",
        fingerprint="f",
        num_rows=len(next(iter(raw.values()))),
        columns=tuple(columns),
        source=SourceInfo(file_name="table.csv", size_bytes=1, format="csv"),
        created_at="2026-01-01T00:00:00Z",
    )


def spec_for(
    inputs: list[str],
    targets: list[str],
    kind: TaskKind = TaskKind.CLASSIFICATION,
    **sections: Any,  # noqa: ANN401 - sections of a spec as plain data
) -> RunSpec:
    """A spec; sections such as architecture={...} are given as plain data."""
    task = TaskSpec(
        kind=kind,
        inputs=tuple(inputs),
        targets=tuple(targets),
        label_separator=sections.pop("label_separator", None),
        empty_cells=sections.pop("empty_cells", EmptyCells.UNKNOWN),
    )
    return RunSpec.model_validate(
        {"dataset": DatasetRef(name="table"), "task": task.model_dump(), **sections}
    )


def _column(name: str, values: np.ndarray, kind: ColumnKind | None) -> ColumnInfo:
    is_text = values.dtype == object
    known = values[values != ""] if is_text else values[np.isfinite(values)]
    if kind is None:
        is_time = values.dtype == np.float64
        others = ColumnKind.DATETIME if is_time else ColumnKind.NUMBER
        kind = ColumnKind.CATEGORY if is_text else others
    distinct, counts = np.unique(known, return_counts=True)
    top = [
        ClassCount(value=str(value), num_rows=int(count))
        for value, count in zip(distinct[:1_000], counts, strict=False)
        if is_text or len(distinct) <= 20
    ]
    lengths = [len(text) for text in known] if is_text else []
    return ColumnInfo(
        name=name,
        kind=kind,
        num_missing=len(values) - len(known),
        num_distinct=len(distinct),
        top_values=tuple(top),
        mean_length=float(np.mean(lengths)) if lengths else None,
    )
