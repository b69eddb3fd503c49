"""Workers that are gone, and workers that a person wants gone."""

import subprocess
import threading
import time
from dataclasses import replace

import pytest

from dlstudio.errors import Problem
from dlstudio.runs.attempt import Attempt, WorkerReport
from dlstudio.runs.lost_workers import kill_run, settle_run
from dlstudio.runs.machine import host_name, is_alive, process_mark
from dlstudio.runs.queue import Claim
from dlstudio.runs.records import RunStatus
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


def test_a_run_that_nobody_works_on_is_settled_at_once(store: Store) -> None:
    run = store.submit(make_spec())
    assert settle_run(store, run.id) == run
