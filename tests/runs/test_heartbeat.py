"""The worker's voice outlives every error of the database."""

import logging
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from dlstudio.reports.progress import MetricPoint
from dlstudio.runs.attempt import Attempt, WorkerReport
from dlstudio.runs.heartbeat import Heartbeat
from dlstudio.runs.store import Store
from tests.runs.specs import make_spec

POINT = MetricPoint(split="train", name="loss", epoch=1, step=1, time_s=0.1, value=1.0)


def started(store: Store) -> Attempt:
    """The attempt of a run that has just been claimed."""
    store.submit(make_spec())
    claimed = store.claim_next("here", num_slots=1)
    assert claimed is not None
    return Attempt(store.database, claimed.run_id, claimed.token)


def wait_until(holds: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def rename(store: Store, old: str, new: str) -> None:
    with store.database.writing() as connection:
        connection.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))


def num_beats(store: Store) -> int:
    (lease,) = store.list_leases()
    return lease.num_heartbeats


def test_news_that_the_database_refuses_does_not_end_the_beat(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = started(store)
    with caplog.at_level(logging.WARNING), Heartbeat(attempt) as heartbeat:
        rename(store, "metric_points", "elsewhere")  # no such table: an error that is not passing
        heartbeat.tell(WorkerReport(epoch=1, points=(POINT,)))
        wait_until(lambda: bool(caplog.records))
        beats = num_beats(store)
        wait_until(lambda: num_beats(store) >= beats + 2)  # the lease is renewed all the same
        rename(store, "elsewhere", "metric_points")
        wait_until(lambda: bool(store.read_points(attempt.run_id).points))
    assert store.get_run(attempt.run_id).epoch == 1
    (record,) = caplog.records  # once, however often it was tried
    assert "The run store cannot be written, trying again" in record.message


def test_a_stop_request_is_heard_while_news_is_refused(store: Store) -> None:
    attempt = started(store)
    with Heartbeat(attempt) as heartbeat:
        rename(store, "metric_points", "elsewhere")
        heartbeat.tell(WorkerReport(points=(POINT,)))
        store.request_stop(attempt.run_id)
        wait_until(lambda: heartbeat.should_stop)
        rename(store, "elsewhere", "metric_points")
    assert store.read_points(attempt.run_id).points == (POINT,)


def test_a_store_that_is_gone_for_a_while_is_waited_for(store: Store) -> None:
    attempt = started(store)
    with Heartbeat(attempt) as heartbeat:
        rename(store, "leases", "elsewhere")  # not even the lease can be renewed
        heartbeat.tell(WorkerReport(epoch=3))
        time.sleep(0.7)
        rename(store, "elsewhere", "leases")
        wait_until(lambda: store.get_run(attempt.run_id).epoch == 3)
        assert not heartbeat.should_stop


def test_a_worker_whose_news_does_not_fit_on_the_disk_says_that_it_lives(store: Store) -> None:
    if not store.database.is_sqlite:
        pytest.skip("only SQLite's file can be kept from growing")
    attempt = started(store)
    attempt.say_hello()
    beats = num_beats(store)
    set_most_pages(store, 1)  # SQLite takes as many as there are already
    with pytest.raises(OperationalError, match="full"):
        attempt.report(WorkerReport(epoch=1, messages=("a long story " * 10_000,)))
    assert num_beats(store) == beats + 1
    assert store.get_run(attempt.run_id).epoch == 0
    set_most_pages(store, 2**30)
    attempt.report(WorkerReport(epoch=1))
    assert store.get_run(attempt.run_id).epoch == 1


def set_most_pages(store: Store, num_pages: int) -> None:
    """Limit the database's file as a full disk does."""
    with store.database.reading() as connection:
        connection.execute(sa.text(f"PRAGMA max_page_count = {num_pages}"))
