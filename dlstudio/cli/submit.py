"""From a spec file to a queued run."""

from collections.abc import Sequence
from pathlib import Path

from dlstudio.cli.spec_files import load_spec, require_trainable, with_dataset_problems
from dlstudio.data.label_lists import open_for_spec
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.mended import FieldsError
from dlstudio.spec.run import RunSpec


def submit_spec(
    settings: Settings, path: Path, overrides: Sequence[str], name: str | None
) -> tuple[Store, RunRecord]:
    """Read and check a spec file and put its run into the queue.

    Args:
        settings: The workspace.
        path: A YAML or JSON file.
        overrides: Texts such as "training.epochs=5".
        name: A name for the run; the spec's by default.

    Returns:
        The store and the queued run.

    Raises:
        SpecError: The spec cannot be trained; carries every problem.
        NotFoundError: The file or the dataset does not exist.
    """
    try:
        spec = load_spec(path, overrides)
    except FieldsError as error:
        raise with_dataset_problems(settings, error) from error
    info = open_for_spec(settings, spec).info
    require_trainable(spec, info)
    store = open_store(settings)
    return store, store.submit(_pinned(spec, info), name)


def _pinned(spec: RunSpec, info: DatasetInfo) -> RunSpec:
    """The spec with the version that is current now, so that the run can be repeated."""
    dataset = spec.dataset.model_copy(update={"fingerprint": info.fingerprint})
    return spec.model_copy(update={"dataset": dataset})
