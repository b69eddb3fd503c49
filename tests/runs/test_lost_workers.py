"""Workers that are gone, and workers that a person wants gone."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from dlstudio.errors import Problem
from dlstudio.runs.attempt import Attempt, Ending, WorkerReport
from dlstudio.runs.lost_workers import LeaseWatch, interrupt_lost_runs, kill_run, settle_run
from dlstudio.runs.machine import host_name, is_alive, process_mark
from dlstudio.runs.queue import Claim
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store
from tests.runs.specs import make_spec


def claim(store: Store, host: str) -> Claim:
    """A run that a worker of some machine has taken."""
    store.submit(make_spec("lost"))
    claimed = store.claim_next(host, num_slots=1)
    assert claimed is not None
    return claimed


class Witness(Store):
    """Notes whether a process was still there when a run was declared interrupted."""

    pid, mark, was_alive = 0, 0.0, False

    def interrupt(self, run_id: str, token: int, problem: Problem | None) -> bool:
        time.sleep(0.1)  # as long as a process that was sent SIGKILL may take to end
        self.was_alive = is_alive(self.pid, self.mark)
        return super().interrupt(run_id, token, problem)


@pytest.mark.slow
def test_a_kill_is_written_down_before_anyone_can_find_the_worker_dead(store: Store) -> None:
    witness = Witness(store.settings, store.database)
    claimed = claim(store, host_name())
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as worker:
        Attempt(store.database, claimed.run_id, claimed.token).introduce(worker.pid)
        witness.pid, witness.mark = worker.pid, process_mark(worker.pid) or 0.0
        killed = kill_run(witness, claimed.run_id)
        assert worker.wait(timeout=30) == -9
    assert witness.was_alive
    assert killed.problem is not None
    assert killed.problem.problem == "The run was killed on request."


def test_a_run_of_a_machine_that_went_down_is_interrupted_when_someone_asks(store: Store) -> None:
    claimed = claim(store, "this-machine:before-it-was-restarted")
    Attempt(store.database, claimed.run_id, claimed.token).say_hello()
    assert store.get_run(claimed.run_id).status is RunStatus.RUNNING

    short = Store(replace(store.settings, lease_s=0.3), store.database)
    settled = settle_run(short, claimed.run_id)

    assert settled.status is RunStatus.INTERRUPTED
    assert store.resume_run(settled.id).status is RunStatus.QUEUED


def test_a_worker_that_writes_is_left_alone(store: Store) -> None:
    claimed = claim(store, "another-machine:up")
    attempt = Attempt(store.database, claimed.run_id, claimed.token)
    attempt.say_hello()
    threading.Timer(0.2, lambda: attempt.report(WorkerReport(epoch=1))).start()

    settled = settle_run(store, claimed.run_id)

    assert (settled.status, settled.epoch) == (RunStatus.RUNNING, 1)


class FullDisk(Store):
    """A store whose disk is full until somebody frees some space."""

    has_room = False

    def prove_writable(self) -> None:
        if not self.has_room:
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
        super().prove_writable()


def test_a_worker_that_waited_for_room_on_the_disk_is_not_called_dead_when_there_is_some(
    store: Store,
) -> None:
    claimed = claim(store, "another-machine:up")
    attempt = Attempt(store.database, claimed.run_id, claimed.token)
    attempt.say_hello()
    full = FullDisk(replace(store.settings, lease_s=0.4), store.database)
    watch = LeaseWatch(full.settings.lease_s)

    def look() -> bool:
        """Whether a silent worker was found while the disk was full."""
        time.sleep(0.05)
        try:
            interrupt_lost_runs(full, watch)
        except DBAPIError:
            return True
        return False

    while not look():
        pass
    full.has_room = True  # the worker tries again only in a moment
    assert not look()
    assert not look()
    attempt.end(Ending(RunStatus.FAILED, problem=Problem("The disk is full.", "Free some.")))
    assert not look()
    assert store.get_run(claimed.run_id).status is RunStatus.FAILED


def test_a_run_that_nobody_works_on_is_settled_at_once(store: Store) -> None:
    run = store.submit(make_spec())
    assert settle_run(store, run.id) == run


ENDS_EARLY = """
import os, sys
from pathlib import Path
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.machine import host_name
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
store = open_store(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
claim = store.claim_next(host_name(), num_slots=1)
if len(sys.argv) > 3:
    Attempt(store.database, claim.run_id, claim.token).introduce(int(sys.argv[3]))
os._exit(9)
"""


def end_before_the_worker_speaks(store: Store, *pid: str) -> RunRecord:
    """A run that a command claimed and, if a pid is given, introduced a worker for, then ended."""
    run = store.submit(make_spec("early"))
    command = [sys.executable, "-c", ENDS_EARLY, str(store.settings.home)]
    ended = subprocess.run([*command, store.settings.database_url, *pid])
    assert ended.returncode == 9
    assert store.get_run(run.id).status is RunStatus.RUNNING
    return run


def test_a_run_whose_worker_was_never_started_is_interrupted_at_once(store: Store) -> None:
    run = end_before_the_worker_speaks(store)
    started = time.monotonic()
    settled = settle_run(store, run.id)
    assert time.monotonic() - started < 5
    assert settled.status is RunStatus.INTERRUPTED
    assert settled.problem is not None
    assert settled.problem.problem == "What was about to start the worker ended before it could."


def test_a_worker_that_ended_before_it_was_introduced_is_noticed_at_once(store: Store) -> None:
    with subprocess.Popen(["true"]) as worker:
        pass
    run = end_before_the_worker_speaks(store, str(worker.pid))
    started = time.monotonic()
    assert settle_run(store, run.id).status is RunStatus.INTERRUPTED
    assert time.monotonic() - started < 5


def test_a_run_killed_before_its_worker_was_started_spares_who_wants_to_start_it(
    store: Store,
) -> None:
    claimed = claim(store, host_name())
    (lease,) = store.list_leases()
    assert (lease.pid, lease.is_introduced) == (os.getpid(), False)
    assert kill_run(store, claimed.run_id).status is RunStatus.INTERRUPTED
