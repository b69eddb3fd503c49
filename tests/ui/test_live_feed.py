"""What the live curves are told."""

import json
from collections.abc import Iterator
from typing import cast

import pytest

from dlstudio.runs.records import PointBatch
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings
from dlstudio.ui.live_feed import LiveEvent, LiveFeed, thin_out
from tests.ui.drafts import draft_spec
from tests.ui.live_runs import begin_runs


def test_a_status_is_told_once_until_it_changes(store: Store) -> None:
    run = store.submit(draft_spec(), name="one")
    feed = LiveFeed(store, [run.id])
    first = feed.read()
    assert [event.kind for event in first] == ["status"]
    assert first[0].data == {
        run.id: {"status": "queued", "name": "one", "num_epochs": run.num_epochs}
    }
    assert feed.read() == []
    store.request_stop(run.id)
    again = feed.read()
    assert [event.kind for event in again] == ["status", "end"]


def test_only_a_run_that_trains_without_a_point_is_looked_at_more_often(settings: Settings) -> None:
    (live,) = begin_runs(settings, ["eager"])
    waiting = live.store.submit(draft_spec())
    queued = LiveFeed(live.store, [waiting.id])
    queued.read()
    assert not queued.awaits_first_points
    feed = LiveFeed(live.store, [live.run.id])
    feed.read()
    assert feed.awaits_first_points
    live.train(1)
    feed.read()
    assert not feed.awaits_first_points


def test_a_run_that_was_removed_is_over(store: Store) -> None:
    events = LiveFeed(store, ["nothing"]).read()
    assert events[0].data == {"nothing": {"status": "removed", "name": "", "num_epochs": 0}}
    assert events[-1].kind == "end"


def test_a_run_that_is_named_twice_is_followed_once(store: Store) -> None:
    run = store.submit(draft_spec())
    events = LiveFeed(store, [run.id, run.id]).read()
    assert len([event for event in events if event.kind == "status"]) == 1


@pytest.fixture
def racing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveFeed]:
    """A feed of two runs that both train just after the first of them was read."""
    first, second = begin_runs(settings, ["first", "second"])
    read = first.store.read_points

    def read_while_both_go_on(run_id: str, after_id: int, limit: int) -> PointBatch:
        batch = read(run_id, after_id=after_id, limit=limit)
        if run_id == first.run.id and not first.epoch:
            first.train(1)
            second.train(1)
        return batch

    monkeypatch.setattr(first.store, "read_points", read_while_both_go_on)
    yield LiveFeed(first.store, [first.run.id, second.run.id])
    first.store.close()


def runs_with_points(events: list[LiveEvent]) -> set[str]:
    points = [cast(dict[str, object], event.data) for event in events if event.kind == "points"]
    return {run_id for found in points for run_id in found}


def test_points_written_while_another_run_is_read_are_told_at_the_next_look(
    racing: LiveFeed,
) -> None:
    assert len(runs_with_points([*racing.read(), *racing.read()])) == 2


def test_a_listener_that_comes_back_misses_nothing(racing: LiveFeed, settings: Settings) -> None:
    events = racing.read()
    (seen_id,) = [event.id for event in events if event.kind == "points"]
    store = open_store(settings)
    run_ids = [run.id for run in store.list_runs()]
    again = LiveFeed(store, run_ids, seen_id or 0)
    assert len(runs_with_points(again.read())) == 2
    store.close()


def test_long_curves_are_thinned_evenly_and_keep_both_ends() -> None:
    rows = [(epoch, epoch, float(epoch), 0.0) for epoch in range(1, 10_002)]
    kept = thin_out(rows, most=100)
    assert len(kept) <= 101
    assert kept[0] == rows[0]
    assert kept[-1] == rows[-1]


def test_the_best_value_of_a_long_curve_is_kept() -> None:
    rows = [(epoch, epoch, float(epoch), abs(epoch - 777.0)) for epoch in range(1, 10_002)]
    rows[4_999] = (5_000, 5_000, 5_000.0, 1e6)
    kept = thin_out(rows, most=100)
    assert min(row[3] for row in kept) == 0.0
    assert max(row[3] for row in kept) == 1e6
    assert [row[0] for row in kept] == sorted(row[0] for row in kept)


def test_short_curves_stay_as_they_are() -> None:
    rows = [(1, 1, 1.0, 0.5)]
    assert thin_out(rows) is rows


def test_an_event_is_written_as_the_browser_reads_it() -> None:
    text = LiveEvent("points", {"a": [1]}, id=7).as_text()
    assert text == 'event: points\nid: 7\ndata: {"a": [1]}\n\n'
    assert json.loads(LiveEvent("end", {}).as_text().split("data: ")[1]) == {}
