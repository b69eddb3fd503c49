"""Real processes over a real store: the queue moves, workers die, servers restart."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from dlstudio.errors import ConflictError, StudioError
from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.runs.folders import read_log_tail
from dlstudio.runs.launchers.local import LocalLauncher
from dlstudio.runs.lost_workers import kill_run
from dlstudio.runs.machine import process_mark
from dlstudio.runs.records import EventKind, Lease, RunRecord, RunStatus
from dlstudio.runs.store import Store, open_store
from dlstudio.runs.supervisor import PAUSE_S, Supervisor
from dlstudio.settings import Settings
from tests.runs.specs import make_spec

pytestmark = pytest.mark.slow
FAKE = (sys.executable, "-m", "tests.runs.fake_worker")


def wait_for(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.02)


def status(store: Store, run: RunRecord) -> RunStatus:
    return store.get_run(run.id).status


def wait_for_status(store: Store, run: RunRecord, *wanted: RunStatus) -> RunRecord:
    wait_for(lambda: status(store, run) in wanted)
    return store.get_run(run.id)


def wait_for_epoch(store: Store, run: RunRecord, epoch: int) -> None:
    wait_for(lambda: store.get_run(run.id).epoch >= epoch)


def lease_of(store: Store, run: RunRecord) -> Lease:
    return next(lease for lease in store.list_leases() if lease.run_id == run.id)


@pytest.fixture
def supervisor(store: Store) -> Iterator[Supervisor]:
    supervisor = Supervisor(store.settings, store, LocalLauncher(store.settings, FAKE))
    supervisor.start()
    yield supervisor
    end_all_runs(store)
    supervisor.close()


def end_all_runs(store: Store) -> None:
    for run in store.list_runs():
        if run.status is RunStatus.QUEUED:
            store.request_stop(run.id)
    for lease in store.list_leases():
        kill_run(store, lease.run_id)


def test_a_submitted_run_trains_to_its_end(store: Store, supervisor: Supervisor) -> None:
    run = supervisor.submit(make_spec("plain"))
    ended = wait_for_status(store, run, RunStatus.FINISHED)
    assert (ended.epoch, ended.best_epoch, ended.problem) == (5, 5, None)
    losses = [p.value for p in store.read_points(run.id).points if p.name == "loss"]
    assert losses == [1 / epoch for epoch in range(1, 6)]
    kinds = [event.kind for event in store.list_events(run.id)]
    assert kinds == [EventKind.SUBMITTED, EventKind.STARTED, EventKind.FINISHED]
    assert "fake training of plain" in read_log_tail(store.folder(run.id))


def test_the_warm_worker_becomes_the_trainer(store: Store, supervisor: Supervisor) -> None:
    wait_for(lambda: supervisor.is_warm)
    run = supervisor.submit(make_spec("warmed"))
    wait_for_status(store, run, RunStatus.FINISHED)
    assert "was warm" in read_log_tail(store.folder(run.id))
    wait_for(lambda: supervisor.is_warm)


def test_previews_and_predictions_come_from_the_warm_worker(supervisor: Supervisor) -> None:
    preview = supervisor.preview(make_spec())
    assert isinstance(preview, NetworkPreview)
    assert preview.num_parameters == 7
    assert supervisor.predict("run", [{"a": 1}, {"a": None}]) == [
        {"prediction": 1},
        {"prediction": None},
    ]


def test_the_first_warm_worker_waits_until_it_is_wanted(store: Store) -> None:
    supervisor = Supervisor(store.settings, store, LocalLauncher(store.settings, FAKE))
    supervisor.start(warm_delay_s=600.0)
    time.sleep(3 * PAUSE_S)
    assert supervisor._warm is None
    supervisor.warm_up()
    wait_for(lambda: supervisor.is_warm)
    assert supervisor.is_warm
    supervisor.close()


def test_a_warm_worker_that_dies_is_replaced(supervisor: Supervisor) -> None:
    with pytest.raises(StudioError, match="ended unexpectedly|No worker is ready"):
        supervisor._ask("die", timeout_s=4.0)
    wait_for(lambda: supervisor.is_warm)


def test_without_a_started_supervisor_a_preview_says_what_is_missing(store: Store) -> None:
    supervisor = Supervisor(store.settings, store, LocalLauncher(store.settings, FAKE))
    preview = supervisor.preview(make_spec())
    assert isinstance(preview, PreviewFailed)
    assert preview.problems[0].problem == "No worker is ready to compute this."


def test_one_slot_trains_one_run_at_a_time_in_order(store: Store, supervisor: Supervisor) -> None:
    first = supervisor.submit(make_spec("slow"))
    wait_for_epoch(store, first, 1)
    second, third, fourth = (supervisor.submit(make_spec(name)) for name in ("b", "c", "d"))
    assert [store.get_run(run.id).queue_position for run in (second, third, fourth)] == [1, 2, 3]
    store.move_in_queue(fourth.id, 1)
    supervisor.stop(third.id)
    assert status(store, third) is RunStatus.STOPPED
    supervisor.stop(first.id)
    wait_for_status(store, second, RunStatus.FINISHED)
    started = {run.id: store.get_run(run.id).started_at or 0.0 for run in (first, fourth, second)}
    assert list(started) == sorted(started, key=lambda run_id: started[run_id])
    assert store.get_run(third.id).started_at is None


def test_stop_keeps_the_best_model_and_resume_goes_on(store: Store, supervisor: Supervisor) -> None:
    run = supervisor.submit(make_spec("slow"))
    wait_for_epoch(store, run, 2)
    assert supervisor.stop(run.id).status is RunStatus.STOPPING
    stopped = wait_for_status(store, run, RunStatus.STOPPED)
    supervisor.resume(run.id)
    wait_for_epoch(store, run, stopped.epoch + 2)
    supervisor.stop(run.id)
    ended = wait_for_status(store, run, RunStatus.STOPPED)
    epochs = [p.epoch for p in store.read_points(run.id).points if p.name == "loss"]
    assert epochs == list(range(1, ended.epoch + 1))
    assert ended.attempt == 2
    assert ended.duration_s > stopped.duration_s
    with pytest.raises(ConflictError, match="is stopped and cannot be stopped"):
        supervisor.stop(run.id)


def test_sigterm_stops_a_worker_gracefully(store: Store, supervisor: Supervisor) -> None:
    run = supervisor.submit(make_spec("slow"))
    wait_for_epoch(store, run, 1)
    os.kill(lease_of(store, run).pid or 0, signal.SIGTERM)
    stopped = wait_for_status(store, run, RunStatus.STOPPED)
    assert stopped.problem is None


def test_kill_ends_the_worker_at_once(store: Store, supervisor: Supervisor) -> None:
    run = supervisor.submit(make_spec("slow"))
    wait_for_epoch(store, run, 1)
    lease = lease_of(store, run)
    killed = supervisor.kill(run.id)
    assert killed.status is RunStatus.INTERRUPTED
    assert killed.problem is not None
    assert killed.problem.problem == "The run was killed on request."
    wait_for(lambda: process_mark(lease.pid or 0) != lease.process_mark)
    with pytest.raises(ConflictError, match="is interrupted: no worker works on it"):
        supervisor.kill(run.id)


def test_a_crashed_worker_leaves_an_interrupted_run_that_resumes(
    store: Store, supervisor: Supervisor
) -> None:
    run = supervisor.submit(make_spec("crash"))
    crashed = wait_for_status(store, run, RunStatus.INTERRUPTED)
    assert crashed.problem is not None
    assert crashed.problem.problem == "The worker process was ended by the signal SIGSEGV."
    supervisor.resume(run.id)
    wait_for_status(store, run, RunStatus.FINISHED)
    epochs = [p.epoch for p in store.read_points(run.id).points if p.name == "loss"]
    assert epochs == [1, 2, 3, 4, 5]


def test_a_frozen_worker_is_interrupted_when_its_lease_runs_out(settings: Settings) -> None:
    short = Settings(home=settings.home, database_url=settings.database_url, lease_s=4.0)
    store = open_store(short)
    supervisor = Supervisor(short, store, LocalLauncher(short, FAKE))
    supervisor.start()
    run = supervisor.submit(make_spec("mute"))
    wait_for(lambda: status(store, run) is RunStatus.RUNNING and bool(lease_of(store, run).pid))
    frozen = lease_of(store, run)
    lost = wait_for_status(store, run, RunStatus.INTERRUPTED)
    assert lost.problem is not None
    assert "has not written anything for 4 seconds" in lost.problem.problem
    os.kill(frozen.pid or 0, signal.SIGCONT)  # it wakes up, learns that it lost the run, and ends
    wait_for(lambda: process_mark(frozen.pid or 0) is None)
    assert store.get_run(run.id).status is RunStatus.INTERRUPTED
    assert store.read_points(run.id).points == ()
    supervisor.close()
    store.close()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("fail", "It cannot work."),
        (
            "full-disk",
            "The disk that holds {folder} is full, so the run's files could not be written.",
        ),
        ("bug", "Something unexpected happened: KeyError: 'surprise'"),
    ],
)
def test_what_goes_wrong_in_training_becomes_the_problem_of_the_run(
    store: Store, supervisor: Supervisor, name: str, problem: str
) -> None:
    run = supervisor.submit(make_spec(name))
    failed = wait_for_status(store, run, RunStatus.FAILED)
    assert failed.problem is not None
    assert failed.problem.problem == problem.format(folder=store.folder(run.id).path)
    assert "Traceback" in read_log_tail(store.folder(run.id))
    with pytest.raises(ConflictError, match="it has no checkpoint"):
        supervisor.resume(run.id)


SERVER = """
import sys, time
from dlstudio.runs.launchers.local import LocalLauncher
from dlstudio.runs.store import open_store
from dlstudio.runs.supervisor import PAUSE_S, Supervisor
from dlstudio.settings import read_settings
settings = read_settings()
command = (sys.executable, "-m", "tests.runs.fake_worker")
Supervisor(settings, open_store(settings), LocalLauncher(settings, command)).start()
time.sleep(1000)
"""


def start_server(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DLSTUDIO_HOME": str(settings.home),
        "DLSTUDIO_DATABASE_URL": settings.database_url,
    }
    return subprocess.Popen([sys.executable, "-c", SERVER], env=environment)


def end_server(server: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    children = psutil.Process(server.pid).children()
    server.kill()
    server.wait()
    return children


def test_a_run_outlives_the_server_that_started_it(store: Store) -> None:
    server = start_server(store.settings)
    run = store.submit(make_spec("slow"))
    wait_for_epoch(store, run, 1)
    worker = lease_of(store, run)
    end_server(server)
    before = store.get_run(run.id).epoch
    wait_for_epoch(store, run, before + 3)
    server = start_server(store.settings)
    wait_for_epoch(store, run, before + 10)
    assert lease_of(store, run) is not None
    assert lease_of(store, run).token == worker.token
    store.request_stop(run.id)
    wait_for_status(store, run, RunStatus.STOPPED)
    end_server(server)


def test_a_server_that_starts_later_finds_a_worker_that_died_meanwhile(store: Store) -> None:
    server = start_server(store.settings)
    run = store.submit(make_spec("slow"))
    wait_for_epoch(store, run, 1)
    end_server(server)
    os.kill(lease_of(store, run).pid or 0, signal.SIGKILL)
    assert status(store, run) is RunStatus.RUNNING
    server = start_server(store.settings)
    lost = wait_for_status(store, run, RunStatus.INTERRUPTED)
    assert lost.problem is not None
    assert lost.problem.problem == "The worker process ended without a word."
    end_server(server)


def test_a_warm_worker_ends_with_its_server(store: Store) -> None:
    server = start_server(store.settings)
    wait_for(lambda: len(psutil.Process(server.pid).children()) > 0)
    (warm,) = end_server(server)
    wait_for(lambda: not warm.is_running() or warm.status() == psutil.STATUS_ZOMBIE)
    assert not warm.is_running() or warm.status() == psutil.STATUS_ZOMBIE


def test_two_servers_share_the_slots(store: Store) -> None:
    servers = [start_server(store.settings) for _ in range(2)]
    ids = [store.submit(make_spec(f"run-{number}")).id for number in range(6)]
    most = 0
    while not all(store.get_run(run_id).status.is_over for run_id in ids):
        most = max(most, len(store.list_leases()))
        time.sleep(0.01)
    for server in servers:
        end_server(server)
    assert most == 1
    assert {store.get_run(run_id).status for run_id in ids} == {RunStatus.FINISHED}
    assert {store.get_run(run_id).attempt for run_id in ids} == {1}
