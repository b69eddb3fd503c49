"""The step of a time column, and the place of every point in time on it."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.data.dates import parse_datetimes
from dlstudio.data.forecasting.steps import StepUnit, TimeStep, find_step
from dlstudio.data.options import DateOrder


def seconds(*texts: str) -> np.ndarray:
    return np.asarray(texts, "datetime64[s]").astype(np.int64).astype(np.float64)


def days(first: str, count: int, keep: str = "all") -> np.ndarray:
    found = np.datetime64(first) + np.arange(count)
    if keep == "working":
        found = found[np.is_busday(found)]
    return found.astype("datetime64[s]").astype(np.int64).astype(np.float64)


def months(first: str, count: int, step: int = 1) -> np.ndarray:
    found = np.datetime64(first, "M") + step * np.arange(count)
    return found.astype("datetime64[s]").astype(np.int64).astype(np.float64)


def step_of(times: np.ndarray, *, is_calendar: bool = True) -> TimeStep:
    return find_step(times, np.zeros(len(times), int), is_calendar=is_calendar)


@pytest.mark.parametrize(
    ("times", "unit", "size", "words"),
    [
        (1_800.0 * np.arange(20), StepUnit.SECOND, 1_800.0, "30 minutes"),
        (days("2024-01-01", 30), StepUnit.SECOND, 86_400.0, "1 day"),
        (days("2024-01-01", 30, "working"), StepUnit.WORKING_DAY, 1.0, "1 working day"),
        (days("2024-01-01", 200)[::7], StepUnit.SECOND, 604_800.0, "1 week"),
        (days("2024-01-01", 400)[::28], StepUnit.SECOND, 2_419_200.0, "4 weeks"),
        (months("1949-01", 24), StepUnit.MONTH, 1, "1 month"),
        (months("1959-01", 12, 3), StepUnit.MONTH, 3, "1 quarter"),
        (months("1959-02", 8, 6), StepUnit.MONTH, 6, "6 months"),
        (months("1700-05", 9, 12), StepUnit.MONTH, 12, "1 year"),
        (0.25 * np.arange(9), StepUnit.SECOND, 0.25, "0.25 seconds"),
    ],
)
def test_the_step_of_usual_times(
    times: np.ndarray, unit: StepUnit, size: float, words: str
) -> None:
    step = step_of(times)

    assert (step.unit, step.size, step.words()) == (unit, size, words)
    index = step.index_of(times)
    assert np.array_equal(np.diff(index), np.ones(len(times) - 1))
    assert np.array_equal(step.time_of(index), times)


def test_ends_of_months_stay_ends_of_months() -> None:
    times = seconds("2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31")

    step = step_of(times)

    ahead = step.time_of(step.index_of(times[-1:]) + np.arange(1, 4))
    assert np.array_equal(ahead, seconds("2024-04-30", "2024-05-31", "2024-06-30"))


def test_a_working_day_after_friday_is_monday() -> None:
    step = step_of(days("2024-01-01", 30, "working"))

    friday = seconds("2024-02-02")

    assert step.time_of(step.index_of(friday) + 1) == seconds("2024-02-05")


def test_plain_numbers_and_gaps_keep_the_median_step() -> None:
    times = np.asarray([1700.0, 1701, 1702, 1705, 1706, 1710])

    step = step_of(times, is_calendar=False)

    assert (step.unit, step.size, step.words()) == (StepUnit.NUMBER, 1.0, "1")
    assert np.array_equal(step.time_of(step.index_of(times)), times)
    assert not step.is_calendar


def test_a_single_row_still_has_a_step() -> None:
    assert step_of(np.asarray([5.0]), is_calendar=False).size == 1.0


@given(
    size=st.sampled_from([1.0, 60.0, 900.0, 3_600.0, 86_400.0]),
    first=st.integers(-(10**9), 2 * 10**9),
    places=st.lists(st.integers(0, 500), min_size=3, max_size=60, unique=True),
)
def test_any_times_on_a_grid_come_back_exactly(size: float, first: int, places: list[int]) -> None:
    times = first + size * np.sort(np.asarray([*places, *range(600, 720)], np.float64))

    step = step_of(times)
    if step.unit is StepUnit.SECOND:
        assert np.array_equal(step.time_of(step.index_of(times)), times)


def test_a_column_of_dates_in_one_number_can_be_read_as_dates() -> None:
    cells = pa.array(["19580329", "2020-01-05", "20201399"])

    found = parse_datetimes(cells, DateOrder.DAY_FIRST).to_pylist()

    assert found == [datetime(1958, 3, 29), datetime(2020, 1, 5), None]
