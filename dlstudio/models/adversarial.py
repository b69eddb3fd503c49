"""The game of a generative adversarial network, as one training step of a Keras model.

Each step shows the discriminator one batch of real examples beside samples, then lets the
generator learn from its verdict on the same samples. A running average follows the generator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from dlstudio.models.adversarial_losses import (
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    r1_penalty,
)
from dlstudio.models.canvas import CONDITION, NOISE, Canvas
from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.architectures.gan import GanLoss, GanSpec

EXAMPLE = "example"
VALIDATION_SEED = 1


@dataclass(frozen=True)
class GanParts:
    """The networks of a game; each takes and gives what its name says.

    Attributes:
        entry: The canvas's feature to an example, `(batch, *canvas.shape)`.
        generator: A dict of "noise", `(batch, num_noise)`, and perhaps "condition",
            `(batch, 1)`, to an example.
        average: As the generator; its weights follow the generator's.
        discriminator: A dict of "example" and perhaps "condition" to a verdict, `(batch, 1)`.
    """

    entry: keras.Model
    generator: keras.Model
    average: keras.Model
    discriminator: keras.Model


class GanNetwork(keras.Model):
    """A functional network from features to the discriminator's verdict; training plays the game.

    Its metrics are "generator_loss", "discriminator_loss" (without penalties) and "loss", their
    sum, which says nothing of quality and exists so that a loss that is no number is noticed.
    """

    def __init__(self, parts: GanParts, game: GanSpec, canvas: Canvas, seed: int) -> None:
        """Join the parts.

        Args:
            parts: The networks.
            game: The rules.
            canvas: The form of an example.
            seed: Of the noise in training.
        """
        features = dict(parts.entry.input)
        given = {EXAMPLE: parts.entry(features)}
        if canvas.num_classes:
            features[CONDITION] = keras.Input((1,), dtype="int32", name=CONDITION)
            given[CONDITION] = features[CONDITION]
        super().__init__(features, parts.discriminator(given), name="network")
        self.game = game
        self.entry = parts.entry
        self.generator, self.average = parts.generator, parts.average
        self.average.trainable = False
        self._num_noise = int(parts.generator.input[NOISE].shape[-1])
        self.discriminator = parts.discriminator
        self.chance = keras.random.SeedGenerator(seed)
        self.generator_loss = keras.metrics.Mean(name="generator_loss")
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")
        self.discriminator_optimizer: Any = None

    def compile(  # noqa: D102 - Keras's own
        self,
        optimizer: Any,  # noqa: ANN401
        discriminator_optimizer: Any = None,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().compile(optimizer=optimizer, **options)
        second = discriminator_optimizer or type(optimizer).from_config(optimizer.get_config())
        if isinstance(self.optimizer, keras.optimizers.LossScaleOptimizer):
            second = keras.optimizers.LossScaleOptimizer(second)
        self.discriminator_optimizer = second

    def count_params(self) -> int:
        """Count what learns; the average is a copy."""
        return self.generator.count_params() + self.discriminator.count_params()

    def real_examples(self, features: dict[str, Any]) -> Any:  # noqa: ANN401
        """Bring features to examples, float32 `(batch, *canvas.shape)`."""
        return keras.ops.convert_to_numpy(self._entered(features, False))

    def train_step(self, data: Any) -> dict[str, Any]:  # noqa: ANN401
        """Play one round.

        Args:
            data: Features by name, and targets that are not looked at.

        Returns:
            The metrics so far.
        """
        features, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        real, condition = self._entered(features, True), _conditions(features)
        count = ops.shape(real)[0]
        for _ in range(self.game.discriminator_steps - 1):
            self._teach_discriminator(real, self._samples(count, condition), condition)
        with tf.GradientTape() as tape:
            fake = self._samples(count, condition)
            with tape.stop_recording():
                against = self._teach_discriminator(real, fake, condition)
            loss = generator_loss(self.game.loss, self._verdict(fake, condition))
            whole = self.optimizer.scale_loss(loss + _penalties(self.generator))
        _descend(self.optimizer, tape, whole, self.generator.trainable_variables)
        self._follow()
        return self._measured(loss, against)

    def test_step(self, data: Any) -> dict[str, Any]:  # noqa: ANN401
        """Measure both losses with the averaged generator; the same noise each time.

        Args:
            data: As for `train_step`.

        Returns:
            The metrics so far.
        """
        features, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        real, condition = self._entered(features, False), _conditions(features)
        shape = (ops.shape(real)[0], self._num_noise)
        noise = {NOISE: keras.random.normal(shape, seed=VALIDATION_SEED)} | condition
        fake = self.average(noise, training=False)
        verdict = self.discriminator({EXAMPLE: fake} | condition, training=False)
        on_real = self.discriminator({EXAMPLE: real} | condition, training=False)
        return self._measured(
            generator_loss(self.game.loss, verdict),
            discriminator_loss(self.game.loss, on_real, verdict),
        )

    def _symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:  # noqa: ANN401
        """Make the variables of both optimizers; Keras would give all weights to the first."""
        del iterator, data_batch
        _build(self.optimizer, self.generator.trainable_variables)
        _build(self.discriminator_optimizer, self.discriminator.trainable_variables)
        self._post_build()

    def _entered(self, features: dict[str, Tensor], is_training: bool) -> Tensor:
        needed = {name: features[name] for name in self.entry.input}
        return ops.cast(self.entry(needed, training=is_training), "float32")

    def _samples(self, count: Tensor, condition: dict[str, Tensor]) -> Tensor:
        noise = keras.random.normal((count, self._num_noise), seed=self.chance)
        return self.generator({NOISE: noise} | condition, training=True)

    def _verdict(self, example: Tensor, condition: dict[str, Tensor]) -> Tensor:
        return self.discriminator({EXAMPLE: example} | condition, training=True)

    def _teach_discriminator(
        self, real: Tensor, fake: Tensor, condition: dict[str, Tensor]
    ) -> Tensor:
        """One step of the discriminator; gives its loss without penalties."""
        game = self.game
        with tf.GradientTape() as tape:
            on_real, penalty = self._verdict_on_real(real, fake, condition)
            loss = discriminator_loss(game.loss, on_real, self._verdict(fake, condition))
            whole = loss + penalty + _penalties(self.discriminator)
            whole = self.discriminator_optimizer.scale_loss(whole)
        variables = self.discriminator.trainable_variables
        _descend(self.discriminator_optimizer, tape, whole, variables)
        return loss

    def _verdict_on_real(
        self, real: Tensor, fake: Tensor, condition: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """The verdicts on real examples, and the penalty on the discriminator's slopes."""
        game = self.game
        if game.loss is GanLoss.WASSERSTEIN:
            if not game.gradient_penalty:
                return self._verdict(real, condition), 0.0
            shape = (ops.shape(real)[0], *[1] * (len(real.shape) - 1))
            share = keras.random.uniform(shape, seed=self.chance)
            _, slopes = self._slopes(fake + share * (real - fake), condition)
            penalty = game.gradient_penalty * gradient_penalty(slopes)
            return self._verdict(real, condition), penalty
        if not game.r1_penalty:
            return self._verdict(real, condition), 0.0
        verdict, slopes = self._slopes(real, condition)
        return verdict, game.r1_penalty * r1_penalty(slopes)

    def _slopes(self, points: Tensor, condition: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The verdicts on points, and their gradients by the points."""
        with tf.GradientTape() as tape:
            tape.watch(points)
            verdict = self._verdict(points, condition)
        return verdict, tape.gradient(verdict, points)

    def _follow(self) -> None:
        """Move the average towards the generator.

        At first it follows faster, as TensorFlow's `ExponentialMovingAverage` with `num_updates`:
        the first weights are nothing to remember.
        """
        count = ops.cast(self.optimizer.iterations, "float32")
        kept = ops.minimum(self.game.ema, (1.0 + count) / (10.0 + count))
        for average, weight in zip(self.average.weights, self.generator.weights, strict=True):
            average.assign_sub((1.0 - kept) * (average - weight))

    def _measured(self, loss: Tensor, against: Tensor) -> dict[str, Any]:
        self._loss_tracker.update_state(loss + against)
        self.generator_loss.update_state(loss)
        self.discriminator_loss.update_state(against)
        return self.get_metrics_result()


def _conditions(features: dict[str, Tensor]) -> dict[str, Tensor]:
    return {CONDITION: features[CONDITION]} if CONDITION in features else {}


def _penalties(part: keras.Model) -> Tensor:
    """What the layers' own regularisers ask for."""
    return sum((ops.cast(penalty, "float32") for penalty in part.losses), start=0.0)


def _descend(
    optimizer: keras.optimizers.Optimizer,
    tape: tf.GradientTape,
    loss: Tensor,
    variables: Sequence[keras.Variable],
) -> None:
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    optimizer.apply(gradients, list(variables))


def _build(optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]) -> None:
    if not optimizer.built:
        optimizer.build(list(variables))
