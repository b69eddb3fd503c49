"""The two networks of a generative adversarial network, and the model that lets them play."""

import math
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import keras
import numpy as np

from dlstudio.models.adversarial import EXAMPLE, GanNetwork, GanParts
from dlstudio.models.architectures.cnn import convolve
from dlstudio.models.architectures.decoder import unfold
from dlstudio.models.architectures.dense import build_dense
from dlstudio.models.blocks import Entered
from dlstudio.models.canvas import CONDITION, NOISE, Canvas, Place, PlaceKind, to_canvas
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import Activation, DenseLayer

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
TABLE_GENERATOR = (DenseLayer(units=128), DenseLayer(units=128))
TABLE_DISCRIMINATOR = (
    DenseLayer(units=128, activation=Activation.LEAKY_RELU),
    DenseLayer(units=128, activation=Activation.LEAKY_RELU),
)
# The beginning of a sequence learns from so many steps around it.
SOFT_STEPS = 1.0
EDGE = 0.05  # nearer to 0 or 1 a sigmoid hardly learns
TEMPERATURE = 0.2  # of CTGAN; lower is sharper and teaches less
_CHOSEN = (PlaceKind.CATEGORY, PlaceKind.MISSING)
_NORMALIZED = (layers.Dense, layers.Conv1D, layers.Conv2D)


def build(spec: GanSpec, canvas: Canvas, seeds: Iterator[int]) -> GanNetwork:
    """Build a generative adversarial network.

    Args:
        spec: The layers and the game.
        canvas: The form of an example.
        seeds: Source of seeds.

    Returns:
        An uncompiled network; the averaged generator begins with the generator's weights.
    """
    feature = new_input(canvas.feature_shape, name=canvas.feature, dtype=canvas.feature_dtype)
    first = _generator(spec, canvas, seeds)
    average = keras.models.clone_model(first)
    average.set_weights(first.get_weights())
    parts = GanParts(
        entry=keras.Model(
            {canvas.feature: feature}, to_canvas(canvas, feature, seeds), name="entry"
        ),
        generator=first,
        average=average,
        discriminator=_discriminator(spec, canvas, seeds),
    )
    return GanNetwork(parts, spec, canvas, next(seeds))


def generator(network: keras.Model, canvas: Canvas) -> keras.Model:
    """Give what makes examples: the averaged generator, which takes noise and perhaps a class."""
    del canvas
    assert isinstance(network, GanNetwork)
    return network.average


def generator_rows(spec: GanSpec, canvas: Canvas) -> tuple[DenseLayer, ...]:
    """The dense layers of the generator; those of a table have a default."""
    return spec.generator_layers or (TABLE_GENERATOR if _is_table(canvas) else ())


def discriminator_rows(spec: GanSpec, canvas: Canvas) -> tuple[DenseLayer, ...]:
    """The dense layers of the discriminator; those of a table have a default."""
    return spec.discriminator_layers or (TABLE_DISCRIMINATOR if _is_table(canvas) else ())


def _generator(spec: GanSpec, canvas: Canvas, seeds: Iterator[int]) -> keras.Model:
    num_chosen = sum(size for kind, size in _groups(canvas.places) if kind in _CHOSEN)
    inputs = {NOISE: new_input((spec.latent_size + num_chosen,), name=NOISE)}
    given = inputs[NOISE][:, : spec.latent_size] if num_chosen else inputs[NOISE]
    if canvas.num_classes:
        inputs[CONDITION] = new_input((1,), name=CONDITION, dtype="int32")
        given = layers.Concatenate(name=f"{GENERATOR}_given")(
            [given, _one_hot(canvas, inputs[CONDITION])]
        )
    rows = generator_rows(spec, canvas)
    hidden = build_dense(rows, given, seeds, prefix=f"{GENERATOR}_layer")
    if _is_table(canvas):
        sample = _table(canvas, hidden, inputs[NOISE][:, spec.latent_size :], seeds)
    else:
        # The blocks run from the noise outwards; `unfold` takes them as an encoder would.
        blocks = spec.generator_blocks[::-1]
        sample = unfold(blocks, canvas.shape, hidden, seeds, GENERATOR)
    if canvas.kind is CanvasKind.IMAGE:
        sample = layers.Activation("tanh", dtype="float32", name="pixels")(sample)
    if canvas.has_padding:
        sample = sample * _presence(canvas, hidden, seeds)
    return keras.Model(inputs, sample, name=GENERATOR)


def _presence(canvas: Canvas, hidden: Tensor, seeds: Iterator[int]) -> Tensor:
    """Which steps a sequence has: 0 before it begins, then 1; `(batch, time, 1)`.

    Sharp as in the data, or the discriminator would tell samples by their padding; the gradient is
    that of a soft beginning (straight-through; Bengio et al. 2013).
    """
    num_steps = canvas.shape[0]
    beginning = layers.Dense(
        1,
        dtype="float32",
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        bias_initializer=keras.initializers.Constant(_usual_beginning(canvas)),
        name="beginning",
    )(hidden)
    # The last step is always there: no sequence is empty.
    first = (num_steps - 1) * ops.expand_dims(ops.sigmoid(beginning), 1)
    middles = np.arange(num_steps, dtype="float32")[None, :, None] + 0.5
    late = first - middles
    soft, sharp = ops.sigmoid(-late / SOFT_STEPS), ops.cast(late < 0.0, "float32")
    return soft + ops.stop_gradient(sharp - soft)


def _usual_beginning(canvas: Canvas) -> float:
    """Where sequences of the median length begin, as what the sigmoid of is the share of steps."""
    assert canvas.block is not None
    summary = canvas.block.column.info.sequence
    usual = summary.length.median if summary else canvas.shape[0] / 2
    share = min(max(1.0 - usual / canvas.shape[0], EDGE), 1.0 - EDGE)
    return math.log(share / (1.0 - share))


def _table(canvas: Canvas, hidden: Tensor, noise: Tensor, seeds: Iterator[int]) -> Tensor:
    """Numbers as they come; categories and yes or no are drawn, almost sharply.

    Drawn by noise of their own as Jang et al. 2017 (Gumbel-softmax) and Xu et al. 2019 (CTGAN) do
    it, so that what is rare needs a small probability only, not a rule of the other noise.
    """
    whole = layers.Dense(
        canvas.size,
        dtype="float32",
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        name="output",
    )(hidden)
    parts, start, first = [], 0, 0
    for kind, size in _groups(canvas.places):
        part = whole[:, start : start + size]
        start += size
        if kind in _CHOSEN:
            part = _chosen(kind, part, _levels(noise[:, first : first + size]))
            first += size
        parts.append(part)
    return parts[0] if len(parts) == 1 else layers.Concatenate(name="table")(parts)


def _chosen(kind: PlaceKind, logits: Tensor, levels: Tensor) -> Tensor:
    if kind is PlaceKind.CATEGORY and logits.shape[-1] == 1:
        return ops.ones_like(logits)  # a column with one category
    if kind is PlaceKind.CATEGORY:
        return ops.softmax((logits - ops.log(-ops.log(levels))) / TEMPERATURE)
    return ops.sigmoid((logits + ops.log(levels / (1.0 - levels))) / TEMPERATURE)


def _levels(noise: Tensor) -> Tensor:
    """Standard normal numbers spread evenly over (0, 1)."""
    levels = 0.5 + 0.5 * ops.erf(ops.cast(noise, "float32") * math.sqrt(0.5))
    return ops.clip(levels, 1e-6, 1.0 - 1e-6)


def _groups(places: tuple[Place, ...]) -> Iterator[tuple[PlaceKind, int]]:
    """Neighbouring places that are made together: numbers, or the categories of one column."""

    def together(place: Place) -> tuple[PlaceKind, str]:
        return place.kind, place.column if place.kind is PlaceKind.CATEGORY else ""

    for (kind, _), members in groupby(places, together):
        yield kind, len(list(members))


def _discriminator(spec: GanSpec, canvas: Canvas, seeds: Iterator[int]) -> keras.Model:
    example = new_input(canvas.shape, name=EXAMPLE)
    inputs = {EXAMPLE: example}
    hidden = example
    if not _is_table(canvas):
        hidden = convolve(spec.discriminator_blocks, DISCRIMINATOR, Entered(hidden), seeds).tensor
        hidden = layers.Flatten(name=f"{DISCRIMINATOR}_flat")(hidden)
    rows = discriminator_rows(spec, canvas)
    hidden = build_dense(rows, hidden, seeds, prefix=f"{DISCRIMINATOR}_layer")
    verdict = _linear(1, "verdict", hidden, seeds)
    if canvas.num_classes:
        inputs[CONDITION] = new_input((1,), name=CONDITION, dtype="int32")
        verdict = verdict + _projection(_one_hot(canvas, inputs[CONDITION]), hidden, seeds)
    model = keras.Model(inputs, verdict, name=DISCRIMINATOR)
    return _normalized(model, seeds) if spec.spectral_normalization else model


def _projection(one_hot: Tensor, hidden: Tensor, seeds: Iterator[int]) -> Tensor:
    """How well an example goes with its class; Miyato and Koyama 2018."""
    direction = _linear(int(hidden.shape[-1]), "class", one_hot, seeds)
    return ops.sum(direction * ops.cast(hidden, "float32"), axis=-1, keepdims=True)


def _linear(units: int, name: str, inputs: Tensor, seeds: Iterator[int]) -> Tensor:
    initializer = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Dense(units, dtype="float32", kernel_initializer=initializer, name=name)(inputs)


def _normalized(model: keras.Model, seeds: Iterator[int]) -> keras.Model:
    """The same network with spectral normalisation; Miyato et al. 2018."""

    def wrapped(layer: Any) -> Any:  # noqa: ANN401 - any layer
        inner = type(layer).from_config(layer.get_config())
        if not isinstance(layer, _NORMALIZED):
            return inner
        return layers.SpectralNormalization(inner, dtype=layer.dtype_policy, name=layer.name)

    clone = keras.models.clone_model(model, clone_function=wrapped)
    for layer in clone.layers:
        if isinstance(layer, layers.SpectralNormalization):
            # Keras draws it from the process's random numbers.
            vector = np.random.default_rng(next(seeds)).normal(size=layer.vector_u.shape)
            layer.vector_u.assign(vector / np.linalg.norm(vector))
    return clone


def _one_hot(canvas: Canvas, condition: Tensor) -> Tensor:
    return ops.one_hot(ops.squeeze(condition, axis=-1), canvas.num_classes)


def _is_table(canvas: Canvas) -> bool:
    return canvas.kind is CanvasKind.TABLE
