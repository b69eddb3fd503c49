"""Answers of a trained model for raw rows, as named columns."""

from collections.abc import Container, Mapping
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from dlstudio.evaluation.predictions import (
    PREDICTION,
    class_table,
    label_table,
    prediction_column,
    value_table,
)
from dlstudio.evaluation.rebuilding_answers import rebuilding_table, with_told
from dlstudio.models.names import asked_names, input_names
from dlstudio.models.rebuilding import EXAMPLE, IN_UNITS, RECONSTRUCTION
from dlstudio.models.targets import codec_of
from dlstudio.models.text_batches import batch_slices
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind

MOST_BATCH_ROWS = 8_192
MOST_BATCH_CELLS = 2_000_000
CLASS_NAMES_LAYER = "class_names"


def predict_raw(
    model: keras.Model, raw: Mapping[str, np.ndarray], info: DatasetInfo, spec: RunSpec
) -> pa.Table:
    """Predict raw rows.

    Args:
        model: The complete model of a run: raw columns in, named predictions out.
        raw: Raw columns by column name, at least the spec's inputs; each `(n,)`, structured ones
            decoded `(n, ...)`; with the class where the network is told it.
        info: The dataset that the model was trained on.
        spec: The run's spec.

    Returns:
        n rows. Classification: `prediction` and `probability_<class>` in class order, each row of
        probabilities summing to 1; multi-label: `prediction_<label>` (1 or 0) and
        `probability_<label>`, before them `prediction` as a list where cells list labels;
        regression: `prediction`, or `prediction_<target>` for several
        targets, in target units. Networks that rebuild their inputs: see `rebuilding_table`.
    """
    if spec.task.kind.is_unsupervised:
        large = (EXAMPLE, RECONSTRUCTION, IN_UNITS)
        outputs = model_outputs(model, with_told(raw, spec), asked_names(spec), left_out=large)
        return rebuilding_table(outputs)
    outputs = model_outputs(model, raw, input_names(spec.task.inputs))
    if spec.task.kind is TaskKind.REGRESSION:
        return value_table(spec.task.targets, _values(outputs, spec.task.targets))
    probabilities = outputs["probabilities"].astype(np.float64)
    if spec.task.is_multi_label:
        names = codec_of(spec, info).label_names
        separator = spec.task.label_separator
        return label_table(names, outputs["prediction"], probabilities, separator)
    # float32 sums to 1 within 1e-6; whoever computes a loss from the file expects better.
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    names = class_names(model, info, spec)
    return class_table(names, outputs["probabilities"].argmax(axis=1), probabilities)


def class_names(model: keras.Model, info: DatasetInfo, spec: RunSpec) -> tuple[str, ...]:
    """The classes in the order of the model's probabilities."""
    names = codec_of(spec, info).class_names
    return tuple(names) or tuple(model.get_layer(CLASS_NAMES_LAYER).get_vocabulary())


def _values(outputs: dict[str, np.ndarray], targets: tuple[str, ...]) -> np.ndarray:
    """One output a target, in the order of the targets; float64 `(n, num_targets)`."""
    names = [PREDICTION] if len(targets) == 1 else [prediction_column(name) for name in targets]
    return np.stack([outputs[name] for name in names], axis=1).astype(np.float64)


def model_outputs(
    model: keras.Model,
    raw: Mapping[str, np.ndarray],
    names: Mapping[str, str],
    left_out: Container[str] = (),
) -> dict[str, np.ndarray]:
    """Call a model batch by batch; without tracing, which costs more than it saves here.

    Args:
        model: The complete model of a run.
        raw: Raw columns by column name, each `(n, ...)`.
        names: The model's inputs by column, at least one.
        left_out: Outputs that are not kept, such as large ones.

    Returns:
        The outputs by name, n values each.
    """
    parts: dict[str, list[np.ndarray]] = {}
    num_rows = len(raw[next(iter(names))])
    row_cells = sum(int(np.prod(raw[column].shape[1:])) for column in names)
    most_rows = max(1, min(MOST_BATCH_ROWS, MOST_BATCH_CELLS // row_cells))
    texts = [raw[column] for column in names if raw[column].dtype == object]
    for rows in batch_slices(num_rows, most_rows, texts):
        batch = {name: _as_input(raw[column][rows]) for column, name in names.items()}
        for name, values in model(batch, training=False).items():
            if name not in left_out:
                parts.setdefault(name, []).append(np.asarray(keras.ops.convert_to_numpy(values)))
    return {name: np.concatenate(values) for name, values in parts.items()}


def _as_input(values: np.ndarray) -> Any:  # noqa: ANN401 - a tensor of Keras's backend
    kind = "string" if values.dtype == object else values.dtype.name
    rows = values[:, None] if values.ndim == 1 else values
    return keras.ops.convert_to_tensor(rows, dtype=kind)
