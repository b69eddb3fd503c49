"""The run that others are measured against, where one is pinned and where none is."""

from dlstudio.runs.baseline import baseline_position, is_left_out, left_out_words
from dlstudio.runs.store import Store
from tests.runs.specs import make_spec


def test_a_pinned_run_is_the_baseline_where_it_is_compared(store: Store) -> None:
    first, second, third = (store.submit(make_spec(), name) for name in ("a", "b", "c"))

    assert baseline_position([first, second], second) == 1
    assert baseline_position([first, second], third) == 0
    assert baseline_position([first, second], None) == 0
    assert is_left_out([first, second], third)
    assert not is_left_out([first, second], second)
    assert not is_left_out([first, second], None)
    assert "The pinned baseline c is not among these runs" in left_out_words(third.name)
