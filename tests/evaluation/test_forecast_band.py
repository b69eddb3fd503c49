"""The band around a forecast holds what it says of the past, or is left out."""

import numpy as np
import pytest

from dlstudio.data.forecasting.regular import regularise
from dlstudio.evaluation.forecast_band import band_of_errors, floors_of_series, widths_of_series
from dlstudio.evaluation.forecasting import ForecastRows
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from tests.data.histories import history

HORIZON = 3


def rows_of(errors: np.ndarray, scale: float | np.ndarray = 1.0) -> ForecastRows:
    """Forecasts of one target whose error is given by forecast and step."""
    num = errors.size
    return ForecastRows(
        targets=("y",),
        actual=errors.reshape(-1, 1).astype(np.float64),
        predicted=np.zeros((num, 1)),
        scale=np.broadcast_to(np.asarray(scale, np.float64).reshape(-1, 1), (num, 1)),
        steps=np.tile(np.arange(1, errors.shape[1] + 1), len(errors)),
        series=np.full(num, "", object),
        times=np.arange(num, dtype=np.float64),
        is_calendar=False,
    )


@pytest.mark.parametrize("num_forecasts", [10, 11, 37, 400])
def test_eight_of_ten_past_values_lay_within_the_band(num_forecasts: int) -> None:
    generator = np.random.default_rng(num_forecasts)
    errors = generator.normal(size=(num_forecasts, HORIZON)) * [1, 2, 5]

    band = band_of_errors(rows_of(errors), has_series=False)

    assert band is not None and band.num_forecasts == num_forecasts
    within = np.mean(np.abs(errors) <= band.widths[:, 0], axis=0)
    assert np.all(within >= 0.8) and np.all(within <= 0.8 + 2 / num_forecasts)


def test_too_few_past_forecasts_make_no_band() -> None:
    assert band_of_errors(rows_of(np.ones((9, HORIZON))), has_series=False) is None
    gaps = np.ones((12, HORIZON))
    gaps[:3, 1] = np.nan  # of one step only nine true values were measured

    assert band_of_errors(rows_of(gaps), has_series=False) is None


def test_series_of_different_size_have_bands_of_their_own_size() -> None:
    errors = np.concatenate([np.full((10, HORIZON), 2.0), np.full((10, HORIZON), 4_000.0)])
    scale = np.repeat([1.0, 2_000.0], 10 * HORIZON)

    band = band_of_errors(rows_of(errors, scale), has_series=True)

    assert band is not None
    widths = widths_of_series(band, np.asarray([[1.0], [2_000.0], [np.nan]]))
    assert widths[:, :, 0].tolist()[:2] == [[2.0] * HORIZON, [4_000.0] * HORIZON]
    assert np.isnan(widths[2]).all()


def test_one_series_needs_no_scale() -> None:
    band = band_of_errors(rows_of(np.full((10, HORIZON), 2.0), np.nan), has_series=False)

    assert band is not None
    assert widths_of_series(band, np.asarray([[np.nan]])).ravel().tolist() == [2.0] * HORIZON


@pytest.mark.parametrize(
    ("smallest", "expected"), [(0.0, [0, -np.inf]), (-3.0, [-np.inf] * 2), (None, [-np.inf] * 2)]
)
def test_a_band_ends_at_zero_only_where_nothing_was_ever_negative(
    smallest: float | None, expected: list[float]
) -> None:
    days, names = [0, 1, 2, 0, 1, 2], ["a"] * 3 + ["b"] * 3
    table, _ = regularise(history(days, [4, 0, np.nan, 2, -1, 5], names), ("y",))
    target = ColumnInfo(name="y", kind=ColumnKind.NUMBER, min=smallest)

    assert floors_of_series(table, [target])[:, 0].tolist() == expected
