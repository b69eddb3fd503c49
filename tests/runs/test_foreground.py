"""A run in the foreground of a command, with real processes."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest
from sqlalchemy.exc import OperationalError

from dlstudio.errors import Problem
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.folders import read_log_tail
from dlstudio.runs.foreground import ForegroundWorker
from dlstudio.runs.launchers.local import LocalLauncher
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store
from dlstudio.runs.supervisor import Supervisor
from tests.runs.specs import make_spec
from tests.runs.test_supervisor import FAKE, wait_for, wait_for_epoch

pytestmark = pytest.mark.slow


@pytest.fixture
def launcher(store: Store) -> LocalLauncher:
    return LocalLauncher(store.settings, FAKE)


def test_a_worker_started_early_trains_the_run(store: Store, launcher: LocalLauncher) -> None:
    worker = ForegroundWorker(launcher)
    run = store.submit(make_spec("plain"))
    seen: list[RunRecord] = []
    ended = worker.train(store, run.id, seen.append)
    assert ended.status is RunStatus.FINISHED
    assert seen[-1].status is RunStatus.FINISHED
    assert {record.epoch for record in seen} >= {5}
    assert "was warm" in read_log_tail(store.folder(run.id))
    worker.close()


class Shaky(Store):
    """A store whose database goes away now and then."""

    num_failures = 0

    def get_run(self, reference: str) -> RunRecord:
        run = super().get_run(reference)
        if run.epoch >= 2 and self.num_failures < 3:
            self.num_failures += 1
            raise OperationalError("SELECT", {}, Exception("the connection is closed"))
        return run


def test_a_database_that_goes_away_is_waited_for(store: Store, launcher: LocalLauncher) -> None:
    shaky = Shaky(store.settings, store.database)
    worker = ForegroundWorker(launcher)
    run = store.submit(make_spec("plain"))
    heard: list[Problem] = []
    ended = worker.train(shaky, run.id, lambda record: None, heard.append)
    (problem,) = heard  # once, however often it was tried
    assert problem.problem == "The store of runs does not answer: the connection is closed."
    assert (ended.status, shaky.num_failures) == (RunStatus.FINISHED, 3)
    worker.close()


class FullDisk(Store):
    """A store that cannot be written when a run is to be declared interrupted."""

    num_failures = 0

    def interrupt(self, run_id: str, token: int, problem: Problem | None) -> bool:
        if self.num_failures < 2:
            self.num_failures += 1
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
        return super().interrupt(run_id, token, problem)


def test_why_a_worker_ended_is_told_although_the_disk_was_full(
    store: Store, launcher: LocalLauncher
) -> None:
    full = FullDisk(store.settings, store.database)
    worker = ForegroundWorker(launcher)
    run = store.submit(make_spec("crash"))
    heard: list[Problem] = []
    ended = worker.train(full, run.id, lambda record: None, heard.append)
    assert ended.status is RunStatus.INTERRUPTED
    assert ended.problem is not None
    assert "SIGSEGV" in ended.problem.problem
    assert [problem.problem for problem in heard] == [
        "The disk that holds the store of runs is full."
    ]
    worker.close()


def test_a_worker_that_is_not_needed_ends(launcher: LocalLauncher) -> None:
    worker = ForegroundWorker(launcher)
    assert worker._warm is not None
    process = worker._warm.process
    worker.close()
    wait_for(lambda: process.poll() is not None)


def test_a_run_waits_for_a_free_slot(store: Store, launcher: LocalLauncher) -> None:
    store.submit(make_spec("other"))
    other = store.claim_next(launcher.host, launcher.num_slots)
    assert other is not None
    run = store.submit(make_spec("mine"))
    worker = ForegroundWorker(launcher)
    threading.Timer(0.5, lambda: store.interrupt(other.run_id, other.token, None)).start()
    started = time.monotonic()
    assert worker.train(store, run.id, lambda record: None).status is RunStatus.FINISHED
    assert time.monotonic() - started > 0.5
    worker.close()


def test_a_run_does_not_pass_those_that_wait_in_front_of_it(
    store: Store, launcher: LocalLauncher
) -> None:
    store.submit(make_spec("other"))
    other = store.claim_next(launcher.host, launcher.num_slots)
    assert other is not None
    Attempt(store.database, other.run_id, other.token).say_hello()
    first, mine = store.submit(make_spec("first")), store.submit(make_spec("mine"))
    studio = Supervisor(store.settings, store, launcher)
    studio.start()
    worker = ForegroundWorker(launcher)
    threading.Timer(0.7, lambda: store.interrupt(other.run_id, other.token, None)).start()

    ended = worker.train(store, mine.id, lambda record: None)

    begun = store.get_run(first.id).started_at
    assert ended.status is RunStatus.FINISHED
    assert ended.started_at is not None
    assert begun is not None and begun < ended.started_at
    worker.close()
    studio.close()


def test_a_queue_that_nobody_serves_is_passed(store: Store, launcher: LocalLauncher) -> None:
    abandoned, mine = store.submit(make_spec("abandoned")), store.submit(make_spec("mine"))
    worker = ForegroundWorker(launcher)
    assert worker.train(store, mine.id, lambda record: None).status is RunStatus.FINISHED
    assert store.get_run(abandoned.id).status is RunStatus.QUEUED
    worker.close()


def test_a_worker_that_crashes_is_noticed(store: Store, launcher: LocalLauncher) -> None:
    worker = ForegroundWorker(launcher)
    run = store.submit(make_spec("crash"))
    ended = worker.train(store, run.id, lambda record: None)
    assert ended.status is RunStatus.INTERRUPTED
    assert ended.problem is not None
    assert "SIGSEGV" in ended.problem.problem
    worker.close()


COMMAND = """
import sys
from dlstudio.runs.foreground import ForegroundWorker
from dlstudio.runs.launchers.local import LocalLauncher
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings
settings = read_settings()
store = open_store(settings)
worker = ForegroundWorker(LocalLauncher(settings, (sys.executable, "-m", "tests.runs.fake_worker")))
print(worker.train(store, sys.argv[1], lambda record: None).status)
"""


def start_command(store: Store, run: RunRecord) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "DLSTUDIO_HOME": str(store.settings.home),
        "DLSTUDIO_DATABASE_URL": store.settings.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, run.id],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_stops_the_run_and_keeps_its_model(store: Store) -> None:
    run = store.submit(make_spec("slow"))
    command = start_command(store, run)
    wait_for_epoch(store, run, 2)
    command.send_signal(signal.SIGINT)
    output, _ = command.communicate(timeout=30)
    assert output.strip() == "stopped"
    assert store.get_run(run.id).status is RunStatus.STOPPED


def test_a_second_ctrl_c_kills_the_worker(store: Store) -> None:
    run = store.submit(make_spec("slow"))
    command = start_command(store, run)
    wait_for_epoch(store, run, 1)
    (lease,) = store.list_leases()
    os.kill(lease.pid or 0, signal.SIGSTOP)  # a worker that does not react to the first
    command.send_signal(signal.SIGINT)
    wait_for(lambda: store.get_run(run.id).status is RunStatus.STOPPING)
    command.send_signal(signal.SIGINT)
    output, _ = command.communicate(timeout=30)
    assert output.strip() == "interrupted"
    assert not psutil.pid_exists(lease.pid or 0)
