"""What a table's network makes or rebuilds, as charts and rows."""

import numpy as np

from dlstudio.runs.samples import SampleFrame
from dlstudio.spec.canvas import CanvasKind
from dlstudio.ui.table_frames import (
    MOST_CATEGORIES,
    OTHERS,
    distribution_figure,
    first_rows,
    kept_words,
    numbers_of,
    rebuilt_figure,
    rebuilt_film,
    samples_film,
)
from tests.ui.figures import traces

COLORS = ("#111111", "#222222")


def frame(epoch: int, ages: list[str], homes: list[str]) -> SampleFrame:
    values = np.stack([np.asarray(ages), np.asarray(homes)], axis=1)
    return SampleFrame(epoch, CanvasKind.TABLE, values, columns=("age", "home"), numbers=("age",))


REAL = frame(0, ["20", "30", "", "40"], ["rent", "rent", "own", ""])
MADE = frame(3, ["21", "30", "39", ""], ["rent", "own", "own", "own"])


def test_missing_numbers_are_no_numbers() -> None:
    np.testing.assert_array_equal(numbers_of(REAL, "age"), [20.0, 30.0, np.nan, 40.0])


def test_rows_are_shown_as_they_are_or_beside_what_they_were() -> None:
    assert first_rows(MADE)["home"] == ["rent", "own", "own", "own"]
    assert first_rows(MADE, REAL)["age"] == ["20 → 21", "30 → 30", "missing → 39", "40 → missing"]


def test_samples_are_drawn_beside_real_rows() -> None:
    bars, line = traces(distribution_figure(MADE, REAL, "age"))
    assert (bars.name, line.name) == ("Samples", "Real rows")
    assert sum(bars.y) == 75.0  # a fourth of the samples has no age

    made, real = traces(distribution_figure(MADE, REAL, "home"))
    assert list(made.x) == ["rent", "own", "missing"]
    assert (list(made.y), list(real.y)) == ([25.0, 75.0, 0.0], [50.0, 25.0, 25.0])


def test_bins_of_whole_numbers_hold_as_many_of_them_each() -> None:
    ages = [str(age) for age in range(18, 90)]
    wide = frame(1, ages, ["own"] * len(ages))
    bars, _ = traces(distribution_figure(wide, wide, "age"))
    assert [round(0.72 * share) for share in bars.y] == [3] * 24


def test_rebuilt_numbers_keep_the_scale_of_the_given_ones() -> None:
    figure = rebuilt_figure(MADE, REAL, "age")
    points = traces(figure)[0]
    assert (list(points.x), list(points.y)) == ([20.0, 30.0], [21.0, 30.0])
    low, high = figure.layout.yaxis.range
    assert low < 20 < 30 < high
    assert kept_words(MADE, REAL, "home") == "2 of 4 rows come back with the same value."
    assert "On the line" in kept_words(MADE, REAL, "age")


def test_a_film_ends_with_real_rows_and_that_of_rebuilt_rows_shows_errors() -> None:
    film = traces(samples_film([frame(1, ["5"], ["own"]), MADE], REAL, "age", COLORS))
    assert [box.name for box in film] == ["1", "3", "real rows"]
    errors = traces(rebuilt_film([MADE], REAL, "age", COLORS))
    assert list(errors[0].y) == [1.0, 0.0]
    shares = traces(samples_film([MADE], REAL, "home", COLORS))
    assert list(shares[0].x) == ["3", "real rows"]


def test_rare_categories_are_drawn_together() -> None:
    names = [f"kind {number}" for number in range(30)]
    many = frame(1, ["1"] * 30, names)
    made, _ = traces(distribution_figure(many, many, "home"))
    assert len(made.x) == MOST_CATEGORIES
    assert made.x[-1] == OTHERS
    assert round(sum(made.y), 6) == 100.0
