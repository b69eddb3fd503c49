"""Brings sound from one sample rate to another.

The filter is `scipy.signal.resample_poly`'s (a low-pass of 10 periods a side in a Kaiser window of
beta 5), as matrix products over stretches of sound: importing SciPy would cost each process a
second or two, and 140 MB on disk.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

NUM_PERIODS = 10
KAISER_BETA = 5.0
# Rates are kept as a ratio of numbers up to this, at most one part in a million away.
MAX_RATIO = 1_000
# New samples that one product gives: more would multiply by more zeros.
NUM_TOGETHER = 32
# From about this many multiplications OpenBLAS wakes its threads, which cost 20 times as much as
# they save while other threads decode other files.
LARGEST_PRODUCT = 200_000


@dataclass(frozen=True)
class _Part:
    """Some new samples of each stretch of sound: the old ones read, and what each of them adds."""

    read: slice
    new: slice
    weights: np.ndarray


@dataclass(frozen=True)
class _Filter:
    """How each stretch of `num_old` samples becomes `num_new`; `before` it are read as well."""

    num_old: int
    num_new: int
    before: int
    num_read: int
    parts: tuple[_Part, ...]


def resample(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Bring sound to another sample rate.

    Args:
        samples: float32 `(num_samples,)`.
        rate: Its samples a second, above 0 and at most 1,000 times `new_rate`.
        new_rate: The samples a second that are wanted, above 0.

    Returns:
        float32 `(ceil(num_samples * new_rate / rate),)`; silence is taken to surround the sound.
    """
    up, down = _ratio(rate, new_rate)
    if up == down or not len(samples):
        return samples
    num_new = -(-len(samples) * up // down)
    low_pass = _filter(up, down)
    num_stretches = -(-num_new // low_pass.num_new)
    length = max(len(samples), num_stretches * low_pass.num_old)
    padded = np.zeros(low_pass.before + length + low_pass.num_read, "float32")
    padded[low_pass.before : low_pass.before + len(samples)] = samples
    windows = np.lib.stride_tricks.sliding_window_view(padded, low_pass.num_read)
    windows = windows[: num_stretches * low_pass.num_old : low_pass.num_old]
    resampled = np.empty((num_stretches, low_pass.num_new), "float32")
    for part in low_pass.parts:
        step = max(1, LARGEST_PRODUCT // part.weights.size)
        for start in range(0, num_stretches, step):
            rows = slice(start, start + step)
            resampled[rows, part.new] = windows[rows, part.read] @ part.weights
    return resampled.ravel()[:num_new]


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
    else:
        ratio = 1 / Fraction(rate, new_rate).limit_denominator(MAX_RATIO)
    return ratio.numerator, ratio.denominator


def _reach(up: int, down: int) -> int:
    """Samples on each side that have a part in a new sample."""
    return -(-NUM_PERIODS * max(up, down) // up) + 1


@lru_cache(maxsize=16)
def _filter(up: int, down: int) -> _Filter:
    half = NUM_PERIODS * max(up, down)
    offsets = np.arange(-half, half + 1)
    low_pass = np.sinc(offsets / max(up, down)) * np.kaiser(2 * half + 1, KAISER_BETA)
    low_pass *= up / low_pass.sum()
    repeats = max(1, NUM_TOGETHER // up)
    reach = _reach(up, down)
    old = np.arange(-reach, repeats * down + reach + 1)
    parts = []
    for start in range(0, repeats * up, NUM_TOGETHER):
        new = np.arange(start, min(start + NUM_TOGETHER, repeats * up))
        first = int(new[0]) * down // up
        read = slice(first, int(new[-1]) * down // up + 2 * reach + 1)
        # New sample m stands at m * down, old sample n at n * up, on the grid that both share.
        distance = new[None, :] * down - old[read, None] * up
        is_near = np.abs(distance) <= half
        weights = np.where(is_near, low_pass[np.clip(distance + half, 0, 2 * half)], 0.0)
        parts.append(_Part(read, slice(start, start + len(new)), weights.astype("float32")))
    return _Filter(repeats * down, repeats * up, reach, len(old), tuple(parts))
