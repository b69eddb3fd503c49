"""What is odd about the end of series is said in words."""

import numpy as np
import pytest

from dlstudio.data.forecasting.ahead import AheadTable, KnownUse, carry_on, only
from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.regular import SeriesTable, regularise
from dlstudio.errors import DataError
from dlstudio.export.ahead_notes import (
    check_known,
    notes_of_assumed,
    notes_of_ends,
    notes_of_floors,
    notes_of_known,
)
from dlstudio.spec.task import TaskKind, TaskSpec
from tests.data.histories import history

NAN = float("nan")
HOW = "Say so."


def task(*known: str, series: str | None = "shop") -> TaskSpec:
    return TaskSpec(
        kind=TaskKind.FORECASTING, inputs=(), targets=("y",), time="day", series=series, known=known
    )


def both(rows: History) -> tuple[SeriesTable, AheadTable]:
    table, _ = regularise(rows, ("y",))
    return table, carry_on(table, 2, 10)


def test_tidy_series_need_no_words() -> None:
    table, ahead = both(history([0, 1, 0, 1], range(4), ["a", "a", "b", "b"]))

    assert notes_of_ends(table, ahead, 2, task()) == ()


def test_short_early_and_unmeasured_ends_are_named() -> None:
    days = [0, 1, 2, 3, 0, 1, 2, 2, 3]
    values = [1, 2, 3, 4, 5, 6, 7, 8, NAN]
    names = ["full"] * 4 + ["early"] * 3 + ["short"] * 2

    said = notes_of_ends(*both(history(days, values, names)), 2, task())

    assert said == (
        "Series with fewer values than the window of 2 were left out (1): 'short'.",
        "Series that end before 1970-01-04, where others do, are forecast from their own end on "
        "(1): 'early'.",
    )


def test_missing_values_at_the_end_are_where_the_forecast_begins() -> None:
    table, ahead = both(history([0, 1, 2, 3], [1, 2, NAN, NAN]))

    (said,) = notes_of_ends(table, ahead, 2, task(series=None))

    assert said == (
        "The last steps hold no value of 'y' (up to 2): the forecast begins with the first of them."
    )
    assert ahead.table.steps[ahead.origins].tolist() == [2]
    assert notes_of_ends(table, ahead, 2, task("price", series=None)) == ()


def test_a_series_that_was_never_measured_is_left_out_by_name() -> None:
    table, ahead = both(history([0, 1, 0, 1], [1, 2, NAN, NAN], ["a", "a", "b", "b"]))

    said = notes_of_ends(table, ahead, 2, task())

    assert said == ("Series with fewer values than the window of 2 were left out (1): 'b'.",)


def test_plain_numbers_are_written_as_such() -> None:
    rows = History(
        np.asarray([10.0, 20.0, 30.0, 10.0, 20.0]),
        np.asarray([0, 0, 0, 1, 1]),
        ("a", "b"),
        {"y": np.arange(5, dtype="float32")},
        is_calendar=False,
    )

    (said,) = notes_of_ends(*both(rows), 1, task())

    assert said.startswith("Series that end before 30, where others do")


def with_price(values: list[float]) -> AheadTable:
    rows = history([0, 1, 2, 3], [1, 2, NAN, NAN])
    rows.columns["price"] = np.asarray(values, "float32")
    return both(rows)[1]


def test_what_is_missing_of_the_future_is_counted() -> None:
    check_known(with_price([1, 1, 2, 3]), task("price", series=None), HOW)

    with pytest.raises(DataError) as refused:
        check_known(with_price([1, 1, 2, NAN]), task("price", series=None), HOW)

    assert refused.value.problem == (
        "'price' is known in advance, but 1 of the 2 values that are needed from "
        "1970-01-03 on are given."
    )
    assert refused.value.fix == HOW
    check_known(only(with_price([1, 1, 2, NAN]), np.asarray([False])), task("price"), HOW)


def test_what_was_assumed_or_of_no_use_is_told() -> None:
    ahead = with_price([1, 1, 2, NAN])

    assert notes_of_assumed(ahead, {"price": 1}) == (
        "'price' is known in advance, but the data does not hold it for the future: it is assumed "
        "to stay as it was last.",
    )
    assert notes_of_known(KnownUse(0, ())) == ()
    assert notes_of_known(KnownUse(1, ("x",))) == (
        "Values known in advance of series without a history were not used (1): 'x'.",
        "1 row is for none of the steps to forecast, and of no use.",
    )


def test_a_band_that_is_cut_is_told() -> None:
    (said,) = notes_of_floors(np.asarray([True]), task())

    assert said == (
        "The band of 'y' is cut at 0, because no value so far was negative; the forecast itself is "
        "not changed."
    )
    assert notes_of_floors(np.asarray([False]), task()) == ()
