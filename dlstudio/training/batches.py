"""Examples as Keras takes them: features, targets and perhaps weights, in one tuple."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlstudio.training.examples import Examples

# Features in the structure of the model's inputs, targets, perhaps weights: arrays or tensors.
Batch = tuple[Any, ...]


def batch_of_all(model: keras.Model, examples: Examples) -> Batch:
    """Arrange all examples as one batch.

    Args:
        model: The network; says whether it takes a dict, a list or a single array.
        examples: What to arrange. Floats come back in the precision that Keras computes in, as
            `fit` does it.

    Returns:
        `(features, targets)` or `(features, targets, weights)`; of gathered examples only their
        places, as `({}, places)`: see `BatchReader`.
    """
    if examples.gathering is not None:
        return ({}, examples.targets)
    features = {name: _standard(array) for name, array in examples.features.items()}
    batch = (_arranged(model, features), _standard(examples.targets))
    return batch if examples.weights is None else (*batch, _standard(examples.weights))


def batch_size_bytes(examples: Examples) -> int:
    """Bytes that all examples take where they are trained on; floats in Keras's precision."""
    arrays = [*examples.features.values(), examples.targets]
    arrays += [] if examples.weights is None else [examples.weights]
    arrays += [] if examples.gathering is None else examples.gathering.sources
    return sum(array.size * _standard(array[:0]).dtype.itemsize for array in arrays)


def first_rows(batch: Batch) -> Batch:
    """The first example of a batch of arrays or tensors; enough to tell shapes."""
    return tf.nest.map_structure(lambda tensor: tensor[:1], batch)


class BatchReader:
    """Turns rows of `batch_of_all` into what a step takes: reads the examples that are gathered."""

    def __init__(self, model: keras.Model, examples: Examples) -> None:
        """Put what examples are read from on the device.

        Args:
            model: The network; says whether it takes a dict, a list or a single array.
            examples: Their arrays may be shared with other examples.
        """
        self._model = model
        self._gathering = examples.gathering
        found = () if self._gathering is None else self._gathering.sources
        self._sources = [tf.constant(_standard(source)) for source in found]

    def __call__(self, batch: Batch) -> Batch:
        """Read a batch; traced as a part of the step.

        Args:
            batch: Some rows of all examples, as tensors.
        """
        if self._gathering is None:
            return batch
        features, targets = self._gathering.read(self._sources, batch[1])
        return (_arranged(self._model, features), targets)


def _arranged(model: keras.Model, features: dict[str, Any]) -> Any:  # noqa: ANN401
    structure = getattr(model, "_inputs_struct", features)
    if isinstance(structure, dict):
        return features
    if isinstance(structure, (list, tuple)):
        return [features[tensor._keras_history.operation.name] for tensor in structure]
    return next(iter(features.values()))


def _standard(array: np.ndarray) -> np.ndarray:
    if np.issubdtype(array.dtype, np.floating):
        return np.asarray(array, keras.config.floatx())
    return array
