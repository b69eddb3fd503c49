"""Two people change one run at the same time: nobody's change is lost without a word."""

import pytest

from dlstudio.errors import ConflictError, NotFoundError
from dlstudio.runs.edits import RunEdit, change_run, delete_if_there
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from tests.runs.specs import make_spec


@pytest.fixture
def seen(store: Store) -> RunRecord:
    """The run as both have it on their screens."""
    run = store.submit(make_spec("plain"))
    store.set_note(run.id, "first look")
    return store.set_tags(run.id, ["old", "shared"])


def test_what_two_people_change_about_a_run_both_counts(store: Store, seen: RunRecord) -> None:
    change_run(store, seen, RunEdit("of ben", ("old", "shared", "ben"), "a note of ben"))
    change_run(store, seen, RunEdit(seen.name, ("shared", "ann"), seen.note))
    now = store.get_run(seen.id)
    assert (now.name, now.note) == ("of ben", "a note of ben")
    assert set(now.tags) == {"shared", "ben", "ann"}


@pytest.mark.parametrize("field", ["name", "note"])
def test_what_both_change_in_two_ways_is_said(store: Store, seen: RunRecord, field: str) -> None:
    as_seen = {"name": seen.name, "tags": seen.tags, "note": seen.note}
    change_run(store, seen, RunEdit(**{**as_seen, field: "of ben"}))
    with pytest.raises(ConflictError, match=f"The {field} was changed meanwhile.* 'of ben'"):
        change_run(store, seen, RunEdit(**{**as_seen, field: "of ann", "tags": ("ann",)}))
    now = store.get_run(seen.id)
    assert (getattr(now, field), now.tags) == ("of ben", seen.tags)
    change_run(store, seen, RunEdit(**{**as_seen, field: "of ben"}))  # the same wish is no conflict


def test_a_run_that_was_deleted_meanwhile_is_not_edited(store: Store, seen: RunRecord) -> None:
    delete_if_there(store, seen.id)
    with pytest.raises(NotFoundError):
        change_run(store, seen, RunEdit("late", (), ""))


def test_runs_that_somebody_else_has_deleted_do_not_keep_the_others(
    store: Store, seen: RunRecord
) -> None:
    other = store.submit(make_spec("plain"))
    store.delete_run(seen.id)
    for run in (seen, other):
        delete_if_there(store, run.id)
    assert store.count_runs() == 0
