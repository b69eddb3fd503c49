"""Workers that are gone, and workers that a person wants gone."""

import subprocess
import time

import pytest

from dlstudio.errors import Problem
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.lost_workers import kill_run
from dlstudio.runs.machine import host_name, is_alive, process_mark
from dlstudio.runs.queue import Claim
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
