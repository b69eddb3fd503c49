"""Tables of readings in class folders become sequences."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.dataset import Dataset, read_table
from dlstudio.data.raw import read_raw
from dlstudio.errors import DataError, StudioError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, ColumnRole
from tests.data.collection.files import add_folder, add_zip

FILES = {
    "walk/a.csv": "time,x,y,note\n0.2,3,30,c\n0.0,1,10,a\n0.1,2,20,b\n",
    "walk/b.csv": "time,x,y,note\n0,4,,d\n",
    "run/c.csv": "note,y,x,time\ne,60,6,1\ne,50,5,0\n",
    "run/d.csv": "time;x;y;note\n0;7,5;70;f\n1;8,5;80;g\n",
    "README.md": "About the data.",
}


@pytest.mark.parametrize("adding", [add_folder, add_zip])
def test_recordings_become_sequences(
    settings: Settings, tmp_path: Path, adding: Callable[..., Dataset]
) -> None:
    dataset = adding(settings, tmp_path, FILES)

    assert dataset.info.column_names == ("sequence", "label", "file")
    assert dataset.info.column("label").role is ColumnRole.TARGET
    column = dataset.info.column("sequence")
    assert column.kind is ColumnKind.SEQUENCE
    assert column.sequence is not None and column.sequence.channels == ("y", "x")
    rows = read_table(dataset, ["file", "label"]).to_pydict()
    assert rows["label"] == ["run", "run", "walk", "walk"]
    raw = dict(zip(rows["file"], read_raw(dataset, ["sequence"])["sequence"], strict=True))
    assert raw["run/c.csv"].tolist() == [[50, 5], [60, 6]]
    assert raw["run/d.csv"].tolist() == [[70, 7.5], [80, 8.5]]
    assert raw["walk/a.csv"].tolist() == [[10, 1], [20, 2], [30, 3]]
    np.testing.assert_array_equal(raw["walk/b.csv"], [[np.nan, 4]])
    assert {entry.name for entry in dataset.folder.iterdir()} == {
        "table.parquet",
        "dataset.json",
        "reading.json",
    }


def test_recordings_without_names_are_told_apart_by_place(
    settings: Settings, tmp_path: Path
) -> None:
    files = {f"train/{label}/{n}.csv": f"1,2\n3,{n}\n" for label in "ab" for n in range(3)}
    files |= {f"test/{label}/{n}.csv": f"1,2\n3,{n}\n" for label in "ab" for n in range(3, 5)}

    dataset = add_folder(settings, tmp_path, files)

    summary = dataset.info.column("sequence").sequence
    assert summary is not None and len(summary.channels) == 2
    assert dataset.info.column("split").role is ColumnRole.SPLIT


def test_broken_recordings_are_named(settings: Settings, tmp_path: Path) -> None:
    broken = {
        "walk/e.csv": "",
        "walk/h.csv": "time,x,y\n",
        "run/f.csv": "time,x,z\n0,1,2\n",
        "run/g.csv": "time,y,x\n0,1,2\n1,2\n",
    }

    with pytest.raises(StudioError) as caught:
        add_folder(settings, tmp_path, FILES | broken)
    text = str(caught.value)
    assert "'walk/e.csv' is empty" in text
    assert "'walk/h.csv' has a header and no readings" in text
    assert "has no column 'y' as the first recording has, only 'time', 'x', 'z'" in text
    assert "is no table of readings" in text

    dataset = add_folder(settings, tmp_path, FILES | broken, leave_out_broken=True)
    assert (dataset.info.num_rows, dataset.info.source.num_rows_rejected) == (4, 4)


@pytest.mark.parametrize(
    "times",
    [
        ("2020-01-31 23:59:59", "2020-02-01 00:00:00", "2020-02-01 00:00:01"),
        ("1/31/2020 23:59", "2/1/2020 0:00", "2/1/2020 0:01"),
        ("9", "10", "11"),
    ],
)
def test_readings_out_of_order_are_sorted_by_dates_and_by_numbers(
    settings: Settings, tmp_path: Path, times: tuple[str, str, str]
) -> None:
    first, second, third = times
    shuffled = f"time,x\n{third},3\n{first},1\n{second},2\n"
    sorted_ = f"time,x\n{first},1\n{second},2\n{third},3\n"
    files = {f"{label}/{n}.csv": (shuffled, sorted_)[n] for label in "ab" for n in range(2)}

    dataset = add_folder(settings, tmp_path, files)

    for readings in read_raw(dataset, ["sequence"])["sequence"]:
        assert readings.tolist() == [[1], [2], [3]]


def test_words_instead_of_readings_are_told(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/{n}.csv": "name,town\nx,y\n" for label in "ab" for n in range(2)}

    with pytest.raises(StudioError) as caught:
        add_folder(settings, tmp_path, files)
    assert "has no column of numbers" in str(caught.value)


def test_two_tables_in_folders_are_no_recordings(settings: Settings, tmp_path: Path) -> None:
    files = {"2023/sales.csv": "a,b\n1,2\n", "2024/sales.csv": "a,b\n3,4\n"}

    with pytest.raises(DataError, match="holds 2 files"):
        add_zip(settings, tmp_path, files)
