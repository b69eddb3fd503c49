"""Series are carried on behind their last value, step by step, as far as a forecast reaches."""

from dataclasses import replace

import numpy as np
import pytest

from dlstudio.data.forecasting.ahead import AheadTable, carry_on, only, with_assumed, with_known
from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.regular import regularise
from tests.data.histories import history


def of_times(times: list[str], values: list[float] | None = None) -> History:
    seconds = np.asarray(times, "datetime64[s]").astype(np.int64).astype(np.float64)
    known = np.arange(len(times)) if values is None else np.asarray(values)
    columns = {"y": known.astype("float32")}
    return History(seconds, np.zeros(len(times), np.int64), ("",), columns, is_calendar=True)


def next_times(rows: History, horizon: int) -> list[str]:
    table, _ = regularise(rows, ("y",))
    ahead = carry_on(table, horizon, 10)
    times = ahead.table.times(ahead.future.ravel())
    return np.datetime_as_string(times.astype(np.int64).astype("datetime64[s]")).tolist()


def with_holidays(given: list[str], first: int = 0) -> History:
    """Six days of sales in one shop, and whether each day is a holiday."""
    rows = history(range(first, first + 6), [0, 1, 2, 3, np.nan, np.nan])  # two days to come
    return replace(rows, columns={**rows.columns, "holiday": np.asarray(given, object)})


def carried(rows: History, horizon: int = 2) -> AheadTable:
    table, _ = regularise(rows, ("y",))
    return carry_on(table, horizon, 10)


def test_months_go_on_by_the_calendar() -> None:
    ends = ["2023-10-31", "2023-11-30", "2023-12-31"]
    starts = ["2023-10-01", "2023-11-01", "2023-12-01"]

    assert next_times(of_times(ends), 2) == ["2024-01-31T00:00:00", "2024-02-29T00:00:00"]
    assert next_times(of_times(starts), 2) == ["2024-01-01T00:00:00", "2024-02-01T00:00:00"]


def test_working_days_go_on_after_the_weekend() -> None:
    days = np.arange("2024-01-01", "2024-01-20", dtype="datetime64[D]")
    weekdays = days[np.is_busday(days)].astype(str).tolist()

    assert next_times(of_times(weekdays), 2) == ["2024-01-22T00:00:00", "2024-01-23T00:00:00"]


def test_hours_go_on_when_the_clock_is_changed() -> None:
    """Berlin leaves out an hour on 31 March 2024: 01:00 +01:00 is followed by 03:00 +02:00."""
    utc = ["2024-03-30T22:00", "2024-03-30T23:00", "2024-03-31T00:00"]

    assert next_times(of_times(utc), 2) == ["2024-03-31T01:00:00", "2024-03-31T02:00:00"]


def test_local_midnights_go_on_as_days_when_the_clock_is_changed() -> None:
    """In UTC the midnights of Berlin move from 23:00 to 22:00; they stay one day apart."""
    winter = [f"2024-03-{day}T23:00" for day in range(26, 31)]
    summer = ["2024-03-31T22:00", "2024-04-01T22:00"]

    found = next_times(of_times([*winter, *summer]), 2)

    assert found == ["2024-04-02T23:00:00", "2024-04-03T23:00:00"]


def test_plain_numbers_go_on_at_their_step() -> None:
    rows = History(
        np.asarray([10.0, 15.0, 20.0]),
        np.zeros(3, np.int64),
        ("",),
        {"y": np.arange(3, dtype="float32")},
        is_calendar=False,
    )
    table, _ = regularise(rows, ("y",))
    ahead = carry_on(table, 3, 10)

    assert ahead.table.times(ahead.future[0]).tolist() == [25.0, 30.0, 35.0]


def test_a_forecast_begins_behind_the_last_measured_value_of_each_series() -> None:
    rows = history([0, 1, 2, 0, 1, 2, 3], [1, 2, np.nan, 4, 5, 6, 7], ["a"] * 3 + ["b"] * 4)

    ahead = carried(rows)

    assert ahead.table.steps[ahead.origins].tolist() == [2, 4]
    assert ahead.lengths.tolist() == [2, 4]
    assert ahead.table.columns["y"][ahead.future].tolist() == [[2, 2], [7, 7]]
    assert not ahead.table.is_observed[ahead.future].any()
    assert not ahead.table.has_value["y"][ahead.future].any()


def test_a_series_that_was_never_measured_has_no_forecast() -> None:
    rows = history([0, 1, 0, 1], [np.nan, np.nan, 5, 6], ["a", "a", "b", "b"])

    ahead = carried(rows)

    assert ahead.series.tolist() == [1]
    assert ahead.table.lengths.tolist() == [0, 4]


def test_only_the_end_of_a_long_series_is_kept() -> None:
    table, _ = regularise(history(range(50), range(50)), ("y",))

    ahead = carry_on(table, 2, 5)

    assert ahead.lengths.tolist() == [5]
    assert ahead.table.columns["y"].tolist() == [45, 46, 47, 48, 49, 49, 49]
    assert ahead.table.rows.tolist() == [45, 46, 47, 48, 49, -1, -1]


def test_series_can_be_left_out() -> None:
    ahead = carried(history([0, 1, 0, 1], range(4), ["a", "a", "b", "b"]))

    assert only(ahead, np.asarray([False, True])).series.tolist() == [1]


def test_what_the_rows_say_of_the_future_is_kept() -> None:
    ahead = carried(with_holidays(["no", "no", "yes", "no", "yes", ""]))

    assert ahead.table.columns["holiday"][ahead.future].tolist() == [["yes", "yes"]]
    assert ahead.table.has_value["holiday"][ahead.future].tolist() == [[True, False]]


def test_what_nobody_said_is_assumed_and_counted() -> None:
    ahead = carried(with_holidays(["no", "no", "no", "yes", "", ""]))

    assumed, counts = with_assumed(ahead, ("holiday",))

    assert assumed.table.columns["holiday"][assumed.future].tolist() == [["no", "no"]]
    assert counts == {"holiday": 2}
    assert ahead.table.columns["holiday"][ahead.future].tolist() == [["yes", "yes"]]


def test_given_values_replace_those_of_the_rows() -> None:
    ahead = carried(with_holidays(["no", "no", "no", "no", "no", "no"]))
    given = with_holidays(["yes", "", "no", "no", "no", "no"], first=4)

    filled, use = with_known(ahead, replace(given, columns={"holiday": given.columns["holiday"]}))

    assert filled.table.columns["holiday"][filled.future].tolist() == [["yes", "no"]]
    assert use.num_outside == 4  # the days behind the horizon
    assert use.unknown_series == ()
    assert ahead.table.columns["holiday"][ahead.future].tolist() == [["no", "no"]]


@pytest.mark.parametrize(
    ("names", "expected"),
    [(None, [[7, 8], [7, 8]]), (["b", "b"], [[1, 1], [7, 8]]), (["b", "c"], [[1, 1], [7, 3]])],
)
def test_given_values_hold_for_their_series_or_for_all(
    names: list[str] | None, expected: list[list[float]]
) -> None:
    rows = history([0, 1, 0, 1], [0, 1, 2, 3], ["a", "a", "b", "b"])
    ahead = carried(replace(rows, columns={**rows.columns, "price": rows.columns["y"]}))
    given = history([2, 3], [7, 8], names)

    filled, use = with_known(ahead, replace(given, columns={"price": given.columns["y"]}))

    assert filled.table.columns["price"][filled.future].tolist() == expected
    assert use.unknown_series == (("c",) if names == ["b", "c"] else ())
