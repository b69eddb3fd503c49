"""The roads of rows through a model: to answers alone, or also to what is rebuilt of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.notes import list_names
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.rebuilt_columns import RebuiltColumns, predict_with_values
from dlstudio.evaluation.rebuilt_examples import predict_with_examples
from dlstudio.export.rebuilt_files import RebuiltWriter, open_rebuilt, rebuilt_path
from dlstudio.export.scoring import ScoringRequest
from dlstudio.models.canvas import canvas_of
from dlstudio.spec.canvas import GENERATED_KINDS, CanvasKind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

Raw = Mapping[str, np.ndarray]


class AnswerRoad:
    """Answers as columns, and nothing else."""

    path: Path | None = None

    def __init__(self, model: keras.Model, info: DatasetInfo, spec: RunSpec) -> None:
        """Prepare to answer rows.

        Args:
            model: The complete model of a run.
            info: The dataset that it was trained on.
            spec: The run's spec.
        """
        self._model, self._info, self._spec = model, info, spec

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of what is rebuilt."""
        return ()

    def answer(self, raw: Raw, _names: Sequence[str | None]) -> pa.Table:
        """Say what the model says of some rows.

        Args:
            raw: Raw rows by column name, structured ones decoded `(n, ...)`.
            _names: The file that each comes from; None for rows of a table.
        """
        return predict_raw(self._model, raw, self._info, self._spec)


class CellsRoad(AnswerRoad):
    """Rebuilt numbers and categories of a table, as further columns."""

    _columns: RebuiltColumns | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns do not come back as values."""
        columns = [self._info.column(name) for name in self._spec.task.inputs]
        lost = [column.name for column in columns if column.kind not in GENERATED_KINDS]
        if not lost:
            return ()
        return (
            f"Only numbers and categories come back as values, not texts and dates: "
            f"{list_names(lost)}.",
        )

    def answer(self, raw: Raw, _names: Sequence[str | None]) -> pa.Table:
        """Answers with the rebuilt values at the end; see `AnswerRoad`."""
        if self._columns is None:
            self._columns = RebuiltColumns(self._model, raw, self._info, self._spec)
        return predict_with_values(self._model, raw, self._columns, self._spec)


class ExamplesRoad(AnswerRoad):
    """Rebuilt images, sounds or sequences, in a file of their own."""

    def __init__(self, road: AnswerRoad, writer: RebuiltWriter, path: Path) -> None:
        """Write to a file that is open.

        Args:
            road: Knows the model.
            writer: Takes what is rebuilt.
            path: The file.
        """
        super().__init__(road._model, road._info, road._spec)
        self._writer, self.path = writer, path

    @property
    def notes(self) -> tuple[str, ...]:
        """What the file holds."""
        return self._writer.notes

    def answer(self, raw: Raw, names: Sequence[str | None]) -> pa.Table:
        """Answers; what is rebuilt is written; see `AnswerRoad`."""
        (column,) = self._spec.task.inputs
        found = predict_with_examples(self._model, raw, self._spec)
        self._writer.write(names, raw[column], found.outputs)
        return found.table


@contextmanager
def open_road(
    model: keras.Model, info: DatasetInfo, spec: RunSpec, request: ScoringRequest
) -> Iterator[AnswerRoad]:
    """Choose the road that a request asks for.

    Args:
        model: The complete model of a run.
        info: The dataset that it was trained on.
        spec: The run's spec.
        request: What is asked, with a path to write to.

    Yields:
        The road; a file of its own takes its place when the block ends without an error.
    """
    if not request.with_values or request.output_path is None:
        yield AnswerRoad(model, info, spec)
        return
    canvas = canvas_of(spec, info)
    if canvas.kind is CanvasKind.TABLE:
        yield CellsRoad(model, info, spec)
        return
    path = rebuilt_path(canvas, Path(request.output_path))
    with open_rebuilt(canvas, path) as writer:
        yield ExamplesRoad(AnswerRoad(model, info, spec), writer, path)
