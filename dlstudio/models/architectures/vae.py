"""The variational autoencoder: codes are drawn at random around where the encoder puts them.

Kingma and Welling 2014, "Auto-Encoding Variational Bayes".
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from dlstudio.models.architectures.coder import build_decoder, build_encoder
from dlstudio.models.canvas import (
    CONDITION,
    NOISE,
    Canvas,
    known_places,
    to_canvas,
    with_presence,
)
from dlstudio.models.chosen_values import choose_values
from dlstudio.models.likelihood import (
    as_reconstruction,
    best_variance,
    negative_log_likelihood,
    variance_shape,
)
from dlstudio.models.rebuilding import CODE, EXAMPLE, KNOWN, PRESENCE, RECONSTRUCTION
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind

LOG_VARIANCE = "code_log_variance"
DRAWN = "drawn_code"
CLASS_SHARES = "class_shares"
SMALLEST_LOG_VARIANCE, LARGEST_LOG_VARIANCE = -15.0, 10.0
# The share of each batch in the running variance of errors.
LATEST = 0.02
FIRST_SPREAD = 0.01
WIDEST = 3.0


class VaeNetwork(keras.Model):
    """A functional network whose loss is the negative evidence lower bound, in nats an example.

    It takes the canvas's feature, and "condition" if there is one, by name, and gives a dict:
    "example" and "reconstruction", float32 `(batch, *canvas.shape)`; "code" and
    "code_log_variance", float32 `(batch, latent_size)`, the mean and spread of the code, in the
    measure in which codes of its class are standard normal; and with padding "known", 1 or 0, and
    "presence", how probable the code makes each step, `(batch, time, 1)`. In training the
    reconstruction is of a code drawn at random, otherwise of the mean. Targets are not looked at.
    """

    num_steps: int = 0
    """Training steps of all epochs together, over a share of which beta rises; set on compiling."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Keras's own arguments
        """Make a functional model, see `keras.Model`."""
        super().__init__(*args, **kwargs)
        self.reconstruction = keras.metrics.Mean(name="reconstruction")
        self.kl = keras.metrics.Mean(name="kl")

    def learn_as(self, spec: VaeSpec, canvas: Canvas, classes: Tensor | None) -> None:
        """Keep what the loss and the generator need; once, before anything is compiled."""
        self.spec, self.canvas, self.classes = spec, canvas, classes
        self.variance: Any = self.add_weight(
            shape=variance_shape(canvas),
            initializer="ones",
            trainable=False,
            name="variance",
            aggregation="mean",  # several devices keep one value, which a checkpoint holds
        )

    def compute_loss(
        self,
        x: Any = None,  # noqa: ANN401
        y: Any = None,  # noqa: ANN401
        y_pred: Any = None,  # noqa: ANN401
        sample_weight: Any = None,  # noqa: ANN401
        training: bool = True,
    ) -> Any:  # noqa: ANN401
        """Give the mean of reconstruction and weighted KL over the batch.

        In validation beta is whole from the first epoch on, no bits are free and the variance is
        the one kept from training, so that epochs can be compared and batches do not matter.
        """
        del x, y, sample_weight
        kl = code_information(y_pred[CODE], y_pred[LOG_VARIANCE])
        if training:
            variance = ops.stop_gradient(best_variance(self.canvas, y_pred))
            self._keep(variance)
            beta = self.spec.beta * self._warmth()
            rate = ops.sum(ops.maximum(ops.mean(kl, axis=0), self.spec.free_bits))
        else:
            variance, beta = self.variance, self.spec.beta
            rate = ops.sum(ops.mean(kl, axis=0))
        nats = negative_log_likelihood(self.canvas, y_pred, variance)
        self.reconstruction.update_state(nats)
        self.kl.update_state(ops.sum(kl, axis=-1))
        loss: Any = ops.mean(nats) + beta * rate
        for penalty in self.losses:
            loss = loss + ops.cast(penalty, "float32")
        return loss

    def _warmth(self) -> Tensor:
        """How much of beta counts by now, from 0 to 1."""
        num_steps = max(1.0, self.spec.warm_up * self.num_steps)
        return ops.minimum(1.0, (self._num_done() + 1.0) / num_steps)

    def _keep(self, variance: Tensor) -> None:
        # A plain mean of the first steps, then a running one.
        share = ops.maximum(LATEST, 1.0 / (self._num_done() + 1.0))
        self.variance.assign(self.variance + share * (variance - self.variance))

    def _num_done(self) -> Tensor:
        # In 16 bits Keras wraps the optimizer in one that scales the loss.
        optimizer: Any = getattr(self.optimizer, "inner_optimizer", self.optimizer)
        return ops.cast(optimizer.iterations, "float32")


def code_information(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each code number from a standard normal one.

    Args:
        mean: `(batch, latent_size)`.
        log_variance: `(batch, latent_size)`.

    Returns:
        Nats, at least 0, `(batch, latent_size)`.
    """
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance)


def build(spec: VaeSpec, canvas: Canvas, seeds: Iterator[int]) -> VaeNetwork:
    """Build a variational autoencoder.

    Args:
        spec: The layers.
        canvas: The form of an example.
        seeds: Source of seeds.

    Returns:
        An uncompiled network.
    """
    feature = new_input(canvas.feature_shape, name=canvas.feature, dtype=canvas.feature_dtype)
    inputs = {canvas.feature: feature}
    classes = None
    if canvas.num_classes:
        inputs[CONDITION] = new_input((1,), name=CONDITION, dtype="int32")
        classes = _one_hot(canvas, inputs[CONDITION])
    example = to_canvas(canvas, feature, seeds)
    hidden = build_encoder(spec, canvas, example, seeds, classes)
    mean, log_variance = (_code_layer(spec, name, hidden, seeds) for name in (CODE, "spread"))
    log_variance = ops.clip(log_variance, SMALLEST_LOG_VARIANCE, LARGEST_LOG_VARIANCE)
    centre, width = _of_class(spec, classes)
    mean, log_variance = (mean - centre) / width, log_variance - 2.0 * ops.log(width)
    code = _drawn(mean, log_variance, seeds)
    known = known_places(canvas, feature)
    written = canvas if known is None else with_presence(canvas)
    decoded = build_decoder(spec, written, _beside(centre + width * code, classes), seeds)
    outputs = {
        RECONSTRUCTION: as_reconstruction(canvas, decoded if known is None else decoded[..., :-1]),
        EXAMPLE: example,
        CODE: mean,
        LOG_VARIANCE: log_variance,
        DRAWN: code,
    }
    if known is not None:
        presence = layers.Activation("sigmoid", dtype="float32", name=PRESENCE)(decoded[..., -1:])
        outputs |= {KNOWN: known, PRESENCE: presence}
    network = VaeNetwork(inputs, outputs, name="network")
    network.learn_as(spec, canvas, classes)
    return network


def generator(network: keras.Model, canvas: Canvas) -> keras.Model:
    """Give the half that makes examples of noise; see `GeneratorSampler`.

    The first numbers of the noise are the code. Of tables there is one more for each number of the
    row: what the code leaves open is drawn by it, so that numbers scatter and categories vary as
    much as in the data; zeros give what is most probable. Sequences are as long as is most
    probable, with zeros for padding as in the data. The shares of the classes, which are 0
    and 1 here, have a layer of their own name, so that a model can begin there and blend them.

    Args:
        network: A `VaeNetwork`; its weights are shared, its variances are taken as they are now.
        canvas: The form of an example.
    """
    assert isinstance(network, VaeNetwork)
    outputs: Any = network.output
    latent_size = int(outputs[DRAWN].shape[-1])
    num_open = canvas.size if canvas.kind is CanvasKind.TABLE else 0
    noise = new_input((latent_size + num_open,), name=NOISE)
    inputs = {NOISE: noise}
    halves, parts = [outputs[DRAWN]], [noise[:, :latent_size] if num_open else noise]
    if canvas.num_classes:
        inputs[CONDITION] = new_input((1,), name=CONDITION, dtype="int32")
        one_hot = _one_hot(canvas, inputs[CONDITION])
        halves.append(network.classes)
        parts.append(layers.Identity(name=CLASS_SHARES)(one_hot))
    decoder = keras.Model(halves, _whole(outputs), name="decoder")
    made = decoder(parts, training=False)
    if num_open:
        spread = np.sqrt(network.variance.numpy())
        made = choose_values(canvas, made, noise[:, latent_size:], spread)
    return keras.Model(inputs, made, name="generator")


def _whole(outputs: dict[str, Tensor]) -> Tensor:
    """The example as it stands in the data: steps that a sequence does not have are 0."""
    if PRESENCE not in outputs:
        return outputs[RECONSTRUCTION]
    return outputs[RECONSTRUCTION] * ops.cast(outputs[PRESENCE] > 0.5, "float32")


def _code_layer(spec: VaeSpec, name: str, hidden: Tensor, seeds: Iterator[int]) -> Tensor:
    # Small at first: every code is near the standard normal cloud.
    initializer = keras.initializers.RandomNormal(stddev=FIRST_SPREAD, seed=next(seeds))
    return layers.Dense(
        spec.latent_size, kernel_initializer=initializer, dtype="float32", name=name
    )(hidden)


def _drawn(mean: Tensor, log_variance: Tensor, seeds: Iterator[int]) -> Tensor:
    """Draw codes while training; the mean otherwise (see `dlstudio.models.chance`)."""
    draw = layers.GaussianNoise(1.0, seed=next(seeds), dtype="float32", name="draw")
    return mean + ops.exp(0.5 * log_variance) * draw(ops.zeros_like(mean))


def _of_class(spec: VaeSpec, classes: Tensor | None) -> tuple[Tensor, Tensor]:
    """Where the codes of each class lie and how wide: learned, as the prior of a class.

    Sohn, Lee and Yan 2015, "Learning Structured Output Representation using Deep Conditional
    Generative Models". Without it codes tell classes apart although the decoder is told, and
    samples of a class are of any class.
    """
    if classes is None:
        return 0.0, 1.0
    options = {"use_bias": False, "kernel_initializer": "zeros", "dtype": "float32"}
    centre = layers.Dense(spec.latent_size, name="class_centre", **options)(classes)
    width = layers.Dense(spec.latent_size, name="class_width", **options)(classes)
    return centre, ops.exp(ops.clip(width, -WIDEST, WIDEST))


def _one_hot(canvas: Canvas, condition: Tensor) -> Tensor:
    return ops.one_hot(ops.squeeze(condition, -1), canvas.num_classes, dtype="float32")


def _beside(code: Tensor, classes: Tensor | None) -> Tensor:
    return code if classes is None else ops.concatenate([code, classes], axis=-1)
