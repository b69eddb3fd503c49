"""What the live curves are told."""

import json

import pytest

from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from dlstudio.ui.live_feed import LiveEvent, LiveFeed, thin_out
from tests.ui.drafts import draft_spec


@pytest.fixture
def store(settings: Settings) -> Store:
    settings.home.mkdir(parents=True)
    return open_store(settings)


def test_a_status_is_told_once_until_it_changes(store: Store) -> None:
    run = store.submit(draft_spec(), name="one")
    feed = LiveFeed(store, [run.id])
    first = feed.read()
    assert [event.kind for event in first] == ["status", "progress"] or first[0].kind == "status"
    assert first[0].data == {
        run.id: {"status": "queued", "name": "one", "num_epochs": run.num_epochs}
    }
    assert feed.read() == []
    store.request_stop(run.id)
    again = feed.read()
    assert [event.kind for event in again] == ["status", "end"]


def test_a_run_that_was_removed_is_over(store: Store) -> None:
    events = LiveFeed(store, ["nothing"]).read()
    assert events[0].data == {"nothing": {"status": "removed", "name": "", "num_epochs": 0}}
    assert events[-1].kind == "end"


def test_a_run_that_is_named_twice_is_followed_once(store: Store) -> None:
    run = store.submit(draft_spec())
    events = LiveFeed(store, [run.id, run.id]).read()
    assert len([event for event in events if event.kind == "status"]) == 1


def test_long_curves_are_thinned_evenly_and_keep_both_ends() -> None:
    rows = [(epoch, epoch, float(epoch), 0.0) for epoch in range(1, 10_002)]
    kept = thin_out(rows, most=100)
    assert len(kept) <= 101
    assert kept[0] == rows[0]
    assert kept[-1] == rows[-1]


def test_short_curves_stay_as_they_are() -> None:
    rows = [(1, 1, 1.0, 0.5)]
    assert thin_out(rows) is rows


def test_an_event_is_written_as_the_browser_reads_it() -> None:
    text = LiveEvent("points", {"a": [1]}, id=7).as_text()
    assert text == 'event: points\nid: 7\ndata: {"a": [1]}\n\n'
    assert json.loads(LiveEvent("end", {}).as_text().split("data: ")[1]) == {}
