"""Another threshold in a model that finds anomalies; the network stays as it is."""

import math
from typing import Any

import keras

from dlstudio.errors import DataError
from dlstudio.models.assemble_rebuilding import (
    ERROR,
    IS_ANOMALY,
    SCORE,
    SMALLEST_THRESHOLD,
    judged,
)


def with_threshold(model: keras.Model, threshold: float) -> keras.Model:
    """Give the same model with another threshold; weights are shared, not copied.

    Args:
        model: The complete model of an anomaly detection.
        threshold: A row with a larger reconstruction error counts as an anomaly; above 0.

    Raises:
        DataError: The model has no threshold, or the new one is not a number above 0.
    """
    if not (math.isfinite(threshold) and threshold >= SMALLEST_THRESHOLD):
        raise DataError(
            f"The threshold {threshold:g} is not above 0, as reconstruction errors are.",
            "Choose a number above 0; the report of the run shows what each flags.",
            where="--threshold",
        )
    outputs: Any = model.output
    if SCORE not in outputs:
        raise DataError(
            "A threshold is given, but this run does not look for anomalies.",
            "Leave out --threshold, or choose a run of an anomaly detection.",
            where="--threshold",
        )
    kept = {name: tensor for name, tensor in outputs.items() if name not in (SCORE, IS_ANOMALY)}
    # As one layer: beside operations of a loaded model, new ones could bear the same names.
    inner = keras.Model(model.input, kept, name="rows")
    given: Any = model.input
    inputs = {
        name: keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=name)
        for name, tensor in given.items()
    }
    answers: Any = inner(inputs, training=False)
    return keras.Model(inputs, {**answers, **judged(answers[ERROR], threshold)}, name="model")
