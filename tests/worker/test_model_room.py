"""A run whose disk has no room for its last checkpoint: the model is saved if it fits."""

import errno
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.data.catalog import open_dataset
from dlstudio.data.raw import read_raw
from dlstudio.data.samples import add_sample
from dlstudio.errors import TrainingError
from dlstudio.reports.progress import EngineChoice
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.work import work_on_run
from dlstudio.settings import MEGABYTE, Settings
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.run import RunSpec
from dlstudio.training import session
from dlstudio.training.checkpoint import Checkpoint, write_checkpoint
from dlstudio.training.last_checkpoint import write_last_checkpoint
from dlstudio.training.state import TrainingState
from dlstudio.worker.job import train_job
from dlstudio.worker.model_room import room_for_model
from tests.fixtures.small_disk import MountDisk

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

# The network has about one megabyte, its checkpoint four.
MODEL_FITS = 3 * MEGABYTE
ONE_CHECKPOINT_FITS = 9 * MEGABYTE // 2


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a workspace whose runs are trained in this process and wait half a second."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    monkeypatch.setenv("DLSTUDIO_CHECKPOINT_S", "0")
    impatient = partial(write_last_checkpoint, patience_s=0.5)
    monkeypatch.setattr(session, "write_last_checkpoint", impatient)
    store = open_store(settings)
    yield store
    store.close()


def wide_spec(settings: Settings) -> RunSpec:
    spec = default_spec(add_sample(settings, "iris").info, targets=("species",))
    wide = DenseLayer(units=500)
    training = spec.training.model_copy(update={"epochs": 4})
    return spec.model_copy(
        update={"architecture": FnnSpec(layers=(wide, wide)), "training": training}
    )


def work_on(store: Store, run_id: str) -> RunRecord:
    """Train a queued run to its end, in a thread because a process has one handler a signal."""
    claim = store.claim_next("here", 1, run_id)
    assert claim is not None
    thread = threading.Thread(target=work_on_run, args=(store, run_id, claim.token, train_job))
    thread.start()
    thread.join()
    return store.get_run(run_id)


def test_a_model_that_fits_is_saved_without_its_last_checkpoint(
    settings: Settings, store: Store, mount_disk: MountDisk
) -> None:
    mount_disk(settings.runs_folder, MODEL_FITS)
    spec = wide_spec(settings)

    run = work_on(store, store.submit(spec).id)

    assert (run.status, run.problem) == (RunStatus.FINISHED, None)
    assert run.metrics["test"]["accuracy"] > 0.5
    assert run.epoch == 4
    said = " ".join(event.text for event in store.list_events(run.id))
    assert f"The disk that holds {store.folder(run.id).checkpoint} stayed full" in said
    assert predicts(settings, spec, store.folder(run.id).model)
    assert left_behind(settings.runs_folder) == []


def test_a_model_that_does_not_fit_says_what_it_needs_and_is_learned_after_a_resume(
    settings: Settings, store: Store, mount_disk: MountDisk
) -> None:
    disk = mount_disk(settings.runs_folder, 2 * ONE_CHECKPOINT_FITS)
    (disk / "other").write_bytes(bytes(ONE_CHECKPOINT_FITS))
    spec = wide_spec(settings)

    run = work_on(store, store.submit(spec).id)

    folder = store.folder(run.id)
    assert run.status is RunStatus.FAILED
    assert run.problem is not None
    assert run.problem.problem == (
        f"The disk that holds {folder.path} is full: the run's model and report need 2 MB or more."
    )
    assert run.problem.fix == (
        "Free 2 MB or more there, then resume the run: it goes on from its last checkpoint, within "
        "epoch 1."
    )
    assert left_behind(settings.runs_folder) == []

    (disk / "other").unlink()
    store.resume_run(run.id)
    resumed = work_on(store, run.id)

    assert (resumed.status, resumed.epoch) == (RunStatus.FINISHED, 4)
    assert predicts(settings, spec, folder.model)


def test_the_way_on_names_the_epoch_of_the_last_checkpoint(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    choice = EngineChoice(mode="graph", reason="a test")
    state = TrainingState(engine=choice, batch_size=16, num_examples=52, seed=1, epoch=7)
    write_checkpoint(folder.checkpoint, Checkpoint(state, [np.zeros(3)]))
    network = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(3000)])

    with pytest.raises(TrainingError, match="need 13 MB or more") as caught:
        fill(folder, network)

    assert caught.value.fix.endswith("it goes on from its last checkpoint, after epoch 7.")


def fill(folder: RunFolder, network: keras.Model) -> None:
    with room_for_model(folder, network):
        raise OSError(errno.ENOSPC, "No space left on device")


def predicts(settings: Settings, spec: RunSpec, path: Path) -> bool:
    """Whether plain Keras predicts raw rows with a run's model."""
    dataset = open_dataset(settings, spec.dataset.name, spec.dataset.fingerprint)
    raw = read_raw(dataset, spec.task.inputs, np.arange(5))
    model: Any = keras.saving.load_model(path)
    predicted = model.predict(raw, verbose=0)
    values = [np.asarray(value) for value in dict(predicted).values()]
    return all(len(value) == 5 for value in values)


def left_behind(folder: Path) -> list[str]:
    """Files that were begun and not finished."""
    names = [path.name for path in folder.rglob("*")]
    return [name for name in names if name.startswith(".") or ".tmp" in name]
