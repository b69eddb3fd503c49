"""Where fine-tuning begins stands in the curves, in words."""

from pathlib import Path

import pytest

from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.ui import live_chart
from dlstudio.ui.fine_tuning import fine_tuning_marks, last_frozen_epoch
from tests.ui.fine_tuned_runs import describe_photos, fine_tuned
from tests.ui.opened import open_page
from tests.ui.past_runs import finished_run, iris_spec


def runs_with(store: Store, *frozen_epochs: int) -> list[RunRecord]:
    """Runs of three epochs; 0 frozen epochs is a run of a table."""
    runs = []
    for number, frozen in enumerate(frozen_epochs):
        spec = fine_tuned(iris_spec(), frozen) if frozen else iris_spec()
        run = finished_run(store, spec, f"run {number}", 0.8)
        if frozen:
            describe_photos(store, run)
        runs.append(run)
    return runs


def marks(store: Store, runs: list[RunRecord], axis: str = "epoch") -> list[tuple[float, str]]:
    return fine_tuning_marks(runs, store.read_curves([run.id for run in runs]), axis)


def test_the_run_that_fine_tunes_is_named_where_it_begins(store: Store) -> None:
    runs = runs_with(store, 0, 2)
    assert marks(store, runs) == [(2.0, "run 1: fine-tuning begins")]
    assert marks(store, runs, "seconds") == [(pytest.approx(0.2), "run 1: fine-tuning begins")]


def test_runs_that_begin_at_the_same_place_share_a_mark(store: Store) -> None:
    found = marks(store, runs_with(store, 1, 2, 1))
    assert found == [(1.0, "fine-tuning begins"), (2.0, "run 1: fine-tuning begins")]


def test_what_was_never_reached_has_no_mark(store: Store) -> None:
    assert marks(store, runs_with(store, 3, 7)) == []


def test_a_run_without_images_or_not_begun_has_none(store: Store) -> None:
    (table,) = runs_with(store, 0)
    assert last_frozen_epoch(table) is None
    waiting = store.submit(fine_tuned(iris_spec(), 2))
    assert last_frozen_epoch(waiting) is None
    describe_photos(store, waiting)
    assert last_frozen_epoch(waiting) == 2


def test_a_long_name_leaves_room_for_the_words(store: Store) -> None:
    run = finished_run(store, fine_tuned(iris_spec(), 1), "a name of many, many letters", 0.8)
    describe_photos(store, run)
    assert marks(store, [run]) == [(1.0, "a name of many, man…: fine-tuning begins")]


@pytest.mark.slow
def test_compare_draws_the_mark(store: Store) -> None:
    first, second = runs_with(store, 0, 2)
    app = open_page("compare", runs=f"{first.id},{second.id}")
    (chart,) = app.get("plotly_chart")
    assert "run 1: fine-tuning begins" in chart.proto.spec


def test_words_are_the_same_in_the_browser() -> None:
    script = Path(live_chart.__file__).parent / "assets" / "live_marks.js"
    assert '"fine-tuning begins"' in script.read_text(encoding="utf-8")
