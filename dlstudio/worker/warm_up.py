"""One tiny training from end to end, so that the first real one finds everything in place.

TensorFlow, Keras and pyarrow do much of their work when they are first used: a fresh process
needs seconds for the first run that the second needs tenths for.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.dataset import Dataset
from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.dataset import (
    ClassCount,
    ColumnInfo,
    ColumnKind,
    ColumnRole,
    DatasetInfo,
    SourceInfo,
)
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.run import DatasetRef, RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import TrainingSpec
from dlstudio.worker.training import train_model

NUM_ROWS = 60


def warm_up() -> None:
    """Train a tiny network on rows made up for it; leaves nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="dlstudio-warm-up-") as name:
        folder = Path(name)
        dataset = _make_dataset(folder)
        train_model(dataset, _make_spec(), RunFolder(folder), _Nobody())


class _Nobody:
    """A watcher that does not listen."""

    def begin(
        self, num_parameters: int, steps_per_epoch: int, history: Sequence[EpochReport]
    ) -> None:
        return

    def on_progress(self, progress: Progress) -> None:
        return

    def on_epoch(self, report: EpochReport) -> None:
        return

    def on_log(self, text: str) -> None:
        return

    def should_stop(self) -> bool:
        return False


def _make_spec() -> RunSpec:
    return RunSpec(
        name="warm-up",
        dataset=DatasetRef(name="warm-up", fingerprint="warm-up"),
        task=TaskSpec(
            kind=TaskKind.CLASSIFICATION, inputs=("number", "color"), targets=("answer",)
        ),
        architecture=FnnSpec(layers=(DenseLayer(units=4),)),
        training=TrainingSpec(epochs=2, batch_size=16),
    )


def _make_dataset(folder: Path) -> Dataset:
    numbers = [float(row) for row in range(NUM_ROWS)]
    colors = ["red" if row % 3 else "blue" for row in range(NUM_ROWS)]
    answers = ["yes" if row % 2 else "no" for row in range(NUM_ROWS)]
    pq.write_table(
        pa.table({"number": numbers, "color": colors, "answer": answers}), folder / "table.parquet"
    )
    info = DatasetInfo(
        name="warm-up",
        fingerprint="warm-up",
        num_rows=NUM_ROWS,
        columns=(
            ColumnInfo(name="number", kind=ColumnKind.NUMBER, num_distinct=NUM_ROWS),
            _category("color", colors, ColumnRole.INPUT),
            _category("answer", answers, ColumnRole.TARGET),
        ),
        source=SourceInfo(file_name="", size_bytes=0, format="csv"),
        created_at="1970-01-01T00:00:00Z",
    )
    return Dataset(folder, info)


def _category(name: str, values: list[str], role: ColumnRole) -> ColumnInfo:
    counts = tuple(
        ClassCount(value=value, num_rows=values.count(value)) for value in sorted(set(values))
    )
    return ColumnInfo(
        name=name,
        kind=ColumnKind.CATEGORY,
        role=role,
        num_distinct=len(counts),
        top_values=counts,
    )
