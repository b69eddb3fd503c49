"""Fully connected layers as a person sets them row by row, for every architecture."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from dlstudio.models.tensors import Tensor, layers, ops
from dlstudio.spec.layers import Activation, DenseLayer, Initializer, Normalization

THRESHOLD = 0.1

_HE = {
    Activation.RELU,
    Activation.RELU6,
    Activation.LEAKY_RELU,
    Activation.ELU,
    Activation.CELU,
    Activation.GELU,
    Activation.SILU,
    Activation.HARD_SILU,
    Activation.MISH,
    Activation.SQUAREPLUS,
    Activation.SPARSE_PLUS,
    Activation.THRESHOLD,
}


def build_dense(
    rows: Sequence[DenseLayer], inputs: Tensor, seeds: Iterator[int], prefix: str = "layer"
) -> Tensor:
    """Build fully connected layers.

    Args:
        rows: The layers from input to output.
        inputs: `(batch, units)`, or `(batch, members, units)` of an ensemble.
        seeds: Source of seeds for initialisers and dropout.
        prefix: The layers are named after it and their number.

    Returns:
        A tensor with as many axes; the last has the units of the last layer.
    """
    hidden = inputs
    for number, layer in enumerate(rows, start=1):
        hidden = _hidden_layer(layer, f"{prefix}_{number}", hidden, seeds)
    return hidden


def _hidden_layer(layer: DenseLayer, name: str, inputs: Tensor, seeds: Iterator[int]) -> Tensor:
    outputs = _linear(layer, name, inputs, seeds)
    if layer.normalization is Normalization.BATCH:
        outputs = layers.BatchNormalization(name=f"{name}_normalization")(outputs)
    if layer.normalization is Normalization.LAYER:
        outputs = layers.LayerNormalization(name=f"{name}_normalization")(outputs)
    outputs = activate(outputs, layer.activation, name)
    if layer.dropout:
        dropout = layers.Dropout(layer.dropout, seed=next(seeds), name=f"{name}_dropout")
        outputs = dropout(outputs)
    if not layer.skip:
        return outputs
    shortcut = inputs
    if inputs.shape[-1] != outputs.shape[-1]:
        shortcut = layers.Dense(
            outputs.shape[-1],
            use_bias=False,
            kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
            name=f"{name}_shortcut",
        )(inputs)
    return layers.Add(name=f"{name}_skip")([outputs, shortcut])


def _linear(layer: DenseLayer, name: str, inputs: Tensor, seeds: Iterator[int]) -> Tensor:
    """The weighted sums; the members of an ensemble share the weights."""
    has_penalty = layer.l1 > 0 or layer.l2 > 0
    return layers.Dense(
        layer.units,
        use_bias=layer.use_bias,
        kernel_initializer=_initializer(layer, next(seeds)),
        kernel_regularizer=keras.regularizers.L1L2(layer.l1, layer.l2) if has_penalty else None,
        name=name,
    )(inputs)


def activate(sums: Tensor, activation: Activation, name: str) -> Tensor:
    """Apply an activation; the layer is named after what it belongs to."""
    match activation:
        case Activation.LINEAR:
            return sums
        case Activation.GLU:  # Keras's own layer announces twice as many outputs as there are
            return ops.glu(sums)
        case Activation.THRESHOLD:  # Keras gives its parameters no default
            return ops.threshold(sums, THRESHOLD, 0.0)
    return layers.Activation(activation.value, name=f"{name}_activation")(sums)


def _initializer(layer: DenseLayer, seed: int) -> Any:  # noqa: ANN401 - any callable
    chosen = layer.initializer or suited_initializer(layer.activation)
    config = {} if chosen is Initializer.ZEROS else {"seed": seed}
    return keras.initializers.get({"class_name": chosen.value, "config": config})


def suited_initializer(activation: Activation) -> Initializer:
    """How weights in front of an activation should begin."""
    if activation is Activation.SELU:
        return Initializer.LECUN_NORMAL
    return Initializer.HE_NORMAL if activation in _HE else Initializer.GLOROT_UNIFORM
