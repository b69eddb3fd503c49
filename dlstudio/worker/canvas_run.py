"""The end of a run that learned the inputs themselves: report, model, files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.evaluate_generation import evaluate_generation
from dlstudio.evaluation.evaluate_rebuilding import evaluate_rebuilding
from dlstudio.evaluation.rebuilding_answers import with_told
from dlstudio.evaluation.rebuilding_tables import RebuildingFiles
from dlstudio.export.generator_file import write_generator
from dlstudio.export.keras_file import write_keras_file
from dlstudio.models.architectures.vae import VaeNetwork
from dlstudio.models.assemble_rebuilding import LearnedBeside, ToldClass, assemble_rebuilding
from dlstudio.models.names import asked_names
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.canvas import CanvasKind, asked_columns, told_column
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.prepare_unsupervised import CanvasPreparation


@dataclass(frozen=True)
class Finished:
    """A report and the files that belong to it."""

    report: EvaluationReport
    files: tuple[Path, ...]


def finish_canvas_run(
    preparation: CanvasPreparation,
    outcome: TrainingOutcome,
    dataset: Dataset,
    spec: RunSpec,
    folder: RunFolder,
) -> Finished:
    """Score a trained network and write its files.

    Args:
        preparation: What was trained; the network holds its best weights.
        outcome: What the training came to.
        dataset: The dataset.
        spec: The run's spec.
        folder: Where files go.
    """
    if spec.task.kind is TaskKind.GENERATION:
        judged = evaluate_generation(preparation, spec, folder, outcome.history)
        files = write_generator(preparation, spec, folder.path)
        if isinstance(preparation.network, VaeNetwork):
            files += _write_model(preparation, dataset, spec, folder)
        return Finished(judged.report, (*files, *judged.files))
    tables = RebuildingFiles(folder.predictions, folder.codes)
    evaluated = evaluate_rebuilding(preparation, spec, tables)
    files = _write_model(preparation, dataset, spec, folder, evaluated.threshold)
    return Finished(evaluated.report, (*files, folder.codes))


def _write_model(
    preparation: CanvasPreparation,
    dataset: Dataset,
    spec: RunSpec,
    folder: RunFolder,
    threshold: float | None = None,
) -> tuple[Path, ...]:
    """The model that rebuilds rows, and how to use it."""
    labels, told = preparation.labels, told_column(spec)
    known = None
    if told is not None and labels is not None:
        known = ToldClass(asked_names(spec)[told], labels.classes)
    beside = LearnedBeside(threshold, known, _training_sequences(preparation))
    model = assemble_rebuilding(
        preparation.preprocessor, preparation.network, preparation.canvas, beside
    )
    example = read_raw(dataset, asked_columns(spec), preparation.learned.train[:1])
    return write_keras_file(model, spec, dataset.info, with_told(example, spec), folder.path)


def _training_sequences(preparation: CanvasPreparation) -> np.ndarray | None:
    """The rows that the scaling of sequences was fitted on; None for anything else."""
    canvas = preparation.canvas
    if canvas.kind is not CanvasKind.SERIES or canvas.block is None:
        return None
    name = canvas.block.column.name
    return preparation.source.take([name], preparation.learned.train)[name]
