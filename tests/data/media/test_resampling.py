"""Sound at another rate is what SciPy gives."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from dlstudio.data.media.resampling import num_samples_behind, resample

RATES = [
    (44_100, 16_000),
    (48_000, 16_000),
    (22_050, 16_000),
    (8_000, 16_000),
    (11_025, 48_000),
    (192_000, 1_000),
    (1_000, 48_000),
]


@pytest.mark.parametrize(("rate", "new_rate"), RATES)
@pytest.mark.parametrize("num_samples", [1, 2, 777, 20_000])
def test_resampled_sound_is_what_scipy_gives(rate: int, new_rate: int, num_samples: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, num_samples).astype("float32")
    common = np.gcd(rate, new_rate)
    expected = resample_poly(samples, new_rate // common, rate // common)
    resampled = resample(samples, rate, new_rate)
    assert resampled.dtype == np.float32
    np.testing.assert_allclose(resampled, expected, atol=2e-6)


def test_an_odd_rate_is_off_by_less_than_one_part_in_a_hundred_thousand() -> None:
    seconds = np.arange(44_101) / 44_101
    resampled = resample(np.sin(2 * np.pi * 440 * seconds).astype("float32"), 44_101, 16_000)
    expected = np.sin(2 * np.pi * 440 * np.arange(len(resampled)) / 16_000)
    np.testing.assert_allclose(resampled[100:-100], expected[100:-100], atol=0.01)


def test_sound_at_the_wanted_rate_stays_as_it_is() -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 500).astype("float32")
    assert resample(samples, 16_000, 16_000) is samples


def test_what_is_higher_than_the_new_rate_can_hold_is_filtered_out() -> None:
    seconds = np.arange(44_100) / 44_100
    high = np.sin(2 * np.pi * 12_000 * seconds).astype("float32")
    assert np.abs(resample(high, 44_100, 16_000)[200:-200]).max() < 0.001


@pytest.mark.parametrize(("rate", "new_rate"), RATES)
def test_the_samples_behind_are_enough_for_the_beginning(rate: int, new_rate: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 60_000).astype("float32")
    needed = num_samples_behind(100, rate, new_rate)
    part = resample(samples[:needed], rate, new_rate)[:100]
    np.testing.assert_allclose(part, resample(samples, rate, new_rate)[:100], atol=1e-6)
