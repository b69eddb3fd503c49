"""The end of a run that learned the inputs themselves: report, model, files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.evaluate_generation import evaluate_generation
from dlstudio.evaluation.evaluate_rebuilding import evaluate_rebuilding
from dlstudio.evaluation.rebuilding_tables import RebuildingFiles
from dlstudio.export.generator_file import write_generator
from dlstudio.export.keras_file import write_keras_file
from dlstudio.models.assemble_rebuilding import assemble_rebuilding
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.runs.folders import RunFolder
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
        generator = write_generator(preparation, spec, folder.path)
        return Finished(judged.report, (generator, *judged.files))
    tables = RebuildingFiles(folder.predictions, folder.codes)
    evaluated = evaluate_rebuilding(preparation, spec, tables)
    model = assemble_rebuilding(
        preparation.preprocessor, preparation.network, preparation.canvas, evaluated.threshold
    )
    files = write_keras_file(model, spec, dataset.info, _example(preparation, dataset), folder.path)
    return Finished(evaluated.report, (*files, folder.codes))


def _example(preparation: CanvasPreparation, dataset: Dataset) -> Mapping[str, np.ndarray]:
    """One raw row."""
    names = preparation.preprocessor.columns.names
    return read_raw(dataset, names, preparation.learned.train[:1])
