"""The way from scaled sequences back to readings in the units of the data."""

from typing import cast

import numpy as np

from dlstudio.models.blocks import Block
from dlstudio.models.inputs.sequence import fitted_scale, levels_of
from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.inputs.sequence import SequencePreprocessing, SequenceScaling

LARGEST_STRENGTH = 10.0
UNITS_LOST = (
    "Each sequence was scaled by itself, or fed as changes from step to step, so that its level is "
    "not known: the values are the scaled ones."
)


def has_units(block: Block) -> bool:
    """Whether what a network makes of these sequences can be brought back to the data's units."""
    settings = cast("SequencePreprocessing", block.column.settings)
    return settings.scaling is not SequenceScaling.PER_SEQUENCE and not settings.differencing


def in_units(block: Block, rows: np.ndarray, made: Tensor, known: Tensor | None = None) -> Tensor:
    """Undo the scaling of sequences.

    Args:
        block: The column.
        rows: The training rows that its scaling was fitted on, `(n, steps, channels)`, NaN where a
            reading is missing.
        made: Scaled sequences, `(batch, steps, scaled channels)`.
        known: 1 for steps that count and 0 for padding, `(batch, steps, 1)`; None if all count.

    Returns:
        Float32 `(batch, steps, channels)`; as they were given where `has_units` says no. A channel
        that never changed comes back as what it always was.
    """
    settings = cast("SequencePreprocessing", block.column.settings)
    if not has_units(block):
        return made
    if settings.scaling is SequenceScaling.SHAPE_AND_LEVEL:
        return _with_level(rows, made, ops.ones_like(made[..., :1]) if known is None else known)
    scale = fitted_scale(settings.scaling, rows)
    return made * _undone(scale.factor) + scale.center


def _with_level(rows: np.ndarray, made: Tensor, known: Tensor) -> Tensor:
    """Give a shape the level and the strength that stand beside it at every step, on average."""
    levels, width = levels_of(rows), rows.shape[-1]
    num_known = ops.maximum(ops.sum(known, axis=1, keepdims=True), 1.0)
    means = ops.sum(made[..., width:] * known, axis=1, keepdims=True) / num_known
    height, strength = means[..., :width], means[..., width:]
    mean = ops.sinh(height) * _undone(levels.mean.factor) + levels.mean.center
    # Beyond what training rows have, an exponential would run away.
    strength = ops.clip(strength, -LARGEST_STRENGTH, LARGEST_STRENGTH)
    logarithm = strength * _undone(levels.strength.factor) + levels.strength.center
    spread = ops.maximum(ops.exp(logarithm) - levels.floor, 0.0)
    return made[..., :width] * spread + mean


def _undone(factor: np.ndarray) -> np.ndarray:
    return np.where(factor > 0, 1.0 / np.where(factor > 0, factor, 1.0), 0.0).astype("float32")
