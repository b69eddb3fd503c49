"""Another threshold in a model that finds anomalies; the network stays as it is."""

import math
from typing import Any

import keras

from dlstudio.errors import DataError
from dlstudio.models.assemble_rebuilding import ERROR, SCORE, SMALLEST_THRESHOLD, judged


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
    answers = {**outputs, **judged(outputs[ERROR], threshold)}
    return keras.Model(model.input, answers, name="model")
