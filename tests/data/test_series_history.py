"""Times, series and values as they come out of real files."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.forecasting.history import history_of_table, read_history
from dlstudio.data.forecasting.regular import describe, regularise
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.task import TaskKind, TaskSpec


def task(**fields: object) -> TaskSpec:
    given = {
        "kind": TaskKind.FORECASTING,
        "inputs": (),
        "targets": ("y",),
        "time": "time",
        **fields,
    }
    return TaskSpec.model_validate(given)


def add(settings: Settings, folder: Path, lines: list[str]) -> Dataset:
    path = folder / "series.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return add_dataset(settings, path, "series")


def test_time_zones_become_utc_so_that_summer_time_leaves_no_gap(
    settings: Settings, tmp_path: Path
) -> None:
    # Berlin, 31 March 2024: at two o'clock the clock jumps to three.
    local = [("2024-03-30T{:02}:00:00+01:00", hour) for hour in range(24)]
    local += [("2024-03-31T{:02}:00:00+01:00", hour) for hour in range(2)]
    local += [("2024-03-31T{:02}:00:00+02:00", hour) for hour in range(3, 24)]
    rows = [f"{text.format(hour)},{place}" for place, (text, hour) in enumerate(local)]
    dataset = add(settings, tmp_path, ["time,y", *rows])

    table, odd = regularise(read_history(dataset, task()), ("y",))

    assert describe(odd, table.step) == ()
    assert table.step.words() == "1 hour"
    assert len(table.steps) == 47


def test_numbers_name_series_as_they_are_written(settings: Settings, tmp_path: Path) -> None:
    rows = [f"{day},{shop},{day}" for day in range(12) for shop in (16_777_216, 16_777_217)]
    dataset = add(settings, tmp_path, ["time,shop,y", *rows])

    history = read_history(dataset, task(series="shop"))

    assert history.names == ("16777216", "16777217")
    assert not history.is_calendar


def test_a_file_is_read_as_its_dataset_was(settings: Settings, tmp_path: Path) -> None:
    # Seconds since 1970, which float32 would blur by minutes.
    rows = [f"{1_700_000_000 + 60 * place},s{place % 2},{place}" for place in range(40)]
    dataset = add(settings, tmp_path, ["time,shop,y", *rows])
    wanted = task(series="shop")
    table = pa.table(
        {
            "time": [str(1_700_000_000 + 60 * place) for place in range(40)],
            "shop": [f"s{place % 2}" for place in range(40)],
            "y": [str(place) for place in range(40)],
        }
    )

    stored, given = read_history(dataset, wanted), history_of_table(table, dataset.info, wanted)

    assert np.array_equal(stored.times, given.times)
    assert np.array_equal(np.diff(stored.times), np.full(39, 60.0))
    assert stored.names == given.names == ("s0", "s1")
    assert np.array_equal(stored.series, given.series)
    assert np.array_equal(stored.columns["y"], given.columns["y"])


def test_a_file_without_the_target_is_refused(settings: Settings, tmp_path: Path) -> None:
    rows = [f"2024-01-{day:02},{day}" for day in range(1, 21)]
    dataset = add(settings, tmp_path, ["time,y", *rows])

    with pytest.raises(DataError, match="lacks the column 'y'"):
        history_of_table(pa.table({"time": ["2024-01-01"]}), dataset.info, task())
