"""Columns over time: sorted, thinned without losing peaks, gaps left open and counted."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.over_time import (
    NUM_STRETCHES,
    SeriesChoice,
    read_over_time,
    thinned,
)
from dlstudio.settings import Settings

HOURS = [f"2024-03-01T{hour:02d}:00:00" for hour in range(24)]


def add(settings: Settings, folder: Path, lines: list[str]) -> Dataset:
    path = folder / "series.csv"
    path.write_text("\n".join(lines))
    return add_dataset(settings, path)


def test_gaps_in_time_and_missing_values_break_the_line(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{time},{place}.5" for place, time in enumerate(HOURS) if place not in (5, 6, 12)]
    rows[1] = f"{HOURS[1]},"
    dataset = add(settings, tmp_path, ["when,load", *reversed(rows)])
    found = read_over_time(dataset, SeriesChoice("when", ("load",)))
    facts = found.facts
    assert facts is not None
    assert (facts.step.words(), facts.is_regular) == ("1 hour", True)
    assert (facts.num_gaps, facts.num_missing_steps, facts.longest_gap) == (2, 3, 2)
    assert (facts.num_rows, found.num_missing) == (21, {"load": 1})
    line = found.lines["load"][""]
    assert np.isnan(line.values).sum() == 3
    assert (np.diff(line.times) > 0).all()
    known = line.values[np.isfinite(line.values)]
    assert known.tolist() == [place + 0.5 for place in range(24) if place not in (1, 5, 6, 12)]


def test_series_are_told_apart_and_chosen(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{time},{shop},{n * 10}" for n, time in enumerate(HOURS) for shop in "abc"]
    dataset = add(settings, tmp_path, ["when,shop,sold", *rows])
    found = read_over_time(dataset, SeriesChoice("when", ("sold",), "shop", ("a", "c")))
    assert list(found.lines["sold"]) == ["a", "c"]
    assert found.facts is not None
    assert (found.facts.num_rows, found.facts.num_repeated, found.facts.num_gaps) == (48, 0, 0)
    mixed = read_over_time(dataset, SeriesChoice("when", ("sold",)))
    assert mixed.facts is not None
    assert mixed.facts.num_repeated == 48


def test_times_without_a_rhythm_have_no_gaps(settings: Settings, tmp_path: Path) -> None:
    days = np.cumsum(np.random.default_rng(0).exponential(3.0, 60) + 0.01)
    moments = (days * 86_400).astype("datetime64[s]")
    dataset = add(settings, tmp_path, ["when,x", *(f"{moment},1.5" for moment in moments)])
    facts = read_over_time(dataset, SeriesChoice("when", ("x",))).facts
    assert facts is not None
    assert not facts.is_regular
    assert facts.num_gaps == 0


def test_rows_without_a_time_are_counted(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{time},{place}.5" for place, time in enumerate(HOURS)]
    dataset = add(settings, tmp_path, ["when,load", *rows, ",3.5", ",4.5"])
    facts = read_over_time(dataset, SeriesChoice("when", ("load",))).facts
    assert facts is not None
    assert (facts.num_rows, facts.num_without_time) == (24, 2)


def test_a_choice_without_rows_has_no_facts(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{time},{shop},1" for time in HOURS for shop in "ab"]
    dataset = add(settings, tmp_path, ["when,shop,sold", *rows])
    found = read_over_time(dataset, SeriesChoice("when", ("sold",), "shop", ("gone",)))
    assert (found.facts, found.lines) == (None, {})


@given(
    seed=st.integers(0, 2**31),
    num_points=st.integers(1, 6 * NUM_STRETCHES),
)
def test_thinning_keeps_ends_and_extremes_and_is_bounded(seed: int, num_points: int) -> None:
    random = np.random.default_rng(seed)
    times = np.cumsum(random.exponential(1.0, num_points) + 1e-3)
    values = random.standard_normal(num_points)
    line = thinned(times, values, np.zeros(num_points, np.int64))
    assert len(line.times) <= 2 * (NUM_STRETCHES + 1)
    assert line.values.min() == values.min()
    assert line.values.max() == values.max()
    assert (np.diff(line.times) > 0).all()
    assert np.isin(line.values, values).all()


@pytest.mark.parametrize(("gap", "num_breaks"), [(500, 1), (1, 0)])
def test_a_long_line_is_broken_only_where_a_gap_can_be_seen(gap: int, num_breaks: int) -> None:
    half = np.arange(50_000.0)
    times = np.concatenate([half, half + 50_000 + gap])
    num_before = np.repeat([0, 1], 50_000)
    line = thinned(times, np.sin(times), num_before)
    assert line.is_thinned
    assert np.isnan(line.values).sum() == num_breaks
