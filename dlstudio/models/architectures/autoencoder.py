"""The autoencoder as a network that learns to give back what it was given."""

from collections.abc import Iterator
from typing import Any

import keras

from dlstudio.models.architectures.coder import build_decoder, build_encoder
from dlstudio.models.canvas import Canvas, known_places, to_canvas
from dlstudio.models.rebuilding import CODE, EXAMPLE, KNOWN, RECONSTRUCTION, squared_error
from dlstudio.models.tensors import Tensor, layers, new_input
from dlstudio.spec.architectures.autoencoder import AutoencoderSpec


@keras.saving.register_keras_serializable("dlstudio")
class RootMean(keras.metrics.Mean):
    """The root of a mean: of squared errors their root mean square."""

    def result(self) -> Any:  # noqa: ANN401
        """The root so far, a scalar."""
        return keras.ops.sqrt(super().result())


class AutoencoderNetwork(keras.Model):
    """A functional network whose loss is how far its reconstruction is from its example.

    It takes the canvas's feature by name and gives a dict: "example" and "reconstruction",
    float32 `(batch, *canvas.shape)`, "code", float32 `(batch, latent_size)`, and with padding
    "known", `(batch, time, 1)`. Targets are not looked at.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Keras's own arguments
        """Make a functional model, see `keras.Model`."""
        super().__init__(*args, **kwargs)
        self.rmse = RootMean(name="rmse")

    def compute_loss(
        self,
        x: Any = None,  # noqa: ANN401
        y: Any = None,  # noqa: ANN401
        y_pred: Any = None,  # noqa: ANN401
        sample_weight: Any = None,  # noqa: ANN401
        training: bool = True,
    ) -> Any:  # noqa: ANN401
        """Give the mean squared error of the batch, with the penalties of layers."""
        del x, y, sample_weight, training
        errors: Any = squared_error(y_pred)
        self.rmse.update_state(errors)
        loss: Any = keras.ops.mean(errors)
        for penalty in self.losses:
            loss = loss + keras.ops.cast(penalty, "float32")
        return loss


def build(spec: AutoencoderSpec, canvas: Canvas, seeds: Iterator[int]) -> AutoencoderNetwork:
    """Build an autoencoder.

    Args:
        spec: The layers.
        canvas: The form of an example.
        seeds: Source of seeds.

    Returns:
        An uncompiled network.
    """
    shape, dtype = canvas.feature_shape, canvas.feature_dtype
    feature = new_input(shape, name=canvas.feature, dtype=dtype)
    example = to_canvas(canvas, feature, seeds)
    hidden = build_encoder(spec, canvas, _damaged(spec, example, seeds), seeds)
    penalty = keras.regularizers.L1(spec.sparsity) if spec.sparsity else None
    # Without it the penalty makes all codes small, and none of them zero.
    activation = "relu" if spec.sparsity else None
    code = layers.Dense(
        spec.latent_size,
        activation=activation,
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        activity_regularizer=penalty,
        dtype="float32",
        name=CODE,
    )(hidden)
    outputs = {
        RECONSTRUCTION: build_decoder(spec, canvas, code, seeds),
        EXAMPLE: example,
        CODE: code,
    }
    known = known_places(canvas, feature)
    if known is not None:
        outputs[KNOWN] = known
    return AutoencoderNetwork({canvas.feature: feature}, outputs, name="network")


def _damaged(spec: AutoencoderSpec, example: Tensor, seeds: Iterator[int]) -> Tensor:
    """Hide and blur in training what a denoising autoencoder must put right."""
    damaged = example
    if spec.masked_share:
        rate = spec.masked_share
        # Dropout makes what is left larger, so that sums stay the same; here nothing is summed.
        hide = layers.Dropout(rate, seed=next(seeds), name="hidden_share")
        kept = hide(layers.Rescaling(0.0, offset=1.0, name="ones")(example))
        damaged = damaged * layers.Activation("hard_tanh", name="kept")(kept)
    if spec.noise:
        damaged = layers.GaussianNoise(spec.noise, seed=next(seeds), name="noise")(damaged)
    return damaged
