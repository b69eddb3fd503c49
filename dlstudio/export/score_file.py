"""Scores the rows of a file with the model of a run."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dlstudio.data.any_table import AnyTable
from dlstudio.data.collection.unlabelled import FILE_COLUMN, open_rows_or_files
from dlstudio.data.combining.stage import options_like
from dlstudio.data.media.table import MEDIA
from dlstudio.data.raw import count_unreadable, raw_from_table
from dlstudio.errors import DataError
from dlstudio.evaluation.flagged_normal import nearly_all_flagged
from dlstudio.evaluation.notes import list_names
from dlstudio.evaluation.report import report_split
from dlstudio.export.cut_inputs import CutInputs
from dlstudio.export.row_writer import open_rows
from dlstudio.export.score_series import answer_series, continue_dataset, read_fitted
from dlstudio.export.scoring import ScoringProgress, ScoringRequest, ScoringResult
from dlstudio.export.series_rows import forecast_file_columns, rows_of_file
from dlstudio.models.targets import codec_of, has_target, unknown_labels
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import read_settings
from dlstudio.spec.canvas import asked_columns, told_column
from dlstudio.spec.dataset import DatasetInfo, UnreadableEntry
from dlstudio.spec.documents import read_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, ThresholdRule

if TYPE_CHECKING:
    import keras

MOST_LISTED_LINES = 5
_NO_VALUES = (
    "Only autoencoders and VAEs rebuild what they are given, and this run rebuilds nothing."
)
_NO_VALUES_FIX = "Leave out --reconstructions, or choose a run of an autoencoder or a VAE."

Reporter = Callable[[ScoringProgress], None]


def score_file(request: ScoringRequest, report: Reporter) -> ScoringResult:
    """Predict or evaluate the rows of a file.

    Args:
        request: Which run, which file, where to.
        report: Is told how far the work is.

    Returns:
        Counts, notes and, for an evaluation, metrics.

    Raises:
        DataError: The file cannot be read, lacks columns or holds no row to score.
        NotFoundError: The file does not exist.
    """
    run = RunFolder(Path(request.run_folder))
    spec = read_spec(run.spec.read_text(encoding="utf-8"))
    info = DatasetInfo.model_validate_json(run.dataset.read_text(encoding="utf-8"))
    if request.input_path is None:
        return continue_dataset(request, _load_model, report)
    if request.with_values and not spec.task.kind.is_unsupervised:
        raise DataError(_NO_VALUES, _NO_VALUES_FIX, where="--reconstructions")
    report(ScoringProgress(phase="Reading the file"))
    options = options_like(request.options, info)
    with open_rows_or_files(Path(request.input_path), info, options, read_settings()) as table:
        is_evaluation = request.output_path is None
        is_forecast = spec.task.kind is TaskKind.FORECASTING
        needs_targets = is_evaluation and not spec.task.kind.is_unsupervised
        columns = (*spec.task.inputs, *(spec.task.targets if needs_targets else ()))
        if is_forecast:
            columns = forecast_file_columns(spec.task)
        _check_columns(table, info, columns)
        report(ScoringProgress(phase="Loading the model", num_rows=table.num_rows))
        model = _load_model(run.model)
        if request.threshold is not None:
            from dlstudio.models.new_threshold import with_threshold

            model = with_threshold(model, request.threshold)
        batches = _reported(table, report)
        if is_forecast:
            rows = rows_of_file(batches, info, spec.task, read_fitted(run))
            result = answer_series(request, model, rows)
        else:
            result = _answer_rows(request, _Scorer(model, info, spec, table, batches))
        notes = (*_threshold_notes(request), *result.notes, *_rejection_notes(table))
        return result.model_copy(update={"num_rows_rejected": table.num_rejected, "notes": notes})


def _answer_rows(request: ScoringRequest, scorer: "_Scorer") -> ScoringResult:
    if request.output_path is None:
        return scorer.evaluate()
    return scorer.predict(Path(request.output_path), request)


class _Scorer:
    """A model and the rows it is to answer."""

    def __init__(
        self,
        model: "keras.Model",
        info: DatasetInfo,
        spec: RunSpec,
        table: AnyTable,
        batches: Iterator[pa.Table],
    ) -> None:
        from dlstudio.models.columns import input_columns
        from dlstudio.models.inputs.table import describe_blocks

        self._model = model
        self._info = info
        self._spec = spec
        self._folder = table.folder
        self._file_column = table.file_column
        self._blocks = describe_blocks(input_columns(spec, info).structured)
        self._batches = self._smaller(batches)
        self._num_unreadable: Counter[str] = Counter()
        self._cut = CutInputs()

    def _read(self, batch: pa.Table, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Raw columns of a batch; cells of another kind and cut inputs are counted."""
        from dlstudio.models.rows import decode

        self._num_unreadable.update(count_unreadable(batch, self._info, columns))
        raw = raw_from_table(batch, self._info, columns)
        for block in self._blocks:
            self._cut.add(block, raw[block.column.name], self._folder)
            raw[block.column.name] = decode(block, raw[block.column.name], self._folder)
        return raw

    def _smaller(self, batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Batches of rows that fit into memory once their files are decoded."""
        from dlstudio.models.rows import CHUNK_BYTES, row_size

        row_bytes = sum(row_size(block) for block in self._blocks)
        for batch in batches:
            step = max(1, CHUNK_BYTES // row_bytes) if row_bytes else max(1, batch.num_rows)
            for start in range(0, batch.num_rows, step):
                yield batch.slice(start, step)

    def _cell_notes(self) -> list[str]:
        unreadable = [
            f"{count:,} cells of {name!r} are no {self._info.column(name).kind.value} and count as "
            "missing."
            for name, count in self._num_unreadable.items()
        ]
        return [*unreadable, *self._cut.notes()]

    def _class_notes(self, num_untold: int) -> list[str]:
        if not num_untold:
            return []
        return [
            f"Of {num_untold:,} rows the class in {told_column(self._spec)!r} is not known: they "
            "are rebuilt without it, which is less exact."
        ]

    def predict(self, path: Path, request: ScoringRequest) -> ScoringResult:
        """Write every row with its prediction beside it."""
        from dlstudio.evaluation.rebuilding_answers import num_without_class, without_codes
        from dlstudio.export.rebuilt_road import open_road
        from dlstudio.models.assemble_rebuilding import SCORE

        num_rows, num_untold, renamed = 0, 0, dict[str, str]()
        scores: list[np.ndarray] = []
        with (
            open_road(self._model, self._info, self._spec, request) as road,
            open_rows(path) as writer,
        ):
            for batch in self._batches:
                raw = self._read(batch, asked_columns(self._spec, batch.column_names))
                num_untold += num_without_class(raw, self._spec, self._info)
                predicted = road.answer(raw, _file_names(batch, self._file_column))
                if self._spec.task.kind.is_unsupervised and not request.with_codes:
                    predicted = without_codes(predicted)
                if SCORE in predicted.column_names:
                    scores.append(predicted.column(SCORE).to_numpy())
                shown = readable_columns(batch, self._info, self._file_column)
                renamed = free_names(shown.column_names, predicted.column_names)
                writer.write(_side_by_side(shown, predicted, renamed))
                num_rows += batch.num_rows
        notes = [
            f"The file's own column {old!r} is named {new!r} in the output."
            for old, new in renamed.items()
        ]
        notes += [*self._class_notes(num_untold), *self._cell_notes()]
        notes += [*_flag_notes(scores), *road.notes]
        return ScoringResult(
            num_rows=num_rows,
            notes=tuple(notes),
            output_path=str(path),
            rebuilt_path=str(road.path) if road.path else None,
        )

    def evaluate(self) -> ScoringResult:
        """Compare predictions with the targets in the file."""
        if self._spec.task.kind.is_unsupervised:
            return self._evaluate_rebuilding()
        from dlstudio.evaluation.evaluate import actual_table
        from dlstudio.evaluation.predict import predict_raw

        codec = codec_of(self._spec, self._info)
        parts, num_unlabelled, unknown = [], 0, set[str]()
        for batch in self._batches:
            columns = (*self._spec.task.inputs, *self._spec.task.targets)
            raw = self._read(batch, columns)
            is_labelled = has_target(codec, raw)
            num_unlabelled += int((~is_labelled).sum())
            unknown |= unknown_labels(codec, raw)
            raw = {name: values[is_labelled] for name, values in raw.items()}
            if is_labelled.any():
                actual = actual_table(raw, self._info, self._spec)
                predicted = predict_raw(self._model, raw, self._info, self._spec)
                parts.append(_side_by_side(actual, predicted, {}))
        if not parts:
            raise DataError(
                f"No row of the file has a value for {_quoted(self._spec.task.targets)}.",
                "Give a file whose rows hold the value that is predicted.",
                where=self._spec.task.targets[0],
            )
        found = report_split(pa.concat_tables(parts), self._spec.task)
        notes = list(found.notes)
        if num_unlabelled:
            rows = "1 row" if num_unlabelled == 1 else f"{num_unlabelled:,} rows"
            verb = "was" if num_unlabelled == 1 else "were"
            notes.append(f"{rows} without a target {verb} left out.")
        if unknown:
            notes.append(
                f"The model never saw the labels {list_names(sorted(unknown))}: they are left out "
                "of all scores."
            )
        notes += self._cell_notes()
        return ScoringResult(
            num_rows=found.num_rows,
            metrics=found.metrics,
            classes=found.classification.classes if found.classification else (),
            notes=tuple(notes),
        )

    def _evaluate_rebuilding(self) -> ScoringResult:
        """Rebuild the rows; judge the scores where the file says which rows are anomalies."""
        from dlstudio.evaluation.predict import predict_raw
        from dlstudio.evaluation.rebuilding_answers import num_without_class
        from dlstudio.evaluation.rebuilding_check import RebuildingCheck

        label = self._spec.task.label
        check, num_untold = RebuildingCheck(self._spec, self._info), 0
        for batch in self._batches:
            has_label = label is not None and label in batch.column_names
            columns = (*self._spec.task.inputs, *([label] if label and has_label else []))
            raw = self._read(batch, columns)
            num_untold += num_without_class(raw, self._spec, self._info)
            check.add(predict_raw(self._model, raw, self._info, self._spec), raw)
        found = check.result()
        notes = (*found.notes, *self._class_notes(num_untold), *self._cell_notes())
        return ScoringResult(num_rows=found.num_rows, metrics=found.metrics, notes=notes)


def _file_names(batch: pa.Table, file_column: str | None) -> list[str | None]:
    """The file that each row comes from; None for rows of a table."""
    if file_column is None:
        return [None] * batch.num_rows
    return [name and str(name) for name in batch.column(file_column).to_pylist()]


def _flag_notes(scores: list[np.ndarray]) -> list[str]:
    """Say if nearly all rows count as anomalies; their scores are multiples of the threshold."""
    together = np.concatenate([np.empty(0), *scores])
    together = together[np.isfinite(together)]
    alarms = nearly_all_flagged(together, None, 1.0, ThresholdRule.AUTO)
    return [f"{alarm.problem} {alarm.fix}" for alarm in alarms]


def free_names(own: list[str], added: list[str]) -> dict[str, str]:
    """New names for the columns of a file that are named like those that are put beside them.

    Args:
        own: The file's columns.
        added: The prediction columns; these keep their names, which scripts rely on.

    Returns:
        The new name by old name, only for those that change.
    """
    taken, renamed = {*own, *added}, dict[str, str]()
    for name in own:
        if name in added:
            new = f"input_{name}"
            while new in taken:
                new = f"input_{new}"
            renamed[name] = new
            taken.add(new)
    return renamed


def _side_by_side(left: pa.Table, right: pa.Table, renamed: dict[str, str]) -> pa.Table:
    names = [renamed.get(name, name) for name in left.column_names] + right.column_names
    return pa.table([*left.columns, *right.columns], names=names)


def readable_columns(batch: pa.Table, info: DatasetInfo, file_column: str | None) -> pa.Table:
    """The columns that can be read in a cell: no sequences, and files by their own name only.

    Args:
        batch: Rows of a file, a folder or an archive.
        info: The dataset whose columns they are.
        file_column: The column with the files' names, which becomes `file`; None for a table.
    """
    files = {column.name for column in info.columns if column.kind in MEDIA} if file_column else ()
    shown = batch.select(
        [
            field.name
            for field in batch.schema
            if not pa.types.is_list(field.type) and field.name not in files
        ]
    )
    if FILE_COLUMN in shown.column_names:
        return shown
    names = [FILE_COLUMN if name == file_column else name for name in shown.column_names]
    return shown.rename_columns(names)


def _check_columns(table: AnyTable, info: DatasetInfo, columns: tuple[str, ...]) -> None:
    """Find missing columns before seconds go into loading the model."""
    for batch in table.batches():
        raw_from_table(batch.slice(0, 1), info, columns)
        return


def _load_model(path: Path) -> "keras.Model":
    from dlstudio.models.heavy_imports import import_tensorflow

    import_tensorflow()
    from dlstudio.export.load import load_model

    return load_model(path)


def _reported(table: AnyTable, report: Reporter) -> Iterator[pa.Table]:
    """The batches; tells how many rows are done as they pass."""
    num_done = 0
    for batch in table.batches():
        report(ScoringProgress(phase="Predicting", num_rows_done=num_done, num_rows=table.num_rows))
        yield batch
        num_done += batch.num_rows


def _rejection_notes(table: AnyTable) -> tuple[str, ...]:
    if not table.num_rejected:
        return ()
    listed = table.rejected[:MOST_LISTED_LINES]
    places = [_place_and_reason(entry) for entry in listed]
    if table.num_rejected > len(listed):
        places.append("…")
    rows = "1 row" if table.num_rejected == 1 else f"{table.num_rejected:,} rows"
    return (f"{rows} could not be read ({'; '.join(places)}).",)


def _place_and_reason(entry: UnreadableEntry) -> str:
    """Where a row is in its source: a file of a folder or archive, or a line of a table."""
    if entry.line is None:
        return f"{entry.text!r} {entry.reason}"
    return f"line {entry.line:,}: {entry.reason}"


def _threshold_notes(request: ScoringRequest) -> tuple[str, ...]:
    if request.threshold is None:
        return ()
    return (f"Rows are judged by the threshold {request.threshold:g}, not by the run's own.",)


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in names)
