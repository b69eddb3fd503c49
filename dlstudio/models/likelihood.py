"""How probable an example is under a reconstruction, in nats, without a setting to tune.

Numbers, pixels and readings are normal around their reconstruction. The variance is not set but
the best one for the errors that are made (sigma-VAE: Rybkin, Daniilidis and Levine 2021, "Simple
and Effective VAE Training with Calibrated Decoders"), so that the same loss suits data on any
scale. A category is one draw among its places, a missing value a coin, and so is each step of a
sequence that may be shorter.
"""

import math
from dataclasses import dataclass

import numpy as np

from dlstudio.models.canvas import Canvas, PlaceKind
from dlstudio.models.rebuilding import EXAMPLE, KNOWN, PRESENCE, RECONSTRUCTION
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.canvas import CanvasKind

# Errors below a step of 8-bit pixels, or a hundredth of a column's spread, are no gain.
SMALLEST_PIXEL_VARIANCE = (2.0 / 255.0) ** 2 / 12.0
SMALLEST_VARIANCE = 1e-4
LARGEST_LOGIT = 15.0
SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class TablePlaces:
    """Which numbers of a table's row are what, in the order of the canvas.

    Attributes:
        normal: Numbers that are normal around their reconstruction: `[first, last)` of those in
            front and of those at the end.
        missing: Indicators of missing numbers, `[first, last)`.
        categories: Places of categories, `[first, last)`.
        of_column: Float32 `(num_places, num_columns)`: 1 where a place of a category belongs to a
            column.
        known: Float32 `(num_missing, num_numbers)`: 1 where an indicator is about a number.
    """

    normal: tuple[tuple[int, int], tuple[int, int]]
    missing: tuple[int, int]
    categories: tuple[int, int]
    of_column: np.ndarray
    known: np.ndarray


def table_places(canvas: Canvas) -> TablePlaces:
    """Sort the places of a table's canvas."""
    kinds = [place.kind for place in canvas.places]
    ends = np.cumsum([kinds.count(kind) for kind in PlaceKind]).tolist()
    numbers, missing, categories, _, others = ends  # dates, then words, are at the end
    columns = np.asarray(canvas.columns, object)
    chosen = columns[missing:categories]
    names = np.asarray(list(dict.fromkeys(chosen)), object)
    return TablePlaces(
        normal=((0, numbers), (categories, others)),
        missing=(numbers, missing),
        categories=(missing, categories),
        of_column=(chosen[:, None] == names[None, :]).astype("float32"),
        known=(columns[numbers:missing, None] == columns[None, :numbers]).astype("float32"),
    )


def as_reconstruction(canvas: Canvas, decoded: Tensor) -> Tensor:
    """Turn what a decoder gives into the canvas's units.

    Args:
        canvas: The form of an example.
        decoded: Float32 `(batch, *canvas.shape)`, any number.

    Returns:
        The same, but pixels lie within -1 and 1, the places of a category hold probabilities that
        sum to 1, and indicators of missing values a probability.
    """
    if canvas.kind is CanvasKind.IMAGE:
        return layers.Activation("tanh", dtype="float32", name="decoder_pixels")(decoded)
    if canvas.kind is not CanvasKind.TABLE:
        return decoded
    places = table_places(canvas)
    (_, numbers), rest = places.normal
    parts = [decoded[:, :numbers]] if numbers else []
    if _width(places.missing):
        parts.append(
            layers.Activation("sigmoid", name="decoder_missing")(_cut(decoded, places.missing))
        )
    if _width(places.categories):
        logits = ops.clip(_cut(decoded, places.categories), -LARGEST_LOGIT, LARGEST_LOGIT)
        weights = ops.exp(logits)
        totals = ops.matmul(ops.matmul(weights, places.of_column), places.of_column.T)
        parts.append(weights / totals)
    if _width(rest):
        parts.append(_cut(decoded, rest))
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def variance_shape(canvas: Canvas) -> tuple[int, ...]:
    """Shape of the variances: one a column of a table or channel of a series, else one for all."""
    is_shared = canvas.kind in (CanvasKind.IMAGE, CanvasKind.SOUND)
    return () if is_shared else (canvas.shape[-1],)


def best_variance(canvas: Canvas, outputs: dict[str, Tensor]) -> Tensor:
    """The variance under which a batch is most probable.

    Args:
        canvas: The form of an example.
        outputs: "example", "reconstruction" and perhaps "known".

    Returns:
        Float32 of `variance_shape`, at least what is worth telling apart.
    """
    squares = _squares(outputs)
    counted = _counted(canvas, outputs)
    num_kept = len(variance_shape(canvas))
    axes = tuple(range(len(squares.shape) - num_kept))
    total = ops.sum(squares * counted, axis=axes)
    count = ops.sum(ops.broadcast_to(counted, ops.shape(squares)), axis=axes)
    is_image = canvas.kind is CanvasKind.IMAGE
    smallest = SMALLEST_PIXEL_VARIANCE if is_image else SMALLEST_VARIANCE
    return ops.maximum(total / ops.maximum(count, 1.0), smallest)


def negative_log_likelihood(canvas: Canvas, outputs: dict[str, Tensor], variance: Tensor) -> Tensor:
    """How improbable each example is under its reconstruction.

    Args:
        canvas: The form of an example.
        outputs: "example", "reconstruction" and perhaps "known" with "presence".
        variance: Of the normal numbers, of `variance_shape`.

    Returns:
        Nats, float32 `(batch,)`; may be negative, as densities may be above 1.
    """
    nats = 0.5 * (_squares(outputs) / variance + ops.log(variance) + math.log(2.0 * math.pi))
    nats = nats * _counted(canvas, outputs)
    total = ops.sum(nats, axis=tuple(range(1, len(nats.shape))))
    if PRESENCE in outputs:
        known = ops.cast(outputs[KNOWN], "float32")
        total = total + ops.sum(_surprise(known, outputs[PRESENCE], is_coin=True), axis=-1)
    if canvas.kind is not CanvasKind.TABLE:
        return total
    places = table_places(canvas)
    for part in (places.missing, places.categories):
        if not _width(part):
            continue
        is_coin = part == places.missing
        total = total + _surprise(
            _cut(outputs[EXAMPLE], part), _cut(outputs[RECONSTRUCTION], part), is_coin
        )
    return total


def _surprise(actual: Tensor, probability: Tensor, is_coin: bool) -> Tensor:
    """Cross-entropy summed over places; of coins both sides count."""
    nats = -actual * ops.log(ops.maximum(probability, SMALLEST_PROBABILITY))
    if is_coin:
        other = ops.log(ops.maximum(1.0 - probability, SMALLEST_PROBABILITY))
        nats = nats - (1.0 - actual) * other
    return ops.sum(nats, axis=-1)


def _squares(outputs: dict[str, Tensor]) -> Tensor:
    example = ops.cast(outputs[EXAMPLE], "float32")
    return ops.square(ops.cast(outputs[RECONSTRUCTION], "float32") - example)


def _counted(canvas: Canvas, outputs: dict[str, Tensor]) -> Tensor:
    """1 for each number that is normal around its reconstruction and was measured, else 0."""
    example = outputs[EXAMPLE]
    if canvas.kind is not CanvasKind.TABLE:
        return ops.cast(outputs[KNOWN], "float32") if KNOWN in outputs else ops.ones_like(example)
    places = table_places(canvas)
    (_, numbers), (first, last) = places.normal
    fixed = np.zeros(canvas.size, "float32")
    fixed[:numbers] = 1.0
    fixed[first:last] = 1.0
    if not _width(places.missing):
        return ops.ones_like(example) * fixed
    is_missing = ops.matmul(_cut(example, places.missing), places.known)
    rest = ops.zeros_like(example[:, numbers:])
    return fixed - ops.concatenate([is_missing, rest], axis=-1)


def _cut(values: Tensor, part: tuple[int, int]) -> Tensor:
    return values[:, part[0] : part[1]]


def _width(part: tuple[int, int]) -> int:
    return part[1] - part[0]
