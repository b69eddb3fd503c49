"""The tab of the Data page that shows numbers over time."""

from pathlib import Path

import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.forecasting.steps import StepUnit, TimeStep
from dlstudio.data.over_time import TimeFacts
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.ui.data_over_time import can_be_shown_over_time, likely_series, time_words
from tests.ui.opened import open_page, words_of

DAYS = [f"2024-{1 + day // 28:02d}-{1 + day % 28:02d}" for day in range(84)]


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]


@pytest.fixture
def shops(settings: Settings, tmp_path: Path) -> DatasetInfo:
    path = tmp_path / "shops.csv"
    rows = [f"{day},{shop},{n % 7}.5,{n}.25" for n, day in enumerate(DAYS) for shop in "abc"]
    path.write_text("\n".join(["day,shop,sold,price", *rows]))
    return add_dataset(settings, path).info


def test_columns_and_series_are_drawn_with_their_rhythm_in_words(shops: DatasetInfo) -> None:
    app = open_page("data", dataset="shops", tab="Over time")
    assert not app.exception
    assert not app.error
    text = words_of(app)
    assert "A row every **day**, from 2024-01-01 to 2024-03-28: 252 rows." in text
    assert "gap" in text
    boxes = {box.label: box.value for box in app.multiselect}
    assert boxes["Which shop"] == ["a", "b", "c"]
    assert set(boxes["Columns"]) == {"sold", "price"}
    assert "**sold**" in text
    assert "**price**" in text


def test_nothing_chosen_asks_for_a_choice(shops: DatasetInfo) -> None:
    app = open_page("data", dataset="shops", tab="Over time")
    next(box for box in app.multiselect if box.label == "Columns").set_value([]).run()
    assert "Choose at least one column" in words_of(app)


def test_the_series_is_guessed_only_where_times_repeat(
    settings: Settings, shops: DatasetInfo, tmp_path: Path
) -> None:
    assert likely_series(shops, "day") == "shop"
    path = tmp_path / "one.csv"
    path.write_text("\n".join(["day,kind,sold", *(f"{day},{day[-1]},1.5" for day in DAYS)]))
    assert likely_series(add_dataset(settings, path).info, "day") is None


def test_a_table_without_times_has_no_such_tab(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(["a,b", *(f"{n}.5,{n % 2}" for n in range(40))]))
    assert not can_be_shown_over_time(add_dataset(settings, path).info)


def facts(**changed: object) -> TimeFacts:
    plain: dict[str, object] = {
        "step": TimeStep(StepUnit.SECOND, 1800.0),
        "is_regular": True,
        "first": 0.0,
        "last": 86_400.0 + 1800,
        "num_rows": 1,
        "num_without_time": 0,
        "num_repeated": 0,
        "num_gaps": 0,
        "num_missing_steps": 0,
        "longest_gap": 0,
    }
    return TimeFacts(**{**plain, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "A row every **30 minutes**, from 1970-01-01 to 1970-01-02 00:30: 1 row."),
        ({}, "No step is missing."),
        ({"num_gaps": 1, "num_missing_steps": 5, "longest_gap": 5}, "1 gap with 5 missing steps"),
        ({"is_regular": False}, "**irregular times**, 30 minutes apart in the middle"),
        ({"num_repeated": 2}, "2 rows with the time of another row"),
        ({"num_without_time": 1}, "1 row without a time"),
    ],
)
def test_the_times_are_described_in_words(changed: dict[str, object], words: str) -> None:
    assert words in time_words(facts(**changed), is_calendar=True)


def test_plain_numbers_are_steps() -> None:
    step = TimeStep(StepUnit.NUMBER, 1.0)
    words = time_words(facts(step=step, first=1.0, last=9.0), is_calendar=False)
    assert words.startswith("- Steps of **1**, from 1 to 9")


@pytest.mark.parametrize(("zone", "is_said"), [("+02:00", True), ("Z", False), ("", False)])
def test_times_that_name_a_zone_are_said_to_be_in_utc(
    settings: Settings, tmp_path: Path, zone: str, is_said: bool
) -> None:
    path = tmp_path / "zoned.csv"
    path.write_text("when,y\n" + "".join(f"{day}T01:00:00{zone},{day[-2:]}.5\n" for day in DAYS))
    add_dataset(settings, path)
    app = open_page("data", dataset="zoned", tab="Over time")
    assert not app.exception
    assert ("Times are in UTC, because the data names a time zone." in words_of(app)) == is_said
    first = "2023-12-31 23:00" if is_said else "2024-01-01 01:00"
    assert f"from {first} to" in words_of(app)
