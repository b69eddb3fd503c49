"""Months, quarters, weeks, and dates and times that are written as one number."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from dlstudio.data.columns import TIMESTAMP, CellStyle, type_cells
from dlstudio.data.edit import ColumnChange, edit_version
from dlstudio.data.raw import raw_from_table
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from tests.data.files import add, cells, kinds, read_any_table


def _read(values: list[object]) -> list[object]:
    """Values as points in time."""
    typed = type_cells(pa.array(values), ColumnKind.DATETIME, TIMESTAMP, CellStyle())
    return typed.values.to_pylist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Feb 2018", datetime(2018, 2, 1)),
        ("February 2018", datetime(2018, 2, 1)),
        ("2018 FEB", datetime(2018, 2, 1)),
        ("Feb-2018", datetime(2018, 2, 1)),
        ("2001M12", datetime(2001, 12, 1)),
        ("2001-M2", datetime(2001, 2, 1)),
        ("2001M13", None),
        ("2001Q4", datetime(2001, 10, 1)),
        ("2001-q1", datetime(2001, 1, 1)),
        ("Q3 2001", datetime(2001, 7, 1)),
        ("2001Q5", None),
        ("2019-W03", datetime(2019, 1, 14)),
        ("2020W53", datetime(2020, 12, 28)),
        ("2020-W53-7", datetime(2021, 1, 3)),
        ("2019-W54", None),
        ("Foo 2018", None),
    ],
)
def test_months_quarters_and_weeks_are_their_first_moment(
    text: str, expected: datetime | None
) -> None:
    assert _read([text]) == [expected]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1950, datetime(1950, 1, 1)),
        (202012, datetime(2020, 12, 1)),
        (20200229, datetime(2020, 2, 29)),
        (1_600_000_000, datetime(2020, 9, 13, 12, 26, 40)),
        (1_600_000_000_000, datetime(2020, 9, 13, 12, 26, 40)),
        (1_600_000_000_000_000, datetime(2020, 9, 13, 12, 26, 40)),
        (1_600_000_000_000_000_000, datetime(2020, 9, 13, 12, 26, 40)),
        (-86_400, datetime(1969, 12, 31)),
    ],
)
def test_numbers_are_the_dates_that_they_look_like(number: int, expected: datetime) -> None:
    assert _read([number]) == [expected]
    assert _read([str(number)]) == [expected]
    assert _read([str(number), None]) == [expected, None]


def test_a_day_that_does_not_exist_is_none_of_1970() -> None:
    days = [20200100 + day for day in range(1, 31)]

    typed = type_cells(pa.array([*days, 20200231]), ColumnKind.DATETIME, TIMESTAMP, CellStyle())

    assert typed.values.to_pylist()[-2:] == [datetime(2020, 1, 30), None]
    assert typed.is_unreadable is not None and typed.is_unreadable.to_pylist()[-2:] == [False, True]


def test_a_column_of_quarters_is_one_of_dates(settings: Settings, tmp_path: Path) -> None:
    rows = "".join(f"{1990 + n // 4}Q{n % 4 + 1},{n * n % 7}\n" for n in range(40))

    dataset = add(settings, tmp_path, f"quarter,sales\n{rows}")

    assert kinds(dataset)["quarter"] == "datetime"
    assert cells(dataset)["quarter"][5] == datetime(1991, 4, 1)


def test_numbers_become_dates_as_the_page_advises_and_files_to_predict_are_read_alike(
    settings: Settings, tmp_path: Path
) -> None:
    rows = "".join(f"{20200100 + day},{day * day % 7}\n" for day in range(1, 31))
    source = add(settings, tmp_path, f"day,sales\n{rows}20200231,1\n")
    assert kinds(source)["day"] == "number"

    dated = edit_version(settings, source, [ColumnChange(name="day", kind=ColumnKind.DATETIME)])

    assert cells(dated)["day"][0] == datetime(2020, 1, 1)
    assert [entry.text for entry in dated.info.source.unreadable] == ["20200231"]
    table = read_any_table(tmp_path / "data.csv")
    times = raw_from_table(table, dated.info, ["day"])["day"]
    assert times[0] == 1_577_836_800 and times[29] - times[0] == 29 * 86_400
