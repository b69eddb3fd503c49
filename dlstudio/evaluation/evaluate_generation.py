"""Draws samples from a trained VAE or GAN, judges them, and keeps what pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.canvas_rows import feature_batches
from dlstudio.evaluation.code_activity import CodeActivity, collapse_alarms, validation_activity
from dlstudio.evaluation.drawn_samples import draw_samples, judge_drawn
from dlstudio.evaluation.loss_alarms import GanLosses, gan_alarms
from dlstudio.evaluation.mode_coverage import advised
from dlstudio.evaluation.predictions import ROW, SPLIT, write_predictions
from dlstudio.evaluation.report import SPLITS
from dlstudio.evaluation.samples_file import write_samples
from dlstudio.models.adversarial_losses import guessing_loss
from dlstudio.models.architectures.vae import VaeNetwork
from dlstudio.models.code_notes import code_notes
from dlstudio.models.rebuilding import CODE, squared_error
from dlstudio.reports.evaluation import EvaluationReport, SplitReport
from dlstudio.reports.generation import Alarm
from dlstudio.reports.progress import EpochReport
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation


@dataclass(frozen=True)
class EvaluatedGeneration:
    """A report, and the files that were written beside it."""

    report: EvaluationReport
    files: tuple[Path, ...]


def evaluate_generation(
    preparation: CanvasPreparation,
    spec: RunSpec,
    folder: RunFolder,
    history: Sequence[EpochReport] = (),
) -> EvaluatedGeneration:
    """Draw samples with the run's seed and judge them by held-out rows.

    Args:
        preparation: What was trained; the network holds its best weights.
        spec: The run's spec; its architecture is a VAE or a GAN.
        folder: Where samples, and of a VAE codes and errors of all rows, are written.
        history: The epochs, whose losses tell a game that went wrong.
    """
    drawn = draw_samples(preparation, spec)
    found = judge_drawn(preparation, spec, drawn)
    lacking = advised(found.report.alarms, spec.architecture)
    activity = validation_activity(preparation)
    alarms = (*lacking, *_alarms(activity, spec, history))
    said = activity.information if activity else ()
    notes = (*found.report.notes, *code_notes(spec, preparation.canvas))
    more = {"alarms": alarms, "code_information": said, "notes": notes}
    judged = found.report.model_copy(update=more)
    files = list(write_samples(preparation, drawn, found, folder.path))
    splits = dict(_rebuilt_splits(preparation, folder))
    if splits:
        files.append(folder.predictions)
    last = splits.get("test", SplitReport(num_rows=len(preparation.split.test), metrics={}))
    test = last.model_copy(update={"metrics": last.metrics | judged.metrics})
    report = EvaluationReport(
        task=spec.task.kind.value, splits=splits | {"test": test}, generation=judged
    )
    return EvaluatedGeneration(report, tuple(files))


def _alarms(
    activity: CodeActivity | None, spec: RunSpec, history: Sequence[EpochReport]
) -> tuple[Alarm, ...]:
    if isinstance(spec.architecture, GanSpec):
        generator, discriminator = (
            np.asarray([report.metrics["train"].get(name, np.nan) for report in history])
            for name in ("generator_loss", "discriminator_loss")
        )
        game = spec.architecture
        guessing, is_limited = guessing_loss(game.loss), game.spectral_normalization
        num_epochs = spec.training.epochs
        return gan_alarms(GanLosses(generator, discriminator, guessing, num_epochs, is_limited))
    return collapse_alarms(activity) if activity else ()


def _rebuilt_splits(
    preparation: CanvasPreparation, folder: RunFolder
) -> Sequence[tuple[str, SplitReport]]:
    """Errors of a VAE by split; keeps codes and errors of all rows. A GAN has none."""
    if not isinstance(preparation.network, VaeNetwork):
        return ()
    tables, splits = [], []
    for name in SPLITS:
        rows = getattr(preparation.split, name)
        if not len(rows):
            continue
        errors, codes = _rebuilt(preparation, rows)
        splits.append((name, _split_report(errors)))
        table = {
            ROW: pa.array(rows, pa.int64()),
            SPLIT: pa.array([name] * len(rows)),
            "reconstruction_error": pa.array(errors),
        }
        table |= {f"code_{i}": pa.array(codes[:, i]) for i in range(codes.shape[1])}
        tables.append(pa.table(table))
    write_predictions(pa.concat_tables(tables), folder.predictions)
    return splits


def _rebuilt(preparation: CanvasPreparation, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root of the mean squared error of each row, and its code."""
    errors, codes = [], []
    for batch in feature_batches(preparation, rows):
        outputs: Any = preparation.network(batch, training=False)
        errors.append(np.sqrt(np.asarray(squared_error(outputs), "float64")))
        codes.append(np.asarray(keras.ops.convert_to_numpy(outputs[CODE]), "float32"))
    return np.concatenate(errors), np.concatenate(codes)


def _split_report(errors: np.ndarray) -> SplitReport:
    rmse = float(np.sqrt(np.square(errors).mean()))
    return SplitReport(num_rows=len(errors), metrics={"rmse": rmse})
