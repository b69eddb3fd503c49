"""Claims, leases and fencing: what may happen to a run, and who may write about it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from dlstudio.errors import ConflictError, Problem, StudioError
from dlstudio.reports.progress import MetricPoint
from dlstudio.runs import heartbeat as heartbeat_module
from dlstudio.runs.attempt import Attempt, Ending, LeaseLostError, WorkerReport
from dlstudio.runs.database import Database, open_database, retry_while_busy
from dlstudio.runs.heartbeat import Heartbeat
from dlstudio.runs.lost_workers import LeaseWatch
from dlstudio.runs.queue import ALL_SLOTS, Claim
from dlstudio.runs.records import Lease, RunStatus
from dlstudio.runs.schema import store_version
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from tests.runs.specs import make_spec


def claim(store: Store, num_slots: int = 1, host: str = "here") -> Claim:
    claimed = store.claim_next(host, num_slots)
    assert claimed is not None
    return claimed


def attempt(store: Store, claimed: Claim) -> Attempt:
    return Attempt(store.database, claimed.run_id, claimed.token)


CLAIMER = """
import sys
from dlstudio.runs.attempt import Attempt, Ending
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from pathlib import Path
store = open_store(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
while (claim := store.claim_next("here", num_slots=3)) is not None or store.has_queued():
    if claim is not None:
        print(claim.run_id, flush=True)
        Attempt(store.database, claim.run_id, claim.token).end(Ending(RunStatus.FINISHED))
"""


@pytest.mark.slow
def test_many_processes_claim_each_run_once(store: Store) -> None:
    ids = {store.submit(make_spec()).id for _ in range(40)}
    command = [sys.executable, "-c", CLAIMER, str(store.settings.home)]
    processes = [
        subprocess.Popen([*command, store.settings.database_url], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    claimed = [line for process in processes for line in process.communicate()[0].split()]
    assert all(process.returncode == 0 for process in processes)
    assert sorted(claimed) == sorted(ids)
    assert {run.status for run in store.list_runs()} == {RunStatus.FINISHED}


def test_slots_are_counted_by_machine(store: Store) -> None:
    for _ in range(4):
        store.submit(make_spec())
    assert [claim(store, num_slots=2).slot, claim(store, num_slots=2).slot] == [0, 1]
    assert store.claim_next("here", num_slots=2) is None
    assert claim(store, num_slots=2, host="there").slot == 0


def test_a_run_that_asks_for_a_certain_gpu_waits_for_its_slot(store: Store) -> None:
    wanted = [store.submit(make_spec(device=device)) for device in ("gpu:1", "gpu:1", "gpu")]
    claims = [claim(store, num_slots=2) for _ in range(2)]
    assert [(c.run_id, c.slot) for c in claims] == [(wanted[0].id, 1), (wanted[2].id, 0)]
    assert store.claim_next("here", num_slots=2) is None


def test_a_run_on_all_gpus_waits_for_all_slots_and_lets_nobody_pass(store: Store) -> None:
    first, whole, last = (store.submit(make_spec(device=d)) for d in ("auto", "all_gpus", "auto"))
    running = claim(store, num_slots=2)
    assert running.run_id == first.id
    assert store.claim_next("here", num_slots=2) is None
    attempt(store, running).end(Ending(RunStatus.FINISHED))
    taken = claim(store, num_slots=2)
    assert (taken.run_id, taken.slot) == (whole.id, ALL_SLOTS)
    assert store.claim_next("here", num_slots=2) is None
    attempt(store, taken).end(Ending(RunStatus.FINISHED))
    assert claim(store, num_slots=2).run_id == last.id


def test_a_command_claims_its_own_run_and_no_other(store: Store) -> None:
    store.submit(make_spec())
    mine = store.submit(make_spec())
    claimed = store.claim_next("here", num_slots=1, only=mine.id)
    assert claimed is not None
    assert claimed.run_id == mine.id


def test_a_worker_that_lost_its_run_can_write_nothing(store: Store) -> None:
    store.submit(make_spec())
    stale = claim(store)
    assert store.interrupt(stale.run_id, stale.token, Problem("It is gone.", "Resume it."))
    old = attempt(store, stale)
    forbidden: list[Callable[[], object]] = [
        lambda: old.report(WorkerReport(epoch=9)),
        lambda: old.end(Ending(RunStatus.FINISHED)),
        lambda: old.say_hello(),
        lambda: old.pin_dataset("x"),
    ]
    store.resume_run(stale.run_id)
    fresh = claim(store)
    assert fresh.token > stale.token
    for write in forbidden:
        with pytest.raises(LeaseLostError, match="is no longer this worker's"):
            write()
    run = store.get_run(stale.run_id)
    assert (run.status, run.epoch, run.fingerprint) == (RunStatus.RUNNING, 0, "f" * 64)
    attempt(store, fresh).report(WorkerReport(epoch=2))
    assert store.get_run(stale.run_id).epoch == 2


def test_an_interruption_that_comes_too_late_changes_nothing(store: Store) -> None:
    store.submit(make_spec())
    done = claim(store)
    attempt(store, done).end(Ending(RunStatus.FINISHED))
    assert not store.interrupt(done.run_id, done.token, None)
    assert store.get_run(done.run_id).status is RunStatus.FINISHED


def test_a_deleted_run_is_lost_for_its_former_worker(store: Store) -> None:
    store.submit(make_spec())
    gone = claim(store)
    store.interrupt(gone.run_id, gone.token, None)
    store.delete_run(gone.run_id)
    with pytest.raises(LeaseLostError):
        attempt(store, gone).report(WorkerReport(epoch=1))


def test_a_stop_request_reaches_the_worker_with_its_next_report(store: Store) -> None:
    store.submit(make_spec())
    working = attempt(store, claim(store))
    assert not working.report(WorkerReport())
    store.request_stop(working.run_id)
    store.request_stop(working.run_id)  # pressing the button twice does no harm
    assert working.report(WorkerReport())
    working.end(Ending(RunStatus.STOPPED, message="Stopped."))
    assert store.get_run(working.run_id).status is RunStatus.STOPPED


def test_only_runs_that_ended_early_can_be_resumed(store: Store) -> None:
    run = store.submit(make_spec("r"))
    with pytest.raises(ConflictError, match="is queued and cannot be resumed"):
        store.resume_run(run.id)
    store.request_stop(run.id)
    assert store.resume_run(run.id).status is RunStatus.QUEUED
    working = attempt(store, claim(store))
    with pytest.raises(ConflictError, match="is running and cannot be resumed"):
        store.resume_run(run.id)
    working.end(Ending(RunStatus.FINISHED))
    with pytest.raises(ConflictError, match="is finished and cannot be resumed"):
        store.resume_run(run.id)
    with pytest.raises(ConflictError, match="is finished and cannot be moved"):
        store.move_in_queue(run.id, 1)


def test_a_failed_run_with_a_checkpoint_can_be_resumed(store: Store) -> None:
    run = store.submit(make_spec())
    problem = Problem("The disk is full.", "Free some.")
    attempt(store, claim(store)).end(Ending(RunStatus.FAILED, problem=problem))
    assert store.get_run(run.id).problem == problem
    folder = store.folder(run.id).checkpoint
    folder.mkdir()
    (folder / "checkpoint.npz.1.tmp").write_text("a torn write is no checkpoint")
    with pytest.raises(ConflictError, match="it has no checkpoint"):
        store.resume_run(run.id)
    (folder / "checkpoint.npz").write_text("whole")
    resumed = store.resume_run(run.id)
    assert (resumed.status, resumed.problem) == (RunStatus.QUEUED, None)


def test_a_run_whose_loss_was_no_number_is_not_trained_into_it_again(store: Store) -> None:
    run = store.submit(make_spec())
    problem = Problem("The loss became NaN.", "Lower it.", "training.learning_rate")
    attempt(store, claim(store)).end(Ending(RunStatus.FAILED, problem=problem))
    store.folder(run.id).checkpoint.mkdir()
    (store.folder(run.id).checkpoint / "checkpoint.npz").write_text("whole")
    with pytest.raises(ConflictError, match="its loss would be no number again") as caught:
        store.resume_run(run.id)
    assert "lower the learning rate" in caught.value.fix


def test_a_lease_counts_as_silent_only_by_what_the_watch_itself_has_seen() -> None:
    watch = LeaseWatch(lease_s=20.0)

    def lease(num_heartbeats: int) -> Lease:
        # The time of the heartbeat is of another clock and long ago: it must not matter.
        return Lease("r", 1, "elsewhere", 0, None, None, 0.0, num_heartbeats)

    look(watch, lease(2), 100, 119)
    assert watch.silent([lease(3)], now=120.0) == ()
    look(watch, lease(3), 121, 140)
    assert watch.silent([lease(3)], now=140.5) == (lease(3),)
    assert watch.silent([], now=142.0) == ()


def test_a_watch_that_was_away_itself_does_not_count_that_time() -> None:
    watch = LeaseWatch(lease_s=20.0)
    lease = Lease("r", 1, "elsewhere", 0, 1, 1.0, 0.0, num_heartbeats=5)
    look(watch, lease, 0, 10)
    assert watch.silent([lease], now=3_600.0) == ()
    look(watch, lease, 3_601, 3_608)
    assert watch.silent([lease], now=3_609.0) == (lease,)


def test_time_in_which_nobody_could_write_is_no_silence() -> None:
    watch = LeaseWatch(lease_s=20.0)
    lease = Lease("r", 1, "elsewhere", 0, 1, 1.0, 0.0, num_heartbeats=5)
    look(watch, lease, 0, 19)
    watch.forget()
    look(watch, lease, 20, 40)
    assert watch.silent([lease], now=41.0) == (lease,)


def test_a_worker_that_is_only_starting_has_more_time() -> None:
    watch = LeaseWatch(lease_s=20.0)
    starting = Lease("r", 1, "elsewhere", 0, 1, 1.0, 0.0, num_heartbeats=1)
    look(watch, starting, 0, 180)
    assert watch.silent([starting], now=181.0) == (starting,)


def look(watch: LeaseWatch, lease: Lease, first_s: int, last_s: int) -> None:
    """Look once a second at a lease that does not move; it is not silent for too long yet."""
    for now in range(first_s, last_s + 1):
        assert watch.silent([lease], now=float(now)) == ()


def test_news_is_kept_while_the_database_is_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'studio.db'}?timeout=0.2"
    store = open_store(Settings(home=tmp_path, database_url=url))
    store.submit(make_spec())
    working = attempt(store, claim(store))
    with Heartbeat(working) as heartbeat:
        with store.database.writing():
            heartbeat.tell(WorkerReport(epoch=1, messages=("one",)))
            time.sleep(1.0)
            heartbeat.tell(WorkerReport(epoch=2, messages=("two",)))
        time.sleep(0.1)
    texts = [event.text for event in store.list_events(working.run_id)]
    assert texts[-2:] == ["one", "two"]
    assert store.get_run(working.run_id).epoch == 2
    store.close()


def test_a_heartbeat_whose_lease_is_lost_asks_the_worker_to_stop(store: Store) -> None:
    store.submit(make_spec())
    claimed = claim(store)
    with Heartbeat(attempt(store, claimed)) as heartbeat:
        assert not heartbeat.should_stop
        store.interrupt(claimed.run_id, claimed.token, None)
        give_up_at = time.monotonic() + 10
        while not heartbeat.should_stop and time.monotonic() < give_up_at:
            time.sleep(0.02)
        assert heartbeat.is_lost


def test_fast_epochs_cause_at_most_five_writes_a_second(store: Store) -> None:
    store.submit(make_spec())
    claimed = claim(store)
    started = time.monotonic()
    with Heartbeat(attempt(store, claimed)) as heartbeat:
        while time.monotonic() - started < 1.5:
            heartbeat.tell(WorkerReport(epoch=1))
            time.sleep(0.001)
    (lease,) = store.list_leases()
    assert 3 <= lease.num_heartbeats <= 9


def test_the_first_points_are_written_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat_module, "SHORTEST_PAUSE_S", 30.0)
    run = store.submit(make_spec())
    claimed = claim(store)
    point = MetricPoint(split="train", name="loss", epoch=1, step=1, time_s=0.1, value=1.0)
    with Heartbeat(attempt(store, claimed)) as heartbeat:
        heartbeat.tell(WorkerReport(num_parameters=1))
        give_up_at = time.monotonic() + 10
        while store.get_run(run.id).num_parameters is None and time.monotonic() < give_up_at:
            time.sleep(0.01)
        heartbeat.tell(WorkerReport(epoch=1, points=(point,)))
        while not store.read_points(run.id).points and time.monotonic() < give_up_at:
            time.sleep(0.01)
        assert store.read_points(run.id).points == (point,)


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    run = store.submit(make_spec())
    with store.database.writing() as connection:
        connection.execute(sa.text("UPDATE runs SET note = 'half done'"))
        seen: list[str] = []
        reader = threading.Thread(target=lambda: seen.append(store.get_run(run.id).note))
        reader.start()
        reader.join(timeout=5.0)
        assert seen == [""]


def test_a_transaction_is_repeated_until_the_lock_is_gone() -> None:
    tries = []

    def flaky() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return "done"

    assert retry_while_busy(flaky, patience_s=5.0) == "done"
    with pytest.raises(OperationalError, match="no such table"):
        retry_while_busy(_fail_for_ever, patience_s=60.0)  # waiting does not help here


def _fail_for_ever() -> None:
    raise OperationalError("INSERT", {}, Exception("no such table: runs"))


def test_a_store_of_a_newer_program_is_refused(settings: Settings) -> None:
    open_store(settings).close()
    database: Database = open_database(settings.database_url)
    with database.writing() as connection:
        connection.execute(store_version.update().values(version=99))
    database.close()
    with pytest.raises(ConflictError, match="has version 99, but this program knows up to"):
        open_store(settings)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysterydb://x/y", "postgres://me:secret@host/runs", "postgresql//me:secret@host"],
)
def test_an_address_that_is_no_database_is_refused_without_its_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(StudioError, match="The store's address") as caught:
        open_store(Settings(home=tmp_path, database_url=url))
    assert "secret" not in str(caught.value)


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    url = f"sqlite:///{tmp_path / 'folder.db'}"
    with pytest.raises(StudioError, match="cannot be opened: unable to open database file"):
        open_store(Settings(home=tmp_path, database_url=url))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_text("this is not a database, whatever its name says" * 100)
    with pytest.raises(StudioError, match="cannot be opened: file is not a database"):
        open_store(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'junk.db'}"))
