"""Rows in any order become series with one value a step; everything odd is counted and named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.regular import describe, last_known, regularise
from dlstudio.errors import DataError
from tests.data.histories import DAY_S, history


def test_tidy_rows_stay_as_they_are() -> None:
    table, odd = regularise(history([0, 1, 2, 3], [5, 6, 7, 8]), ("y",))

    assert table.columns["y"].tolist() == [5, 6, 7, 8]
    assert table.columns["y"].dtype == np.float32
    assert table.rows.tolist() == [0, 1, 2, 3]
    assert table.is_observed.all()
    assert describe(odd, table.step) == ()


def test_rows_out_of_order_are_sorted_and_counted() -> None:
    table, odd = regularise(history([3, 0, 1, 2, 4], [8, 5, 6, 7, 9]), ("y",))

    assert table.columns["y"].tolist() == [5, 6, 7, 8, 9]
    assert table.rows.tolist() == [1, 2, 3, 0, 4]
    assert describe(odd, table.step) == (
        "1 row came before an earlier one; all rows were sorted by time.",
    )


def test_a_gap_takes_the_last_value_and_is_no_target() -> None:
    table, odd = regularise(history([0, 1, 2, 5, 6], [5, 6, 7, 8, 9]), ("y",))

    assert table.columns["y"].tolist() == [5, 6, 7, 7, 7, 8, 9]
    assert table.is_observed[:, 0].tolist() == [True, True, True, False, False, True, True]
    assert table.rows.tolist() == [0, 1, 2, -1, -1, 3, 4]
    assert (odd.num_filled, odd.num_gaps, odd.longest_gap) == (2, 1, 2)
    assert "2 steps of 1 day are missing in 1 gap, the longest of 2" in describe(odd, table.step)[0]


def test_a_single_missing_step_is_told_in_the_singular() -> None:
    table, odd = regularise(history([0, 1, 3, 4], [5, 6, 8, 9]), ("y",))
    assert describe(odd, table.step) == (
        "1 step of 1 day is missing; it takes the last value before it and is not scored.",
    )


def test_nothing_after_a_gap_reaches_into_it() -> None:
    times, values = [0, 1, 2, 5, 6], [5.0, 6, 7, 8, 9]
    table, _ = regularise(history(times, values), ("y",))
    changed, _ = regularise(history(times, [*values[:3], 800, 900]), ("y",))

    assert np.array_equal(table.columns["y"][:5], changed.columns["y"][:5])


def test_missing_targets_are_counted_and_filled_from_the_past() -> None:
    table, odd = regularise(history([0, 1, 2, 3], [np.nan, 6, np.nan, 8]), ("y",))

    assert table.columns["y"].tolist() == [6, 6, 6, 8]
    assert odd.num_missing_targets == 2
    assert "2 target values are missing" in describe(odd, table.step)[0]

    table, odd = regularise(history([0, 1, 2], [5, np.nan, 6]), ("y",))

    assert describe(odd, table.step) == (
        "1 target value is missing; it takes the last value before it and is not scored.",
    )


def test_rows_of_one_step_are_averaged() -> None:
    times = [*range(20), 7]
    table, odd = regularise(history(times, [*range(20), 107]), ("y",))

    assert table.columns["y"][7] == 57
    assert odd.num_repeated == 1
    said = describe(odd, table.step)
    assert said == (
        "1 row came before an earlier one; all rows were sorted by time.",
        "1 row shares a step of time with another row; their numbers were averaged (a step is 1 "
        "day).",
    )


def test_many_repeated_times_mean_that_a_series_column_is_missing() -> None:
    with pytest.raises(DataError, match="Choose the column that tells the series apart"):
        regularise(history([0, 0, 1, 1, 2, 2], [1, 2, 3, 4, 5, 6]), ("y",))


def test_rows_without_time_or_series_are_left_out_and_counted() -> None:
    rows = history([0, np.nan, 1, 2, 3], [5, 99, 6, 77, 7], ["a", "a", "a", "", "a"])

    table, odd = regularise(rows, ("y",))

    assert table.names == ("a",)
    assert table.columns["y"].tolist() == [5, 6, 6, 7]
    assert describe(odd, table.step)[:2] == (
        "1 row without a time was left out.",
        "1 row without a series was left out.",
    )


def test_rows_without_any_time_are_refused() -> None:
    with pytest.raises(DataError, match="No row has a time that can be read"):
        regularise(history([np.nan, np.nan], [1, 2]), ("y",))


def test_times_that_are_no_series_are_refused_before_they_fill_the_memory() -> None:
    times = [0, 1e-5, 2e-5, 3e-5, 3_650, 3_650.00001]

    with pytest.raises(DataError, match="The times are too uneven"):
        regularise(history(times, range(6)), ("y",))


def test_series_follow_each_other_and_keep_to_themselves() -> None:
    times = [0, 1, 2, 4, 10, 11, 12]
    names = ["a", "a", "a", "a", "b", "b", "b"]
    table, _ = regularise(history(times, [1, 2, 3, 4, 50, np.nan, 70], names), ("y",))

    assert table.names == ("a", "b")
    assert table.bounds.tolist() == [0, 5, 8]
    assert table.columns["y"].tolist() == [1, 2, 3, 3, 4, 50, 50, 70]
    assert table.series.tolist() == [0] * 5 + [1] * 3
    assert table.times(np.asarray([5])) == 10 * DAY_S


def test_categories_take_the_last_one_known() -> None:
    rows = history([0, 1, 2, 4], [1, 2, 3, 4])
    rows.columns["holiday"] = np.asarray(["no", "", "yes", "no"], object)

    table, _ = regularise(rows, ("y",))

    assert table.columns["holiday"].tolist() == ["no", "no", "yes", "yes", "no"]
    assert table.has_value["holiday"].tolist() == [True, False, True, False, True]


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(0, 39))
def test_the_last_known_place_never_leaves_its_series(known: list[bool], cut: int) -> None:
    is_known = np.asarray(known)
    starts = np.where(np.arange(len(known)) < cut, 0, min(cut, len(known) - 1))
    starts[np.arange(len(known)) < cut] = 0

    source = last_known(is_known, starts)

    for place, found in enumerate(source.tolist()):
        inside = [other for other in range(len(known)) if starts[other] == starts[place]]
        before = [other for other in inside if other <= place and known[other]]
        after = [other for other in inside if other > place and known[other]]
        expected = before[-1] if before else after[0] if after else place
        assert found == expected


def test_a_history_is_plain_data() -> None:
    assert isinstance(history([0], [1]), History)
