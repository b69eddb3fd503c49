"""Sequence columns: channels on a common scale, one length for all, filled up in front."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.inputs.sequence import SequencePreprocessing, SequenceScaling

MISSING = float("nan")
# Readings further from the mean than this, in standard deviations, are cut.
LARGEST_SCALED = 8.0
# Statistics of more readings than this are those of an even sample.
MOST_READINGS = 20_000_000
SMALLEST_SPREAD = 1e-6
# Sequences weaker than this share of the median one count as silent.
SMALLEST_STRENGTH = 1e-3


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of a sequence column; see `BlockInput`."""
    summary, length = column.info.sequence, _settings(column).length or 1
    num_channels = len(summary.channels) if summary else 1
    shortest = summary.length.min if summary and not column.info.num_missing else 0
    has_padding = shortest < length
    width = num_channels * (3 if _has_levels(column) else 1)
    shape = (length, width + has_padding)
    return Block(
        name,
        BlockKind.SERIES,
        column,
        decoded_shape=(length, num_channels),
        decoded_dtype="float32",
        shape=shape,
        dtype="float32",
        has_padding=has_padding,
    )


def decode(block: Block, values: np.ndarray, _folder: Path) -> np.ndarray:
    """Bring sequences to one length: the last steps, with NaN in front; see `BlockInput`."""
    length = block.decoded_shape[0]
    decoded = np.full((len(values), *block.decoded_shape), MISSING, "float32")
    for row, sequence in enumerate(values):
        steps = steps_of(block, sequence)[-length:]
        if len(steps):
            decoded[row, -len(steps) :] = steps
    return decoded


def steps_of(block: Block, sequence: np.ndarray) -> np.ndarray:
    """Arrange the readings of a sequence by time step.

    Args:
        block: The column.
        sequence: Flat or `(steps, channels)`; empty if it is missing.

    Returns:
        Float32 `(steps, channels)`, without the steps at the end in which all channels are missing.
    """
    steps = np.asarray(sequence, "float32").reshape(-1, block.decoded_shape[-1])
    known = np.flatnonzero(~np.isnan(steps).all(axis=1))
    return steps[: known[-1] + 1] if len(known) else steps[:0]


def raw_input(block: Block, name: str) -> Tensor:
    """Make an input of sequences of any length; NaN is missing. See `BlockInput`.

    Shorter sequences of a batch end with steps of NaN.
    """
    return new_input((None, block.decoded_shape[-1]), name=name, dtype="float32")


def bring_to_shape(block: Block, raw: Tensor) -> Tensor:
    """Move sequences to the end of the block, as `decode` does; see `BlockInput`."""
    length = block.decoded_shape[0]
    padded = ops.pad(raw, ((0, 0), (length, 0), (0, 0)), constant_values=MISSING)
    is_known = ops.cast(ops.any(ops.logical_not(ops.isnan(padded)), axis=-1), "int32")
    places = ops.cumsum(ops.ones_like(is_known), axis=1)
    end = ops.maximum(ops.max(places * is_known, axis=1, keepdims=True), length)
    wanted = _added(end, ops.arange(-length, 0, dtype="int32")[None, :])
    return ops.take_along_axis(padded, wanted[:, :, None], axis=1)


def build(block: Block, rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Scale by the training rows and fill up; see `BlockInput`.

    A missing reading takes the last one known, or the mean if there is none before it.

    Returns:
        Float32 `(batch, length, channels)`, with levels three times as many channels; where
        lengths vary with one more, which is 1 for the steps of the sequence and 0 for those in
        front of it.
    """
    settings = _settings(block.column)
    is_known = ops.logical_not(ops.isnan(decoded))
    has_begun = ops.cumsum(ops.cast(ops.any(is_known, axis=-1, keepdims=True), "int32"), axis=1)
    is_step = ops.cast(ops.greater(has_begun, 0), "float32")
    values = _carried_forward(decoded, block.decoded_shape[0])
    if settings.differencing:
        values, rows = _differences(values), np.diff(rows, axis=1)
    if settings.scaling is SequenceScaling.PER_SEQUENCE:
        scaled = _taken_apart(values).shape
    elif settings.scaling is SequenceScaling.SHAPE_AND_LEVEL:
        scaled = _shape_and_level(values, rows)
    else:
        scale = fitted_scale(settings.scaling, rows)
        scaled = (values - scale.center) * scale.factor
    scaled = ops.where(ops.isnan(scaled), 0.0, scaled)
    if settings.scaling is not SequenceScaling.NONE:
        scaled = ops.clip(scaled, -LARGEST_SCALED, LARGEST_SCALED)
    scaled = ops.cast(scaled * is_step, "float32")
    return ops.concatenate([scaled, is_step], axis=-1) if block.has_padding else scaled


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Augment in training; see `BlockInput`."""
    settings = _settings(block.column)
    tensor = feature
    if settings.time_shift:
        tensor = _shifted(tensor, block, settings.time_shift, next(seeds))
    if settings.noise:
        noise = layers.GaussianNoise(settings.noise, seed=next(seeds), name=f"{block.name}_noise")
        tensor = tensor + _of_readings(block, noise(ops.zeros_like(tensor)), tensor)
    return Entered(tensor, tensor[:, :, -1] if block.has_padding else None)


@dataclass(frozen=True)
class Scale:
    """(x - center) * factor; both float32 `(channels,)`."""

    center: np.ndarray
    factor: np.ndarray


def fitted_scale(scaling: SequenceScaling, rows: np.ndarray) -> Scale:
    """Fit "standard", "min_max" or "none" on rows `(n, steps, channels)`."""
    num_channels = rows.shape[-1]
    center, factor = np.zeros(num_channels), np.ones(num_channels)
    step = max(1, rows.size // MOST_READINGS)
    for channel in range(num_channels):
        readings = rows[::step, :, channel]
        known = readings[np.isfinite(readings)].astype(np.float64)
        if scaling is SequenceScaling.NONE or not len(known):
            continue
        if scaling is SequenceScaling.MIN_MAX:
            center[channel], spread = known.min(), known.max() - known.min()
        else:
            center[channel], spread = known.mean(), known.std()
        # A channel that never changed says nothing, however it changes later.
        is_constant = spread <= SMALLEST_SPREAD * max(abs(center[channel]), 1e-30)
        factor[channel] = 0.0 if is_constant else 1.0 / spread
    return Scale(center.astype("float32"), factor.astype("float32"))


def _carried_forward(values: Tensor, length: int) -> Tensor:
    """Fill what is missing with the last reading before it, in doubling strides."""
    stride = 1
    while stride < length:
        before = ops.concatenate(
            [ops.full_like(values[:, :stride], MISSING), values[:, :-stride]], axis=1
        )
        values = ops.where(ops.isnan(values), before, values)
        stride *= 2
    return values


def _differences(values: Tensor) -> Tensor:
    """Changes from step to step; that of the first step is missing."""
    before = ops.concatenate([ops.full_like(values[:, :1], MISSING), values[:, :-1]], axis=1)
    return values - before


class _Parts(NamedTuple):
    """Each channel of each sequence by its own mean and spread, `(batch, 1, channels)` each."""

    shape: Tensor  # `(batch, length, channels)`; 0 where a reading is missing
    mean: Tensor
    spread: Tensor


def _taken_apart(values: Tensor) -> _Parts:
    is_known = ops.logical_not(ops.isnan(values))
    known = ops.where(is_known, values, 0.0)
    count = ops.maximum(ops.sum(ops.cast(is_known, "float32"), axis=1, keepdims=True), 1.0)
    mean = ops.sum(known, axis=1, keepdims=True) / count
    distance = ops.where(is_known, values - mean, 0.0)
    spread = ops.sqrt(ops.sum(ops.square(distance), axis=1, keepdims=True) / count)
    is_constant = ops.less_equal(spread, SMALLEST_SPREAD * ops.maximum(ops.abs(mean), 1e-30))
    return _Parts(distance / ops.where(is_constant, 1.0, spread), mean, spread)


def _shape_and_level(values: Tensor, rows: np.ndarray) -> Tensor:
    """The shape of each channel, and beside it at every step how high and how strong it is.

    Means and spreads may differ by orders of magnitude: means are bent by the inverse hyperbolic
    sine, spreads by the logarithm, both scaled by the training rows.
    """
    levels = levels_of(rows)
    parts = _taken_apart(values)
    every_step = ops.ones_like(parts.shape)
    height = ops.arcsinh((parts.mean - levels.mean.center) * levels.mean.factor)
    strength = ops.log(parts.spread + levels.floor)
    strength = (strength - levels.strength.center) * levels.strength.factor
    return ops.concatenate([parts.shape, every_step * height, every_step * strength], axis=-1)


class Levels(NamedTuple):
    """How the levels of training rows are distributed; all float32 `(channels,)`."""

    mean: Scale
    strength: Scale
    floor: np.ndarray


def levels_of(rows: np.ndarray) -> Levels:
    """Fit how high and how strong rows `(n, steps, channels)` are."""
    is_known = np.isfinite(rows)
    known = np.where(is_known, rows, 0.0).astype(np.float64)
    count = np.maximum(is_known.sum(axis=1), 1)
    means = known.sum(axis=1) / count
    squares = np.where(is_known, known - means[:, None], 0.0) ** 2
    spreads = np.sqrt(squares.sum(axis=1) / count)
    first, middle, third = np.quantile(means, [0.25, 0.5, 0.75], axis=0)
    floor = SMALLEST_STRENGTH * np.median(spreads, axis=0) + 1e-12
    strengths = np.log(spreads + floor)
    return Levels(
        Scale(middle.astype("float32"), _inverse(third - first)),
        Scale(strengths.mean(axis=0).astype("float32"), _inverse(strengths.std(axis=0))),
        floor.astype("float32"),
    )


def _inverse(spread: np.ndarray) -> np.ndarray:
    is_constant = spread <= 1e-12
    return np.where(is_constant, 0.0, 1.0 / np.where(is_constant, 1.0, spread)).astype("float32")


def _has_levels(column: StructuredColumn) -> bool:
    return _settings(column).scaling is SequenceScaling.SHAPE_AND_LEVEL


def _shifted(tensor: Tensor, block: Block, share: float, seed: int) -> Tensor:
    """Move each sequence at random; what comes in from outside repeats the edge.

    The random numbers come from a layer that is silent outside training: noise on zeros, through
    the error function uniform between -1 and 1.
    """
    length = block.shape[0]
    noise = layers.GaussianNoise(1.0, seed=seed, name=f"{block.name}_shift")
    uniform = ops.erf(noise(ops.zeros_like(tensor[:, :1, :1])) / np.float32(np.sqrt(2.0)))
    moves = ops.cast(ops.round(uniform * (share * length)), "int32")
    places = _added(moves, ops.arange(length, dtype="int32")[None, :, None])
    return ops.take_along_axis(tensor, ops.clip(places, 0, length - 1), axis=1)


def _added(first: Tensor, second: Tensor) -> Tensor:
    """The sum; the one that has the batch comes first.

    Keras 3.15 takes a second summand `(batch, 1)` for a bias where the batch happens to be as long
    as an axis of the first one, and adds it along that axis.
    """
    return ops.add(first, second)


def _of_readings(block: Block, noise: Tensor, tensor: Tensor) -> Tensor:
    """Noise for the channels of steps only, not for the channel that says where they are."""
    if not block.has_padding:
        return noise
    is_channel = np.ones(block.shape[-1], "float32")
    is_channel[-1] = 0.0
    return noise * is_channel * tensor[:, :, -1:]


def _settings(column: StructuredColumn) -> SequencePreprocessing:
    return cast("SequencePreprocessing", column.settings)
