"""Datetime columns agree with the calendar."""

import numpy as np
import pandas as pd
import pytest

from dlstudio.models.layout import features_of
from dlstudio.models.preprocessing import fit_preprocessor
from tests.models.tables import Raw, describe, spec_for, texts

pytestmark = pytest.mark.tensorflow

TIMES = pd.DatetimeIndex(
    [
        "1969-12-31 23:59:59",
        "1970-01-01",
        "1999-12-31 12:00",
        "2000-02-29 06:30",
        "2000-03-01",
        "1900-02-28 18:00",
        "2100-03-01 01:02:03",
        "2024-02-29 23:59:59",
        "2026-07-15 15:45",
        "1600-12-31",
        "2400-01-01",
    ],
    dtype="datetime64[s]",
)
SECONDS = TIMES.astype("int64").to_numpy().astype("float64")


def features(rows: Raw, train: Raw | None = None, **fields: bool) -> dict[str, np.ndarray]:
    """Each dense feature by name."""
    train = train or rows
    size = len(train["when"])
    info = describe({**train, "y": texts(*(["a", "b"] * size)[:size])})
    spec = spec_for(["when"], ["y"], preprocessing={"when": fields})
    dense = fit_preprocessor(spec, info, train).transform(rows)["dense"]
    names = features_of(spec, info).dense_names
    return dict(zip(names, dense.T, strict=True))


@pytest.mark.parametrize(
    ("cycle", "fraction"),
    [
        ("hour", (TIMES.hour * 3600 + TIMES.minute * 60 + TIMES.second) / 86_400),
        ("weekday", TIMES.day_of_week / 7),
        ("day of month", (TIMES.day - 1) / 31),
        ("month", (TIMES.month - 1) / 12),
    ],
)
def test_cyclic_parts_agree_with_the_calendar(cycle: str, fraction: pd.Index) -> None:
    found = features({"when": SECONDS})
    angle = 2.0 * np.pi * fraction.to_numpy().astype("float64")
    assert np.allclose(found[f"when {cycle} (sin)"], np.sin(angle), atol=1e-5)
    assert np.allclose(found[f"when {cycle} (cos)"], np.cos(angle), atol=1e-5)


def test_every_day_of_four_centuries_has_its_date() -> None:
    days = np.arange(-200_000.0, 20_000.0) * 86_400.0
    dates = pd.DatetimeIndex(days.astype("datetime64[s]"))
    found = features({"when": days})
    month = np.arctan2(found["when month (sin)"], found["when month (cos)"]) / (2 * np.pi) % 1
    day = np.arctan2(found["when day of month (sin)"], found["when day of month (cos)"])
    assert np.array_equal(np.round(month * 12) % 12 + 1, dates.month)
    assert np.array_equal(np.round(day / (2 * np.pi) % 1 * 31) % 31 + 1, dates.day)


def test_the_trend_goes_from_about_minus_one_to_one_and_stays_within_three() -> None:
    train = {"when": np.asarray([0.0, 1e9])}
    found = features({"when": np.asarray([0.0, 5e8, 1e9, 1e300, -1e300])}, train)
    place = found["when"]
    assert place[:3] == pytest.approx([-0.949, 0.0, 0.949], abs=1e-3)
    assert np.abs(place).max() <= 3.0


def test_a_missing_time_has_no_place_on_the_circles_and_is_marked() -> None:
    found = features({"when": np.asarray([0.0, np.nan, 1e9, np.inf])})
    assert found["when is missing"].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert found["when hour (cos)"][[1, 3]].tolist() == [0.0, 0.0]
    assert found["when hour (cos)"][0] == 1.0
    assert all(np.isfinite(values).all() for values in found.values())


def test_only_the_parts_asked_for_are_made() -> None:
    assert list(features({"when": SECONDS}, cyclic_parts=False)) == ["when"]
    assert len(features({"when": SECONDS}, trend=False)) == 8


def test_a_constant_or_unknown_time_gives_finite_features() -> None:
    for value in (1e9, np.nan):
        found = features({"when": np.full(4, value)}, {"when": np.full(4, value)})
        assert all(np.isfinite(values).all() for values in found.values())
