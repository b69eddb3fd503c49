"""The networks whose training speed is measured."""

from typing import Any

import keras
from keras import layers

from benchmarks.engine_data import NUM_WORDS, forecast


def dense(num_inputs: int, num_classes: int) -> keras.Model:
    """A table network of the usual size."""
    inputs = keras.Input((num_inputs,), name="inputs")
    hidden = layers.Dense(64, activation="relu")(inputs)
    hidden = layers.Dense(32, activation="relu")(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(num_classes)(hidden))


def table() -> keras.Model:
    """The usual network for 30 columns."""
    return dense(30, 2)


def normalised() -> keras.Model:
    """Two layers with batch normalisation and dropout."""
    inputs = keras.Input((30,), name="inputs")
    hidden = inputs
    for _ in range(2):
        hidden = layers.BatchNormalization()(layers.Dense(128)(hidden))
        hidden = layers.Dropout(0.1)(layers.Activation("relu")(hidden))
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def wide() -> keras.Model:
    """Three layers whose multiplications take longer than anything else."""
    inputs = keras.Input((30,), name="inputs")
    hidden = inputs
    for _ in range(3):
        hidden = layers.Dense(512, activation="relu")(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def lstm(units: int = 32) -> keras.Model:
    """One recurrent layer over 100 steps of 8 channels."""
    inputs = keras.Input((100, 8), name="inputs")
    return keras.Model({"inputs": inputs}, layers.Dense(2)(layers.LSTM(units)(inputs)))


def wide_lstm() -> keras.Model:
    """One recurrent layer whose multiplications take most of its time."""
    return lstm(64)


def cnn() -> keras.Model:
    """Two convolutions over small images."""
    inputs = keras.Input((28, 28, 1), name="inputs")
    hidden = layers.Conv2D(16, 3, activation="relu")(inputs)
    hidden = layers.Conv2D(32, 3, activation="relu")(layers.MaxPooling2D()(hidden))
    hidden = layers.Dense(64, activation="relu")(layers.Flatten()(layers.MaxPooling2D()(hidden)))
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def convolutions_1d() -> keras.Model:
    """Two convolutions over time."""
    inputs = keras.Input((100, 8), name="inputs")
    hidden = layers.Conv1D(32, 5, activation="relu")(inputs)
    hidden = layers.Conv1D(64, 5, activation="relu")(layers.MaxPooling1D()(hidden))
    hidden = layers.GlobalAveragePooling1D()(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def both_directions() -> keras.Model:
    """A recurrent layer that reads forwards and backwards."""
    inputs = keras.Input((100, 8), name="inputs")
    hidden = layers.Bidirectional(layers.GRU(16))(inputs)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def transformer() -> keras.Model:
    """One block of attention over time."""
    inputs = keras.Input((100, 8), name="inputs")
    return _attending(inputs, layers.Dense(32)(inputs))


def embeddings() -> keras.Model:
    """The mean of the words' embeddings."""
    inputs = keras.Input((100,), dtype="int32", name="inputs")
    hidden = layers.GlobalAveragePooling1D()(layers.Embedding(NUM_WORDS, 32)(inputs))
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def text_transformer() -> keras.Model:
    """One block of attention over words."""
    inputs = keras.Input((100,), dtype="int32", name="inputs")
    return _attending(inputs, layers.Embedding(NUM_WORDS, 32)(inputs))


def small_cnn() -> keras.Model:
    """Two convolutions over a spectrogram."""
    inputs = keras.Input((98, 64, 1), name="inputs")
    hidden = layers.Conv2D(8, 3, strides=2, activation="relu")(inputs)
    hidden = layers.Conv2D(16, 3, strides=2, activation="relu")(hidden)
    hidden = layers.GlobalAveragePooling2D()(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def convolutions_3d() -> keras.Model:
    """Two convolutions over frames."""
    inputs = keras.Input((8, 32, 32, 3), name="inputs")
    hidden = layers.Conv3D(8, 3, activation="relu")(inputs)
    hidden = layers.Conv3D(16, 3, activation="relu")(layers.MaxPooling3D()(hidden))
    hidden = layers.GlobalAveragePooling3D()(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))


def frozen_backbone() -> keras.Model:
    """A network that was trained before, whose weights stay, and a layer that learns."""
    inputs = keras.Input((64, 64, 3), name="inputs")
    backbone = keras.applications.MobileNetV3Small(
        input_shape=(64, 64, 3),
        include_top=False,
        weights=None,  # pyright: ignore[reportArgumentType]
        pooling="avg",
    )
    backbone.trainable = False
    return keras.Model({"inputs": inputs}, layers.Dense(2)(backbone(inputs, training=False)))


def joined() -> keras.Model:
    """An encoder for each of a photo, a note and numbers, joined."""
    photo = keras.Input((32, 32, 3), dtype="uint8", name="photo")
    note = keras.Input((30,), dtype="int32", name="note")
    numbers = keras.Input((3,), name="numbers")
    seen = layers.Conv2D(16, 3, strides=2, activation="relu")(layers.Rescaling(1 / 255)(photo))
    seen = layers.GlobalAveragePooling2D()(layers.Conv2D(32, 3, strides=2)(seen))
    read = layers.GlobalAveragePooling1D()(layers.Embedding(NUM_WORDS, 32)(note))
    hidden = layers.Concatenate()([seen, read, layers.Dense(16)(numbers)])
    outputs = layers.Dense(2)(layers.Dense(32, activation="relu")(hidden))
    return keras.Model({"photo": photo, "note": note, "numbers": numbers}, outputs)


def forecaster() -> keras.Model:
    """The default network of a forecast."""
    return keras.models.clone_model(forecast().network)


def _attending(inputs: Any, hidden: Any) -> keras.Model:  # noqa: ANN401
    attended = layers.MultiHeadAttention(4, 8)(hidden, hidden)
    hidden = layers.LayerNormalization()(hidden + attended)
    forward = layers.Dense(32)(layers.Dense(64, activation="gelu")(hidden))
    hidden = layers.LayerNormalization()(hidden + forward)
    hidden = layers.GlobalAveragePooling1D()(hidden)
    return keras.Model({"inputs": inputs}, layers.Dense(2)(hidden))
