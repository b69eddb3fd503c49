"""Brings sound from one sample rate to another.

The filter is `scipy.signal.resample_poly`'s (a low-pass of 10 periods a side in a Kaiser window of
beta 5), as one matrix product a stretch of sound: importing SciPy would cost each process a second
or two and 140 MB on disk.
"""

from fractions import Fraction
from functools import lru_cache

import numpy as np

NUM_PERIODS = 10
KAISER_BETA = 5.0
# Rates are kept as a ratio of numbers up to this, at most one part in a million away.
MAX_RATIO = 1_000
# Samples that one row of the product reads, at least; more would multiply by more zeros.
STRETCH = 128


def resample(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Bring sound to another sample rate.

    Args:
        samples: float32 `(num_samples,)`.
        rate: Its samples a second, above 0.
        new_rate: The samples a second that are wanted, above 0.

    Returns:
        float32 `(ceil(num_samples * new_rate / rate),)`; silence is taken to surround the sound.
    """
    up, down = _ratio(rate, new_rate)
    if up == down or not len(samples):
        return samples
    num_new = -(-len(samples) * up // down)
    weights, before, step = _weights(up, down)
    num_rows = -(-num_new // weights.shape[1])
    padded = np.zeros(before + max(len(samples), num_rows * step) + weights.shape[0], "float32")
    padded[before : before + len(samples)] = samples
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape[0])
    return (windows[: num_rows * step : step] @ weights).ravel()[:num_new]


def num_samples_behind(num_new: int, rate: int, new_rate: int) -> int:
    """Tell how many samples the first samples at a new rate are computed from.

    Args:
        num_new: Samples wanted at the new rate.
        rate: Samples a second of the sound.
        new_rate: Samples a second that are wanted.
    """
    up, down = _ratio(rate, new_rate)
    return -(-num_new * down // up) + _reach(up, down)


def _ratio(rate: int, new_rate: int) -> tuple[int, int]:
    if new_rate <= rate:
        ratio = Fraction(new_rate, rate).limit_denominator(MAX_RATIO)
        ratio = ratio or Fraction(1, rate // new_rate)
    else:
        ratio = 1 / Fraction(rate, new_rate).limit_denominator(MAX_RATIO)
    return ratio.numerator, ratio.denominator


def _reach(up: int, down: int) -> int:
    """Samples on each side that have a part in a new sample."""
    return -(-NUM_PERIODS * max(up, down) // up) + 1


@lru_cache(maxsize=16)
def _weights(up: int, down: int) -> tuple[np.ndarray, int, int]:
    """What each of a stretch of samples adds to each new sample of that stretch.

    Returns:
        Weights, float32 `(num_read, num_new)`; how many samples before the stretch are read; and
        how many samples the stretch is long.
    """
    half = NUM_PERIODS * max(up, down)
    offsets = np.arange(-half, half + 1)
    low_pass = np.sinc(offsets / max(up, down)) * np.kaiser(2 * half + 1, KAISER_BETA)
    low_pass *= up / low_pass.sum()
    repeats = max(1, STRETCH // down)
    reach = _reach(up, down)
    read = np.arange(-reach, repeats * down + reach + 1)
    # New sample m stands at m * down, sample n at n * up, in units of the common fine grid.
    distance = np.arange(repeats * up)[None, :] * down - read[:, None] * up
    is_near = np.abs(distance) <= half
    weights = np.where(is_near, low_pass[np.clip(distance + half, 0, 2 * half)], 0.0)
    return weights.astype("float32"), reach, repeats * down
