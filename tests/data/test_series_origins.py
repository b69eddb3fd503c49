"""Forecasts are parted in time: no value is both learned from and scored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.data.forecasting.origins import forecast_origins, split_origins
from dlstudio.data.forecasting.regular import SeriesTable, regularise
from dlstudio.data.forecasting.windows import (
    horizons_from,
    naive_errors,
    series_scales,
    target_values,
    thinned,
    windows_before,
)
from dlstudio.errors import DataError
from dlstudio.spec.rhythm import ForecastShape
from dlstudio.spec.split import SplitMethod, SplitSpec
from tests.data.histories import history

BY_TIME = SplitSpec(method=SplitMethod.TIME, column="date")


def shape(window: int, horizon: int, season: int = 1) -> ForecastShape:
    return ForecastShape(window, horizon, season, ())


def line(num_steps: int) -> SeriesTable:
    return regularise(history(range(num_steps), range(num_steps)), ("y",))[0]


def test_each_horizon_lies_within_one_part() -> None:
    table = line(100)

    split = split_origins(table, shape(10, 5), BY_TIME)

    horizons = {
        name: np.unique(getattr(split, name)[:, None] + np.arange(5))
        for name in ("train", "validation", "test")
    }
    assert horizons["train"].tolist() == list(range(10, 70))
    assert horizons["validation"].tolist() == list(range(70, 85))
    assert horizons["test"].tolist() == list(range(85, 100))
    assert (split.train - 10).min() == 0  # windows of training lie in training as well


def test_what_comes_later_changes_nothing_that_is_learned_from() -> None:
    values = np.arange(100.0)
    later = np.where(np.arange(100) < 70, values, -values)
    tables = [
        regularise(history(range(100), numbers.tolist()), ("y",))[0] for numbers in (values, later)
    ]

    learned = []
    for table in tables:
        split = split_origins(table, shape(10, 5), BY_TIME)
        y = target_values(table, ("y",))
        learned.append((windows_before(y, split.train, 10), horizons_from(y, split.train, 5)))

    for first, second in zip(*learned, strict=True):
        assert np.array_equal(first, second)


def test_all_series_are_cut_at_the_same_moment() -> None:
    days = [*range(100), *range(50, 150)]
    names = ["a"] * 100 + ["b"] * 100
    table, _ = regularise(history(days, range(200), names), ("y",))

    split = split_origins(table, shape(5, 3), BY_TIME)

    last_train = table.steps[split.train + 2].max()
    assert last_train < table.steps[split.validation].min()
    assert table.steps[split.validation + 2].max() < table.steps[split.test].min()


def test_whole_series_can_be_kept_apart() -> None:
    names = [f"s{number}" for number in range(10) for _ in range(30)]
    table, _ = regularise(history(list(range(30)) * 10, range(300), names), ("y",))

    split = split_origins(table, shape(5, 3), SplitSpec(method=SplitMethod.GROUP, column="series"))

    parts = [set(table.series[origins]) for origins in (split.train, split.validation, split.test)]
    assert [len(part) for part in parts] == [7, 1, 2] or [len(part) for part in parts] == [7, 2, 1]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]


def test_a_series_too_short_for_the_window_is_left_out_by_name() -> None:
    days = [*range(100), *range(4)]
    table, _ = regularise(history(days, range(104), ["long"] * 100 + ["short"] * 4), ("y",))

    split = split_origins(table, shape(10, 5), BY_TIME)

    assert split.left_out == ("short",)


def test_series_that_are_all_too_short_are_refused() -> None:
    with pytest.raises(DataError, match="The series has 12 steps of 1 day, but a window of 10"):
        split_origins(line(12), shape(10, 5), BY_TIME)


def test_a_horizon_longer_than_the_test_part_is_refused_with_what_fits() -> None:
    with pytest.raises(
        DataError, match="The validation part holds 15 steps of 1 day, fewer than the horizon of 16"
    ):
        split_origins(line(100), shape(10, 16), BY_TIME)


def test_a_training_part_too_short_for_a_window_is_refused() -> None:
    with pytest.raises(DataError, match="The training part holds 70 steps .* window of 68"):
        split_origins(line(100), shape(68, 5), BY_TIME)


def test_a_part_without_a_whole_window_before_it_is_refused() -> None:
    names = ["early"] * 70 + ["late"] * 30
    table, _ = regularise(history([*range(70), *range(70, 100)], range(100), names), ("y",))

    with pytest.raises(DataError, match="No forecast of the validation part has a measured"):
        split_origins(table, shape(20, 5), BY_TIME)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=5),
    window=st.integers(1, 8),
    horizon=st.integers(1, 6),
    missing=st.sets(st.integers(0, 149)),
)
def test_origins_are_those_that_a_plain_loop_finds(
    lengths: list[int], window: int, horizon: int, missing: set[int]
) -> None:
    days = [day for length in lengths for day in range(length)]
    names = [f"{number:02}" for number, length in enumerate(lengths) for _ in range(length)]
    values = [np.nan if place in missing else float(place) for place in range(len(days))]
    table, _ = regularise(history(days, values, names), ("y",))

    found = forecast_origins(table, shape(window, horizon)).tolist()

    expected = []
    for first, end in zip(table.bounds[:-1], table.bounds[1:], strict=True):
        known = [place for place in range(first, end) if table.is_observed[place, 0]]
        if known:
            for origin in range(known[0] + window, known[-1] + 2 - horizon):
                if any(place in known for place in range(origin, origin + horizon)):
                    expected.append(origin)
    assert found == expected


def test_windows_and_horizons_are_what_lies_around_an_origin() -> None:
    values = np.arange(20.0).reshape(10, 2)

    assert windows_before(values, np.asarray([3, 10]), 2).tolist() == [
        [[2, 3], [4, 5]],
        [[16, 17], [18, 19]],
    ]
    assert horizons_from(values[:, 0], np.asarray([3]), 3).tolist() == [[6, 8, 10]]


def test_thinning_takes_every_kth() -> None:
    assert thinned(np.arange(10), 4).tolist() == [0, 3, 6, 9]
    assert thinned(np.arange(3), 4).tolist() == [0, 1, 2]


def test_naive_errors_are_those_of_a_plain_loop() -> None:
    generator = np.random.default_rng(3)
    values = generator.normal(size=60)
    table, _ = regularise(
        history([*range(40), *range(20)], values.tolist(), ["a"] * 40 + ["b"] * 20), ("y",)
    )
    is_train = np.arange(60) % 40 < 30
    y = target_values(table, ("y",))

    found = naive_errors(table, y, 7, is_train)

    a = np.mean([abs(y[place, 0] - y[place - 7, 0]) for place in range(7, 30)])
    b = np.mean([abs(y[place, 0] - y[place - 7, 0]) for place in range(47, 60)])
    assert found[:, 0] == pytest.approx([a, b])


def test_a_short_or_constant_series_has_changes_or_no_naive_error() -> None:
    rows = history([0, 1, 2, 0, 1, 2], [1, 2, 4, 5, 5, 5], ["short"] * 3 + ["still"] * 3)
    table, _ = regularise(rows, ("y",))

    found = naive_errors(table, target_values(table, ("y",)), 12, np.ones(6, bool))

    assert found[table.names.index("short"), 0] == 1.5
    assert np.isnan(found[table.names.index("still"), 0])


def test_a_constant_series_is_scaled_as_the_others() -> None:
    rows = history([0, 1, 2, 0, 1, 2], [1, 2, 3, 5, 5, 5], ["a"] * 3 + ["still"] * 3)
    table, _ = regularise(rows, ("y",))

    means, scales = series_scales(table, target_values(table, ("y",)), np.ones(6, bool))

    assert means[:, 0] == pytest.approx([2, 5])
    assert scales[0, 0] == pytest.approx(np.std([1, 2, 3]))
    assert scales[1, 0] == pytest.approx(np.std([1, 2, 3, 5, 5, 5]))
