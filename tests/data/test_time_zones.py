"""Times that name a zone are kept in UTC, and that is said."""

from pathlib import Path

import pandas as pd
import pytest

from dlstudio.data.catalog import add_dataset, edit_columns
from dlstudio.data.edit import ColumnChange
from dlstudio.data.time_zones import TIMES_IN_UTC, is_in_utc
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnRole
from tests.data.files import add


@pytest.mark.parametrize(
    ("written", "is_said"),
    [
        ("2024-03-01T10:00:00+02:00", True),
        ("2024-03-01 10:00-0530", True),
        ("2024-03-01 10:00:00.250+01", True),
        ("2024-03-01 10:00:00 Europe/Berlin", True),
        ("2024-03-01T10:00:00Z", False),
        ("2024-03-01T10:00:00+00:00", False),
        ("2024-03-01 10:00", False),
        ("2024-03-01", False),
        ("3/1/2024 10:00 PM", False),
    ],
)
def test_only_zones_that_move_the_times_are_told(
    settings: Settings, tmp_path: Path, written: str, is_said: bool
) -> None:
    info = add(settings, tmp_path, f"when,y\n{written},1\n{written},2\n").info
    assert info.column("when").kind == "datetime"
    assert is_in_utc(info, "when") == is_said
    told = [one for one in info.warnings if one.code == TIMES_IN_UTC]
    assert [written in one.problem for one in told] == [True] * is_said


@pytest.mark.parametrize(("zone", "is_said"), [("America/New_York", True), ("UTC", False)])
def test_zones_of_parquet_files_are_told(
    settings: Settings, tmp_path: Path, zone: str, is_said: bool
) -> None:
    times = pd.date_range("2024-03-01", periods=3, tz=zone)
    pd.DataFrame({"when": times, "y": [1, 2, 3]}).to_parquet(tmp_path / "t.parquet")
    info = add_dataset(settings, tmp_path / "t.parquet").info
    assert is_in_utc(info, "when") == is_said


def test_a_later_version_still_says_so(settings: Settings, tmp_path: Path) -> None:
    name = add(settings, tmp_path, "when,y\n2024-03-01T10:00+02:00,1\n,2\n").info.name
    change = ColumnChange(name="y", role=ColumnRole.IGNORE)
    assert is_in_utc(edit_columns(settings, name, [change]).info, "when")
