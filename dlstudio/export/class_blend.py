"""A generator that takes shares of classes in place of a class, so that classes can be blended."""

from typing import Any

import keras

from dlstudio.errors import DataError
from dlstudio.export.generator_file import CLASS, HALF, MADE
from dlstudio.models.architectures.vae import CLASS_SHARES
from dlstudio.models.canvas import NOISE
from dlstudio.models.tensors import new_input


def blending_model(generator: keras.Model) -> keras.Model:
    """Open a generator where its class has become shares.

    Args:
        generator: The model of a generator.keras file; its weights are shared.

    Returns:
        The same model, but "class" is float32 `(batch, num_classes)`, in the order of its classes:
        how much of each class a sample is. The centre and the spread of the codes, and what the
        decoder is told, then lie between those of the classes.

    Raises:
        DataError: Its class never becomes shares.
    """
    named = {layer.name: layer for layer in generator.layers}
    half = named.get(HALF)
    insides = {layer.name: layer for layer in half.layers} if isinstance(half, keras.Model) else {}
    if MADE not in named or CLASS_SHARES not in insides:
        raise DataError(
            "The classes of this run cannot be blended.",
            "Choose one line a class, or train a conditional VAE again.",
        )
    inside: Any = half
    shares = insides[CLASS_SHARES].output
    unfold = keras.Model([inside.input[NOISE], shares], inside.output, name="unfold")
    finish = keras.Model(named[MADE].output, generator.output, name="finish")
    inputs = {
        NOISE: new_input(tuple(inside.input[NOISE].shape[1:]), name=NOISE),
        CLASS: new_input(tuple(shares.shape[1:]), name=CLASS),
    }
    made = unfold([inputs[NOISE], inputs[CLASS]], training=False)
    return keras.Model(inputs, finish(made, training=False), name="blend")
