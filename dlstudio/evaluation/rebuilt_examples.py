"""Images, sounds and sequences as a saved model rebuilds them, with all it says of them."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.predict import model_outputs
from dlstudio.evaluation.rebuilding_answers import rebuilding_table, with_told
from dlstudio.models.names import asked_names
from dlstudio.spec.run import RunSpec


class RebuiltExamples(NamedTuple):
    """What a model says of rows as columns, see `rebuilding_table`, and its outputs by name."""

    table: pa.Table
    outputs: dict[str, np.ndarray]


def predict_with_examples(
    model: keras.Model, raw: Mapping[str, np.ndarray], spec: RunSpec
) -> RebuiltExamples:
    """Predict rows, and keep what the network rebuilds of them.

    Args:
        model: The complete model of a run whose network rebuilds its inputs.
        raw: Raw rows by column name, structured ones decoded `(n, ...)`; as many as fit into
            memory several times.
        spec: The run's spec.
    """
    outputs = model_outputs(model, with_told(raw, spec), asked_names(spec))
    return RebuiltExamples(rebuilding_table(outputs), outputs)
