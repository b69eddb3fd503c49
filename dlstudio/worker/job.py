"""One run from its spec to its model: data, training, evaluation, files."""

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.label_lists import with_labels
from dlstudio.models.heavy_imports import import_tensorflow
from dlstudio.runs.attempt import Ending, WorkerReport
from dlstudio.runs.folders import RunFolder, write_text_atomically
from dlstudio.runs.work import Job
from dlstudio.settings import read_settings
from dlstudio.spec.documents import write_yaml
from dlstudio.spec.run import RunSpec


def train_job(job: Job) -> Ending:
    """Train a run; called by `work_on_run`, which turns errors into the run's problem.

    Args:
        job: The run, claimed.

    Returns:
        How it ended: finished, stopped on request, or failed because the loss was no number.

    Raises:
        StudioError: The dataset is gone, or the data cannot be trained on.
    """
    dataset, spec = _open_data(job)
    _write_what_was_asked(job.folder, dataset, spec)
    import_tensorflow()
    from dlstudio.worker.training import train_model
    from dlstudio.worker.watcher import StoreWatcher

    watcher = StoreWatcher(job.heartbeat)
    trained = train_model(dataset, spec, job.folder, watcher, read_settings().checkpoint_s)
    outcome = trained.outcome
    job.heartbeat.tell(WorkerReport(engine=outcome.engine))
    return Ending(
        status=trained.status,
        metrics=trained.metrics,
        best_epoch=outcome.best_epoch or None,
        epoch=outcome.num_epochs,
        artifacts=trained.artifacts,
        problem=outcome.problem,
        message=trained.message,
    )


def _open_data(job: Job) -> tuple[Dataset, RunSpec]:
    """The dataset, and the spec with its fingerprint: a resumed run reads the same version."""
    spec = job.run.spec
    fingerprint = job.run.fingerprint or spec.dataset.fingerprint
    dataset = open_dataset(read_settings(), spec.dataset.name, fingerprint)
    if not job.run.fingerprint:
        job.attempt.pin_dataset(dataset.info.fingerprint)
    pinned = spec.dataset.model_copy(update={"fingerprint": dataset.info.fingerprint})
    return with_labels(dataset, spec), spec.model_copy(update={"dataset": pinned})


def _write_what_was_asked(folder: RunFolder, dataset: Dataset, spec: RunSpec) -> None:
    write_text_atomically(folder.spec, write_yaml(spec))
    write_text_atomically(folder.dataset, dataset.info.model_dump_json())
