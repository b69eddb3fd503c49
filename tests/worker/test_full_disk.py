"""A worker whose disk is full: what is told, and how a stop or a kill ends its wait."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlstudio.data.samples import add_sample
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.room import room_problem, waits_for_room
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.supervisor import Supervisor
from dlstudio.settings import Settings
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.run import RunSpec
from tests.fixtures.small_disk import MountDisk, fill_disk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ROOM_BYTES = 3_000_000  # the network has about a million bytes, its checkpoint four times that


def wait_for(condition: Callable[[], bool], timeout_s: float = 120.0) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    yield store
    store.close()


@pytest.fixture
def supervisor(settings: Settings, store: Store, mount_disk: MountDisk) -> Iterator[Supervisor]:
    """Trains on a small disk; database and dataset are elsewhere."""
    mount_disk(settings.home / "runs", ROOM_BYTES)
    supervisor = Supervisor(settings, store)
    supervisor.start()
    yield supervisor
    supervisor.close()


def wide_spec(settings: Settings) -> RunSpec:
    spec = default_spec(add_sample(settings, "iris").info, targets=("species",))
    wide = DenseLayer(units=500)
    training = spec.training.model_copy(update={"epochs": 3})
    return spec.model_copy(
        update={"architecture": FnnSpec(layers=(wide, wide)), "training": training}
    )


def waiting_run(store: Store, supervisor: Supervisor, spec: RunSpec) -> RunRecord:
    run = supervisor.submit(spec)
    wait_for(lambda: waits_for_room(store.get_run(run.id)) or store.get_run(run.id).status.is_over)
    waiting = store.get_run(run.id)
    assert room_problem(waiting, store.settings.runs_folder) is not None
    return waiting


def test_a_stop_ends_the_wait_and_keeps_what_fits(
    settings: Settings, store: Store, supervisor: Supervisor
) -> None:
    run = waiting_run(store, supervisor, wide_spec(settings))

    supervisor.stop(run.id)
    wait_for(lambda: store.get_run(run.id).status.is_over, timeout_s=30.0)

    ended = store.get_run(run.id)
    assert (ended.status, ended.problem) == (RunStatus.STOPPED, None)
    assert ended.metrics["test"]["accuracy"] > 0.5
    assert store.folder(run.id).model.is_file()
    assert left_behind(store.folder(run.id).path) == []


def test_a_stop_says_so_if_nothing_fits(
    settings: Settings, store: Store, supervisor: Supervisor
) -> None:
    run = waiting_run(store, supervisor, wide_spec(settings))
    fill_disk(settings.home / "runs")

    supervisor.stop(run.id)
    wait_for(lambda: store.get_run(run.id).status.is_over, timeout_s=30.0)

    ended = store.get_run(run.id)
    assert ended.status is RunStatus.FAILED
    assert ended.problem is not None
    assert f"The disk that holds {store.folder(run.id).path} is full" in ended.problem.problem
    assert "clone the run: it has no checkpoint" in ended.problem.fix
    assert not store.folder(run.id).model.exists()
    assert left_behind(store.folder(run.id).path) == []


def test_a_kill_ends_the_wait(settings: Settings, store: Store, supervisor: Supervisor) -> None:
    run = waiting_run(store, supervisor, wide_spec(settings))

    supervisor.kill(run.id)

    wait_for(lambda: store.get_run(run.id).status.is_over, timeout_s=10.0)
    assert store.get_run(run.id).status is RunStatus.INTERRUPTED


def left_behind(folder: Path) -> list[str]:
    """Files that were begun and not finished."""
    names = [path.name for path in folder.rglob("*")]
    return [name for name in names if name.startswith(".") or ".tmp" in name or ".part" in name]
