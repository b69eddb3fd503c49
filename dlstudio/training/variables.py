"""The variables of a model: building all of them, copying them, putting copies back."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf


def build_variables(model: keras.Model, batch: Sequence[object]) -> None:
    """Create the variables of the loss, the metrics and the optimizer before anything is traced.

    Args:
        model: A compiled model.
        batch: Tensors `(features, targets)`, or with weights as a third; only their shapes count.
    """
    specs = tf.nest.map_structure(
        lambda tensor: keras.KerasTensor((None, *tensor.shape[1:]), tensor.dtype.name), tuple(batch)
    )
    is_plain = isinstance(model, keras.Model) and hasattr(model, "operations")
    if is_plain and type(model).compute_loss is keras.Model.compute_loss:
        # The outputs of a functional model are known: no need to run it symbolically first.
        outputs = model.output
        for part in (model._compile_metrics, model._compile_loss):
            if part is not None and not part.built:
                part.build(specs[1], outputs)
    model._symbolic_build(data_batch=specs)


def all_variables(model: keras.Model) -> list[keras.Variable]:
    """Everything that training changes: weights, random states, metrics, optimizers."""
    found = [*model.variables, *model.metrics_variables]
    for optimizer in optimizers_of(model):
        found += optimizer.variables
    return list({id(variable): variable for variable in found}.values())


def optimizers_of(model: keras.Model) -> list[keras.optimizers.Optimizer]:
    """The optimizers of a compiled model; a GAN has one for each of its networks."""
    found = [model.optimizer, getattr(model, "discriminator_optimizer", None)]
    return [optimizer for optimizer in found if optimizer is not None]


def copy_values(variables: Sequence[keras.Variable]) -> list[np.ndarray]:
    """Copy the values of variables to host memory."""
    return [np.array(variable.numpy()) for variable in variables]


def restore_values(variables: Sequence[keras.Variable], values: Sequence[np.ndarray]) -> None:
    """Give variables the values that `copy_values` took.

    Args:
        variables: The same variables in the same order.
        values: One array a variable.
    """
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
