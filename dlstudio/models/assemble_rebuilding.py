"""The complete model of a task that rebuilds its inputs: raw columns in, codes and errors out."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dlstudio.models.canvas import CONDITION, LARGEST_PIXEL, Canvas
from dlstudio.models.class_numbers import class_numbers
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.rebuilding import (
    CODE,
    EXAMPLE,
    IN_UNITS,
    KNOWN,
    RECONSTRUCTION,
    squared_error,
)
from dlstudio.models.sequence_values import has_units, in_units
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.canvas import CanvasKind

ERROR, CODES, SCORE, IS_ANOMALY = "reconstruction_error", "codes", "anomaly_score", "is_anomaly"
# Where validation rows are rebuilt exactly, a score is still a number.
SMALLEST_THRESHOLD = 1e-12
TOLD_CLASS_NAMES = "told_class_names"


@dataclass(frozen=True)
class ToldClass:
    """The input of a network that is told the class of each row, and the classes in its order."""

    name: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class LearnedBeside:
    """What a run learned besides its network.

    Attributes:
        threshold: A row with a larger error counts as an anomaly; None if none was chosen. At
            least `SMALLEST_THRESHOLD`.
        told: The class that the network is told, if it is: one more input, string `(batch, 1)`; of
            a row of no known class it is told nothing.
        sequences: Of sequences, the training rows that their scaling was fitted on, `(n, steps,
            channels)`.
    """

    threshold: float | None = None
    told: ToldClass | None = None
    sequences: np.ndarray | None = None


def assemble_rebuilding(
    preprocessor: Preprocessor, network: keras.Model, canvas: Canvas, beside: LearnedBeside
) -> keras.Model:
    """Join preprocessing and a trained network that rebuilds its input.

    Args:
        preprocessor: Fitted on the training rows.
        network: The trained network; its weights are shared, not copied.
        canvas: The form of an example.
        beside: Threshold, class and training sequences, where there are any.

    Returns:
        A model of built-in layers and `keras.ops`. It takes a dict of raw columns and gives
        "codes", float32 `(batch, latent_size)`, "reconstruction_error", float32 `(batch,)`: the
        root of the mean squared error on the scale that the network works on, "example", the row as
        the network sees it, and "reconstruction" (both with pixels from 0 to 255 for images); of
        sequences whose scaling can be undone also "reconstruction_in_units", in the units of the
        data; with a threshold also "anomaly_score", the error as a multiple of the threshold, and
        "is_anomaly", int32, 1 for scores above 1.
    """
    inputs = preprocessor.raw_inputs()
    features = preprocessor.features_of_inputs(inputs)
    # The same layers without the loss and optimizer that the network may be compiled with.
    layers_alone = keras.Model(network.input, network.output, name="network")
    given: dict[str, Tensor] = {canvas.feature: features[canvas.feature]}
    by_name = {tensor.name: tensor for tensor in inputs.values()}
    threshold, told = beside.threshold, beside.told
    if told is not None:
        by_name[told.name] = new_input((1,), name=told.name, dtype="string")
        given[CONDITION] = class_numbers(told.classes, by_name[told.name], TOLD_CLASS_NAMES)
    outputs: Any = layers_alone(given, training=False)
    error = ops.sqrt(squared_error(outputs))
    answers = {
        CODES: outputs[CODE],
        ERROR: error,
        EXAMPLE: _in_units(canvas, outputs[EXAMPLE], EXAMPLE),
        RECONSTRUCTION: _in_units(canvas, _rebuilt(outputs), RECONSTRUCTION),
    }
    if beside.sequences is not None and canvas.block is not None and has_units(canvas.block):
        rebuilt, known = outputs[RECONSTRUCTION], outputs.get(KNOWN)
        answers[IN_UNITS] = in_units(canvas.block, beside.sequences, rebuilt, known)
    if threshold is not None:
        answers |= judged(error, threshold)
    return keras.Model(by_name, answers, name="model")


def judged(error: Tensor, threshold: float) -> dict[str, Tensor]:
    """What a threshold says of reconstruction errors, `(batch,)`: scores, and what is flagged."""
    # A float32 divided by a smaller one is above 1, so that scores and errors flag the same.
    score = error / threshold
    return {SCORE: score, IS_ANOMALY: ops.cast(ops.greater(score, 1.0), "int32")}


def _rebuilt(outputs: dict[str, Tensor]) -> Tensor:
    """The reconstruction; padding comes back as padding, not as whatever the network says there."""
    if KNOWN not in outputs:
        return outputs[RECONSTRUCTION]
    is_known = ops.greater(outputs[KNOWN], 0.5)
    return ops.where(is_known, outputs[RECONSTRUCTION], outputs[EXAMPLE])


def _in_units(canvas: Canvas, values: Tensor, name: str) -> Tensor:
    if canvas.kind is not CanvasKind.IMAGE:
        return values
    half = LARGEST_PIXEL / 2.0
    pixels = layers.Rescaling(half, offset=half, name=f"{name}_to_pixels")(values)
    return ops.clip(pixels, 0.0, LARGEST_PIXEL)
