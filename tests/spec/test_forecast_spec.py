"""A forecast's spec: what is automatic, what is drafted, what is refused."""

import pytest

from dlstudio.errors import SpecError
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import ClassCount, ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.documents import read_spec, write_yaml
from dlstudio.spec.forecast_columns import forecast_columns
from dlstudio.spec.inputs.series import SeriesPreprocessing, SeriesScaling
from dlstudio.spec.rhythm import Cycle, forecast_shape
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitSpec
from dlstudio.spec.task import TaskKind
from tests.spec.builders import category, dataset, number

DAY_S = 86_400.0


def dates(num_steps: int, first: str, last: str, step_s: float, name: str = "date") -> ColumnInfo:
    return ColumnInfo(
        name=name,
        kind=ColumnKind.DATETIME,
        num_distinct=num_steps,
        first=first,
        last=last,
        step_s=step_s,
    )


MONTHS = dates(144, "1949-01-01T00:00:00", "1960-12-01T00:00:00", 31 * DAY_S)
HALF_HOURS = dates(4_032, "2000-06-05T00:00:00", "2000-08-27T23:30:00", 1_800)
AIRLINE = dataset(MONTHS, number("passengers", 118, role=ColumnRole.TARGET), num_rows=144)
SHOPS = dataset(
    dates(400, "2024-01-01T00:00:00", "2025-02-03T00:00:00", DAY_S),
    category("shop", "north", "south"),
    number("sales", 700),
    number("visitors", 300),
    category("holiday", "no", "yes"),
    ColumnInfo(name="note", kind=ColumnKind.TEXT, num_distinct=9),
    number("empty", 0),
    num_rows=800,
)


def forecast(info: DatasetInfo, target: str, **changes: object) -> RunSpec:
    spec = default_spec(info, (target,), TaskKind.FORECASTING)
    task = spec.task.model_copy(update=changes)
    return spec.model_copy(update={"task": task})


def problems(spec: RunSpec, info: DatasetInfo) -> dict[str, str]:
    return {problem.where: str(problem) for problem in check_spec(spec, info)}


def test_a_monthly_series_is_drafted_with_a_year_ahead_and_two_years_back() -> None:
    spec = default_spec(AIRLINE, (), TaskKind.FORECASTING)

    assert check_spec(spec, AIRLINE) == ()
    assert (spec.task.time, spec.task.series, spec.task.horizon) == ("date", None, 12)
    assert (spec.split.method, spec.split.column) == ("time", "date")
    shape = forecast_shape(spec, AIRLINE)
    assert (shape.window, shape.season) == (24, 12)
    assert spec.training.learning_rate == 0.003  # few windows are few steps
    assert shape.cycles == (Cycle.YEAR,)


def test_half_hours_are_forecast_for_a_day_from_a_week() -> None:
    info = dataset(HALF_HOURS, number("demand", 4_000), num_rows=4_032)

    spec = default_spec(info, ("demand",), TaskKind.FORECASTING)

    assert spec.task.horizon == 48
    shape = forecast_shape(spec, info)
    assert (shape.window, shape.season) == (336, 336)
    assert shape.cycles == (Cycle.DAY, Cycle.WEEK)  # twelve weeks teach nothing about the year
    assert spec.training.learning_rate == 0.001


def test_the_series_column_and_the_other_numbers_are_found() -> None:
    spec = default_spec(SHOPS, ("sales",), TaskKind.FORECASTING)

    assert spec.task.series == "shop"
    assert spec.task.inputs == ("visitors",)
    assert check_spec(spec, SHOPS) == ()
    assert forecast_shape(spec, SHOPS).season == 7


def test_numbers_that_count_up_serve_as_time_and_an_index_is_no_input() -> None:
    info = dataset(
        number("rownames", 309, is_integer=True, min=1.0, max=309.0),
        number("YEAR", 309, is_integer=True, min=1700.0, max=2008.0),
        number("SUNACTIVITY", 200),
        num_rows=309,
    )

    spec = default_spec(info, (), TaskKind.FORECASTING)

    assert spec.task.time == "YEAR"
    assert spec.task.targets == ("SUNACTIVITY",)
    assert spec.task.inputs == ()
    assert forecast_shape(spec, info).season == 1


def test_working_days_repeat_every_five() -> None:
    info = dataset(
        dates(500, "2024-01-01T00:00:00", "2025-11-28T00:00:00", DAY_S), number("close", 480),
        num_rows=500,
    )  # fmt: skip

    assert forecast_shape(forecast(info, "close"), info).season == 5


def test_what_is_set_is_kept() -> None:
    spec = forecast(AIRLINE, "passengers", window=36, season=6, calendar=False)

    shape = forecast_shape(spec, AIRLINE)

    assert (shape.window, shape.season, shape.cycles) == (36, 6, ())


def test_a_short_series_gets_a_short_window_and_horizon() -> None:
    info = dataset(
        dates(30, "2024-01-01T00:00:00", "2026-06-01T00:00:00", 31 * DAY_S), number("y", 30),
        num_rows=30,
    )  # fmt: skip

    spec = default_spec(info, ("y",), TaskKind.FORECASTING)

    assert check_spec(spec, info) == ()
    assert spec.task.horizon == 3
    assert forecast_shape(spec, info).window <= 10


def test_one_long_series_does_not_leave_the_short_ones_out() -> None:
    info = dataset(
        dates(3_000, "1850-01-01T00:00:00", "2099-12-01T00:00:00", 31 * DAY_S),
        category("shop", *(f"shop {place}" for place in range(61)), usual_count=20),
        number("y", 900),
        num_rows=3_000 + 60 * 20,
    )  # fmt: skip

    spec = default_spec(info, ("y",), TaskKind.FORECASTING)

    shape = forecast_shape(spec, info)
    assert check_spec(spec, info) == ()
    assert (spec.task.series, shape.horizon, shape.window) == ("shop", 2, 6)
    assert shape.num_windows == 2_940 - 61 * 8  # the long series' windows count, too


def test_without_a_known_median_the_mean_length_decides() -> None:
    by_mean = forecast_shape(default_spec(SHOPS, ("sales",), TaskKind.FORECASTING), SHOPS)
    columns = [
        column.model_copy(update={"usual_count": 400}) if column.name == "shop" else column
        for column in SHOPS.columns
    ]
    known = dataset(*columns, num_rows=800)

    assert forecast_shape(default_spec(known, ("sales",), TaskKind.FORECASTING), known) == by_mean


def test_a_spec_without_a_forecast_does_not_mention_its_fields() -> None:
    plain = default_spec(SHOPS, ("holiday",))

    assert "horizon" not in write_yaml(plain)
    assert "label_separator" in write_yaml(plain)
    written = write_yaml(default_spec(SHOPS, ("sales",), TaskKind.FORECASTING))
    assert "label_separator" not in written
    assert read_spec(written).task.series == "shop"


def test_targets_are_scaled_by_their_window_and_other_columns_by_training_rows() -> None:
    spec = forecast(SHOPS, "sales", known=("holiday",))

    columns = forecast_columns(spec, SHOPS)

    settings = [column.settings for column in columns.columns[:2]]
    assert [entry.scaling for entry in settings if isinstance(entry, SeriesPreprocessing)] == [
        SeriesScaling.WINDOW,
        SeriesScaling.TRAINING,
    ]
    assert columns.columns[2].categories == ("no", "yes")
    assert (columns.num_channels, columns.num_known_channels) == (4, 2)


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"time": None}, "task.time", "no time column is chosen"),
        ({"time": "dat"}, "task.time", "Did you mean 'date'?"),
        ({"time": "note"}, "task.time", "kind text, which does not order the rows"),
        ({"time": "empty"}, "task.time", "0 different values"),
        ({"series": "shopp"}, "task.series", "Did you mean 'shop'?"),
        ({"series": "date"}, "task.series", "both the time and the series"),
        ({"targets": ()}, "task.targets", "No target is chosen"),
        ({"targets": ("sale",)}, "task.targets", "Did you mean 'sales'?"),
        ({"targets": ("holiday",)}, "task.targets", "continues numbers"),
        ({"targets": ("sales", "sales")}, "task.targets", "named 2 times"),
        ({"targets": ("empty",)}, "task.targets", "no values at all"),
        ({"inputs": ("visitor",)}, "task.inputs", "Did you mean 'visitors'?"),
        ({"inputs": ("sales",)}, "task.inputs", "whose past a forecast sees anyway"),
        ({"inputs": ("note",)}, "task.inputs", "kind text"),
        ({"inputs": ("empty",)}, "task.inputs", "no values at all"),
        ({"inputs": ("visitors", "visitors")}, "task.inputs", "named 2 times"),
        ({"known": ("shop",)}, "task.known", "is the series and cannot be a value too"),
        ({"known": ("visitors",)}, "task.known", "as an input and as known in advance"),
    ],
)  # fmt: skip
def test_problems_of_the_columns(changes: dict, where: str, words: str) -> None:
    spec = forecast(SHOPS, "sales", **{"inputs": ("visitors",), **changes})

    assert words in problems(spec, SHOPS)[where]


@pytest.mark.parametrize(("first", "last"), [(19580329, 20011229), (195803, 200112)])
def test_dates_written_as_one_number_are_refused_with_the_way_out(first: int, last: int) -> None:
    written = number("date", 144, is_integer=True, min=float(first), max=float(last))
    info = dataset(written, number("y"), num_rows=144)

    found = problems(forecast(info, "y"), info)["task.time"]

    assert f"such as {first}" in found and "Set its kind to datetime" in found


def test_numbers_that_only_begin_and_end_like_dates_are_steps() -> None:
    between = (ClassCount(value="195899", num_rows=1),)
    counting = number("date", 144, is_integer=True, min=195803.0, max=200112.0, top_values=between)
    info = dataset(counting, number("y"), num_rows=144)

    assert "task.time" not in problems(forecast(info, "y"), info)


def test_a_series_column_must_name_series() -> None:
    info = dataset(
        MONTHS, dates(5, "2020-01-01T00:00:00", "2020-01-05T00:00:00", DAY_S, name="other"),
        number("y"), num_rows=144,
    )  # fmt: skip

    assert "names no series" in problems(forecast(info, "y", series="other"), info)["task.series"]


@pytest.mark.parametrize(
    ("split", "where", "words"),
    [
        ({"method": "random"}, "split.method", "learn from its own future"),
        ({"method": "time", "column": "visitors"}, "split.column", "goes by 'visitors'"),
        ({"method": "group", "column": "holiday"}, "split.column", "keep whole series apart"),
    ],
)
def test_problems_of_the_split(split: dict, where: str, words: str) -> None:
    spec = forecast(SHOPS, "sales")
    changed = SplitSpec.model_validate(split)

    assert words in problems(spec.model_copy(update={"split": changed}), SHOPS)[where]


def test_a_horizon_longer_than_the_test_part_names_the_longest_that_fits() -> None:
    found = problems(forecast(AIRLINE, "passengers", horizon=30), AIRLINE)

    assert "about 22 steps, fewer than the horizon of 30" in found["task.horizon"]
    assert "at most 22" in found["task.horizon"]


def test_a_window_longer_than_the_series_is_refused() -> None:
    found = problems(forecast(AIRLINE, "passengers", window=140), AIRLINE)

    assert "need 152 steps, but the series has 144" in found["task.window"]


def test_a_window_of_too_many_inputs_is_refused() -> None:
    columns = [number(f"x{place}") for place in range(1_200)]
    info = dataset(
        dates(50_000, "2024-01-01T00:00:00", "2024-02-04T17:19:00", 60), number("y"), *columns,
        num_rows=50_000,
    )  # fmt: skip
    names = tuple(column.name for column in columns)
    spec = forecast(info, "y", window=10_000, inputs=names)

    assert "too large for a network" in problems(spec, info)["task.window"]


@pytest.mark.parametrize(
    ("preprocessing", "where", "words"),
    [
        ({"sales": {"scaling": "windw"}}, "preprocessing.sales.scaling", "Did you mean 'window'?"),
        ({"sale": {}}, "preprocessing.sale", "Did you mean 'sales'?"),
        ({"note": {}}, "preprocessing.note", "does not use 'note'"),
    ],
)
def test_problems_of_the_preprocessing(preprocessing: dict, where: str, words: str) -> None:
    spec = forecast(SHOPS, "sales").model_copy(update={"preprocessing": preprocessing})

    assert words in problems(spec, SHOPS)[where]


def test_a_forecast_has_no_classes_to_weigh_and_no_accuracy_to_watch() -> None:
    spec = forecast(SHOPS, "sales")
    training = spec.training.model_copy(update={"label_smoothing": 0.1})
    found = problems(spec.model_copy(update={"training": training}), SHOPS)

    assert "this is a forecasting" in found["training.label_smoothing"]


def test_drafting_without_times_or_targets_says_what_to_choose() -> None:
    with pytest.raises(SpecError, match="no column of dates or times"):
        default_spec(dataset(number("y")), ("y",), TaskKind.FORECASTING)
    with pytest.raises(SpecError, match="Choose what to forecast, one of: sales, visitors"):
        default_spec(SHOPS, (), TaskKind.FORECASTING)
