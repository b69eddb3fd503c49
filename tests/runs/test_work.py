"""The shell around the work on a run: what happens at its very end."""

import threading

from dlstudio.errors import Problem
from dlstudio.runs.attempt import Ending
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import Store
from dlstudio.runs.work import Job, work_on_run
from tests.runs.specs import make_spec


def work(store: Store, *, is_taken_away: bool) -> str:
    """Work on a new run to its end, in a thread because a process has one handler a signal."""
    run = store.submit(make_spec())
    claim = store.claim_next("here", 1, run.id)
    assert claim is not None

    def train(job: Job) -> Ending:
        job.folder.checkpoint.mkdir()
        (job.folder.checkpoint / "checkpoint.npz").write_text("whole")
        if is_taken_away:
            store.interrupt(run.id, claim.token, Problem("Silent.", "Resume the run."))
        return Ending(RunStatus.FINISHED, epoch=5, best_epoch=5)

    thread = threading.Thread(target=work_on_run, args=(store, run.id, claim.token, train))
    thread.start()
    thread.join()
    return run.id


def test_the_checkpoint_of_a_finished_run_is_removed(store: Store) -> None:
    run_id = work(store, is_taken_away=False)
    assert store.get_run(run_id).status is RunStatus.FINISHED
    assert not store.folder(run_id).has_checkpoint


def test_a_run_taken_away_at_its_very_end_goes_on_from_its_checkpoint(store: Store) -> None:
    run_id = work(store, is_taken_away=True)
    assert store.get_run(run_id).status is RunStatus.INTERRUPTED
    assert store.folder(run_id).has_checkpoint
    assert store.resume_run(run_id).status is RunStatus.QUEUED


def test_what_a_killed_worker_had_only_begun_to_write_is_removed(store: Store) -> None:
    run = store.submit(make_spec())
    folder = store.folder(run.id)
    folder.checkpoint.mkdir()
    folder.samples.mkdir()
    torn = (
        folder.path / ".report.json.76h0tahp",
        folder.path / ".model.b54c25c6.keras",
        folder.samples / ".frame.abc",
        folder.checkpoint / "checkpoint.npz.17.tmp",
    )
    whole = (folder.spec, folder.samples / "1.npz", folder.checkpoint / "checkpoint.npz")
    for path in (*torn, *whole):
        path.write_text("x")
    claim = store.claim_next("here", 1, run.id)
    assert claim is not None
    left: list[bool] = []

    def train(job: Job) -> Ending:
        left.extend(path.exists() for path in (*torn, *whole))
        return Ending(RunStatus.STOPPED)

    thread = threading.Thread(target=work_on_run, args=(store, run.id, claim.token, train))
    thread.start()
    thread.join()
    assert left == [False] * len(torn) + [True] * len(whole)
