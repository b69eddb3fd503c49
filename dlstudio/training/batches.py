"""Examples as Keras takes them: features, targets and perhaps weights, in one tuple."""

from typing import Any

import keras
import numpy as np

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
        `(features, targets)` or `(features, targets, weights)`.
    """
    features = {name: _standard(array) for name, array in examples.features.items()}
    batch = (_arranged(model, features), _standard(examples.targets))
    return batch if examples.weights is None else (*batch, _standard(examples.weights))


def batch_size_bytes(examples: Examples) -> int:
    """Bytes that all examples take where they are trained on; floats in Keras's precision."""
    arrays = [*examples.features.values(), examples.targets]
    arrays += [] if examples.weights is None else [examples.weights]
    return sum(array.size * _standard(array[:0]).dtype.itemsize for array in arrays)


def _arranged(model: keras.Model, features: dict[str, np.ndarray]) -> Any:  # noqa: ANN401
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
