"""What a layer costs for one row: multiplications, values it keeps, steps one after the other."""

import math
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.tensors import input_shape, layers, output_shape
from dlstudio.spec.architectures.gan import GanLoss

# What a recurrent layer keeps of each unit and step, for the way back: gates, memory and output.
_KEPT_A_UNIT = {layers.LSTM: 6, layers.GRU: 4, layers.SimpleRNN: 1}
_RECURRENT = tuple(_KEPT_A_UNIT)
_WITHOUT_PRODUCTS = (
    layers.Embedding,
    layers.BatchNormalization,
    layers.LayerNormalization,
)
_CONVOLUTIONS = (
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.DepthwiseConv1D,
    layers.DepthwiseConv2D,
)
_TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose)


@dataclass(frozen=True)
class LayerCost:
    """What one row costs.

    Attributes:
        products: Multiplications of weights or of steps with each other, forwards.
        fixed_products: Those of layers that are not trained, which need no way back to weights.
        values: Numbers that are kept for the way back.
        steps: Steps that must wait for each other.
    """

    products: float = 0.0
    fixed_products: float = 0.0
    values: float = 0.0
    steps: int = 0

    def __add__(self, other: "LayerCost") -> "LayerCost":
        """The cost of one after the other."""
        return LayerCost(
            self.products + other.products,
            self.fixed_products + other.fixed_products,
            self.values + other.values,
            self.steps + other.steps,
        )

    def times(self, factor: float) -> "LayerCost":
        """The cost of doing it several times, or in part."""
        return LayerCost(
            self.products * factor,
            self.fixed_products * factor,
            self.values * factor,
            round(self.steps * factor),
        )


def network_cost(network: keras.Model) -> LayerCost:
    """Add up what one row costs in all layers of a network, nested networks among them."""
    if isinstance(network, GanNetwork):
        return _game_cost(network)
    return sum((_cost(operation) for operation in network.operations), LayerCost())


def _game_cost(network: GanNetwork) -> LayerCost:
    """A round: the discriminator looks at real examples and samples, then at samples again."""
    game = network.game
    is_watched = game.gradient_penalty if game.loss is GanLoss.WASSERSTEIN else game.r1_penalty
    # The slopes that a penalty limits are a way back, which training goes back once more.
    looks = 1.0 + game.discriminator_steps * (4.0 if is_watched else 2.0)
    made = 1.0 + (game.discriminator_steps - 1) / 3.0
    generator, discriminator = network_cost(network.generator), network_cost(network.discriminator)
    return generator.times(made) + discriminator.times(looks)


def _cost(operation: keras.Operation) -> LayerCost:
    if isinstance(operation, keras.Model):
        inner = network_cost(operation)
        # A network that is not trained forgets each value as soon as the next is there.
        return inner if operation.trainable_variables else LayerCost(0.0, inner.fixed_products)
    values = float(math.prod(output_shape(operation)))
    if not isinstance(operation, keras.Layer) or not operation.weights:
        return LayerCost(values=values)
    if isinstance(operation, layers.Bidirectional):
        both = [_recurrent(part) for part in (operation.forward_layer, operation.backward_layer)]
        steps, width = input_shape(operation)
        return sum((_over_steps(cell, kept, steps) for cell, kept in both), LayerCost())
    if isinstance(operation, _RECURRENT):
        cell, kept = _recurrent(operation)
        return _over_steps(cell, kept, input_shape(operation)[0])
    if isinstance(operation, layers.MultiHeadAttention):
        return _attention(operation)
    products = _products(operation)
    if operation.trainable:
        return LayerCost(products=products, values=values)
    return LayerCost(fixed_products=products, values=values)


def _products(layer: keras.Layer) -> float:
    if isinstance(layer, _WITHOUT_PRODUCTS):
        return 0.0
    kernel = max(math.prod(weight.shape) for weight in layer.weights)
    if isinstance(layer, layers.SpectralNormalization):
        # Before it is used, its kernel is multiplied with two vectors.
        is_flat = isinstance(layer.layer, layers.Dense)
        return float(kernel * (1 if is_flat else math.prod(output_shape(layer)[:-1])))
    if isinstance(layer, _CONVOLUTIONS):
        return float(kernel * math.prod(output_shape(layer)[:-1]))
    if isinstance(layer, _TRANSPOSED):
        return float(kernel * math.prod(input_shape(layer)[:-1]))
    if isinstance(layer, layers.Dense):  # once for each step, or member of an ensemble
        return float(kernel * math.prod(input_shape(layer)[:-1]))
    return float(kernel)


def _recurrent(layer: keras.Layer) -> tuple[float, float]:
    """Weights that each step is multiplied with, and values that it keeps."""
    matrices = [weight for weight in layer.weights if len(weight.shape) == 2]
    kept = next(count for kind, count in _KEPT_A_UNIT.items() if isinstance(layer, kind))
    units = layer.get_config()["units"]
    return float(sum(np.prod(weight.shape) for weight in matrices)), float(kept * units)


def _over_steps(products: float, kept: float, steps: int) -> LayerCost:
    return LayerCost(products=products * steps, values=kept * steps, steps=steps)


def _attention(layer: keras.Layer) -> LayerCost:
    """Four projections of each step, and every step looking at every other."""
    steps, _ = input_shape(layer)
    config = layer.get_config()
    heads, width = config["num_heads"], config["num_heads"] * config["key_dim"]
    kernels = sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) == 3)
    return LayerCost(
        products=float(kernels * steps + 2 * steps**2 * width),
        values=float(2 * heads * steps**2 + 4 * steps * width),
    )
