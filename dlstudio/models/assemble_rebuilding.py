"""The complete model of a task that rebuilds its inputs: raw columns in, codes and errors out."""

from typing import Any

import keras

from dlstudio.models.canvas import LARGEST_PIXEL, Canvas
from dlstudio.models.preprocessing import Preprocessor
from dlstudio.models.rebuilding import CODE, RECONSTRUCTION, squared_error
from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.canvas import CanvasKind

ERROR, CODES, SCORE, IS_ANOMALY = "reconstruction_error", "codes", "anomaly_score", "is_anomaly"


def assemble_rebuilding(
    preprocessor: Preprocessor, network: keras.Model, canvas: Canvas, threshold: float | None
) -> keras.Model:
    """Join preprocessing and a trained network that rebuilds its input.

    Args:
        preprocessor: Fitted on the training rows.
        network: The trained network; its weights are shared, not copied.
        canvas: The form of an example.
        threshold: The error from which a row counts as an anomaly; None if none was chosen.

    Returns:
        A model of built-in layers and `keras.ops`. It takes a dict of raw columns and gives
        "codes", float32 `(batch, latent_size)`, "reconstruction_error", float32 `(batch,)`: the
        root of the mean squared error on the scale that the network works on, and "reconstruction"
        (pixels from 0 to 255 for images); with a threshold also "anomaly_score", the error as a
        multiple of the threshold, and "is_anomaly", int32.
    """
    inputs = preprocessor.raw_inputs()
    features = preprocessor.features_of_inputs(inputs)
    # The same layers without the loss and optimizer that the network may be compiled with.
    layers_alone = keras.Model(network.input, network.output, name="network")
    outputs: Any = layers_alone({canvas.feature: features[canvas.feature]}, training=False)
    error = ops.sqrt(squared_error(outputs))
    answers = {
        CODES: outputs[CODE],
        ERROR: error,
        RECONSTRUCTION: _in_units(canvas, outputs[RECONSTRUCTION]),
    }
    if threshold is not None:
        answers[SCORE] = error * (1.0 / max(threshold, 1e-12))
        answers[IS_ANOMALY] = ops.cast(ops.greater_equal(answers[SCORE], 1.0), "int32")
    by_name = {tensor.name: tensor for tensor in inputs.values()}
    return keras.Model(by_name, answers, name="model")


def _in_units(canvas: Canvas, values: Tensor) -> Tensor:
    if canvas.kind is not CanvasKind.IMAGE:
        return values
    half = LARGEST_PIXEL / 2.0
    pixels = layers.Rescaling(half, offset=half, name="to_pixels")(values)
    return ops.clip(pixels, 0.0, LARGEST_PIXEL)
