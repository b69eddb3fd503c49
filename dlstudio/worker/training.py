"""From a dataset and a spec to a trained, evaluated and saved model."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import keras

from dlstudio.data.dataset import Dataset
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.evaluate import evaluate_splits
from dlstudio.evaluation.evaluate_forecast import evaluate_forecast, fitted_series
from dlstudio.evaluation.rolling import first_times, raw_windows
from dlstudio.export.keras_file import write_keras_file
from dlstudio.models.assemble import assemble
from dlstudio.models.forecast_model import assemble_forecast
from dlstudio.reports.evaluation import EvaluationReport
from dlstudio.runs.folders import RunFolder, write_text_atomically
from dlstudio.runs.records import Artifact, RunStatus
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import KeptWeights, TrainingSpec
from dlstudio.training.checkpoint import read_checkpoint
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.fine_tuning import FineTuning, freeze_first
from dlstudio.training.outcome import StopReason, TrainingOutcome
from dlstudio.training.prepare import Preparation, RawColumns, prepare
from dlstudio.training.prepare_forecast import ForecastPreparation, prepare_forecast
from dlstudio.training.prepare_unsupervised import CanvasPreparation, prepare_unsupervised
from dlstudio.training.trainer import CHECKPOINT_S, train
from dlstudio.worker.alarm_watcher import AlarmWatcher
from dlstudio.worker.canvas_run import finish_canvas_run
from dlstudio.worker.device import use_device
from dlstudio.worker.film import FilmWatcher
from dlstudio.worker.model_room import room_for_model
from dlstudio.worker.run_watcher import RunWatcher

AnyPreparation = Preparation | ForecastPreparation | CanvasPreparation


@dataclass(frozen=True)
class TrainedRun:
    """What a run came to; without a finished epoch there is neither a model nor a metric."""

    outcome: TrainingOutcome
    metrics: dict[str, dict[str, float]]
    artifacts: tuple[Artifact, ...]
    keep: KeptWeights = KeptWeights.BEST

    @property
    def status(self) -> RunStatus:
        """The status that the run ends with."""
        if self.outcome.stopped_because is StopReason.ASKED:
            return RunStatus.STOPPED
        if self.outcome.stopped_because is StopReason.DIVERGED:
            return RunStatus.FAILED
        return RunStatus.FINISHED

    @property
    def message(self) -> str:
        """One sentence about why it ended."""
        noun = "epoch" if self.outcome.num_epochs == 1 else "epochs"
        epochs = f"after {self.outcome.num_epochs} {noun}; the best was {self.outcome.best_epoch}"
        if self.keep is KeptWeights.LAST:
            epochs = f"after {self.outcome.num_epochs} {noun}; the last is kept"
        if self.outcome.problem is not None:
            return self.outcome.problem.problem
        if not self.outcome.num_epochs:
            return "Stopped on request before the first epoch was over: there is no model yet."
        if self.outcome.stopped_because is StopReason.ASKED:
            return f"Stopped on request {epochs}."
        if self.outcome.stopped_because is StopReason.EARLY_STOPPING:
            return f"Nothing improved any more {epochs}."
        return f"All epochs are done {epochs}."


def train_model(
    dataset: Dataset,
    spec: RunSpec,
    folder: RunFolder,
    watcher: RunWatcher,
    checkpoint_s: float = CHECKPOINT_S,
) -> TrainedRun:
    """Train, evaluate and save; goes on from the folder's checkpoint if there is one.

    Args:
        dataset: The dataset that the spec names.
        spec: A spec without problems.
        folder: Where checkpoint, model, predictions and report go.
        watcher: Hears what happens and may ask to stop.
        checkpoint_s: Fewest seconds from one checkpoint to the next.

    Returns:
        What came out.

    Raises:
        StudioError: The data cannot be trained on, or the disk is full.
    """
    keras.backend.clear_session()  # a warm worker has built other networks: names begin anew
    keras.utils.set_random_seed(spec.training.seed)
    device = use_device(spec.training)
    with device.scope():
        preparation = _prepare(dataset, spec)
        fine_tuning = _compile(preparation, spec)
    for note in (f"Computes on {device}.", *preparation.notes):
        watcher.on_log(note)
    if isinstance(preparation, CanvasPreparation):
        watcher = FilmWatcher(watcher, preparation, spec, folder)
        if isinstance(spec.architecture, (VaeSpec, GanSpec)):
            watcher = AlarmWatcher(watcher, preparation, spec, folder)
    outcome = train(
        preparation.network,
        preparation.data,
        spec.training,
        watcher,
        folder.checkpoint,
        resume=_begin(preparation, folder, watcher),
        fine_tuning=fine_tuning,
        checkpoint_s=checkpoint_s,
    )
    if outcome.best_epoch == 0:
        return TrainedRun(outcome, {}, (), spec.training.keep)
    with room_for_model(folder, preparation.network):
        return _save(preparation, outcome, dataset, spec, folder)


def _prepare(dataset: Dataset, spec: RunSpec) -> AnyPreparation:
    if spec.task.kind is TaskKind.FORECASTING:
        return prepare_forecast(dataset, spec)
    if spec.task.kind.is_unsupervised:
        return prepare_unsupervised(dataset, spec)
    return prepare(dataset, spec)


def _compile(preparation: AnyPreparation, spec: RunSpec) -> FineTuning | None:
    network = preparation.network
    scale = None if isinstance(preparation, CanvasPreparation) else preparation.target_scale

    def compile_for(training: TrainingSpec, num_epochs: int) -> None:
        num_steps = _steps_per_epoch(preparation) * num_epochs
        compile_model(network, spec.task, training, num_steps, scale)

    fine_tuning = freeze_first(network, spec, compile_for)
    num_epochs = fine_tuning.after_epochs if fine_tuning else spec.training.epochs
    compile_for(spec.training, num_epochs)
    return fine_tuning


def _begin(preparation: AnyPreparation, folder: RunFolder, watcher: RunWatcher) -> bool:
    """Say what is about to be trained; whether there is a checkpoint to go on from."""
    checkpoint = read_checkpoint(folder.checkpoint)
    watcher.begin(
        num_parameters=preparation.network.count_params(),
        steps_per_epoch=_steps_per_epoch(preparation),
        history=checkpoint.state.history if checkpoint else (),
    )
    return checkpoint is not None


def _steps_per_epoch(preparation: AnyPreparation) -> int:
    return num_training_steps(len(preparation.data.train), preparation.batch_size, 1)


def _save(
    preparation: AnyPreparation,
    outcome: TrainingOutcome,
    dataset: Dataset,
    spec: RunSpec,
    folder: RunFolder,
) -> TrainedRun:
    if isinstance(preparation, CanvasPreparation):
        finished = finish_canvas_run(preparation, outcome, dataset, spec, folder)
        report, files = finished.report, finished.files
    elif isinstance(preparation, ForecastPreparation):
        model, report, example = _evaluate_forecast(preparation, spec, folder)
        files = write_keras_file(model, spec, dataset.info, example, folder.path)
    else:
        model, report, example = _evaluate_rows(preparation, dataset, spec, folder)
        files = write_keras_file(model, spec, dataset.info, example, folder.path)
    write_text_atomically(folder.report, report.model_dump_json())
    kept = dict.fromkeys((*files, folder.report, folder.predictions, folder.spec))
    artifacts = tuple(_artifact(path) for path in kept if path.exists())
    return TrainedRun(outcome, report.metrics, artifacts, spec.training.keep)


def _evaluate_rows(
    preparation: Preparation, dataset: Dataset, spec: RunSpec, folder: RunFolder
) -> tuple[keras.Model, EvaluationReport, RawColumns]:
    """The complete model, its report, and one raw row."""
    model = assemble(preparation.preprocessor, preparation.network, preparation.codec)
    report = evaluate_splits(model, dataset, spec, preparation.split, folder.predictions)
    example = read_raw(dataset, spec.task.inputs, preparation.split.train[:1])
    return model, report, example


def _evaluate_forecast(
    preparation: ForecastPreparation, spec: RunSpec, folder: RunFolder
) -> tuple[keras.Model, EvaluationReport, RawColumns]:
    """The complete model, its report, and one raw window."""
    preprocessor, split = preparation.preprocessor, preparation.split
    model = assemble_forecast(preprocessor, preparation.network)
    fitted = fitted_series(spec, preprocessor.layout, split)
    write_text_atomically(folder.series, fitted.model_dump_json())
    report = evaluate_forecast(model, spec, preprocessor.layout, split, folder.predictions)
    example = raw_windows(split.table, preprocessor.layout, split.train[:1])
    example[preprocessor.time] = first_times(split.table, split.train[:1])[:, None]
    return model, report, example


def _artifact(path: Path) -> Artifact:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Artifact(name=path.name, path=str(path), size_bytes=path.stat().st_size, sha256=digest)
