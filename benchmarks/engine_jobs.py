"""The networks and data on which training speed is measured."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import keras
import numpy as np
from keras import layers

from dlstudio.spec.training import ClassWeights, Engine, Optimizer, Schedule, TrainingSpec
from dlstudio.training.examples import Examples, PreparedData

VALIDATION_SHARE = 0.15
NOT_SLOWER = 0.95

Build = Callable[[], keras.Model]


@dataclass(frozen=True)
class Job:
    """One network on one dataset.

    Attributes:
        name: What it is, in words.
        data: Makes or reads the examples.
        build: Builds the network.
        batch_size: Rows a step.
        epochs: Epochs that the studio trains.
        engine: The engine that is asked for.
        wanted: How many times as fast as `model.fit` the studio must be.
        fit_epochs: Epochs that `model.fit` is timed for; the time of the others is that of a
            median epoch. By default all.
        class_weights: Whether classes are balanced, on both sides.
        memory_share: Part of the free memory that data may take; 0 makes it stream.
    """

    name: str
    data: Callable[[], PreparedData]
    build: Build
    batch_size: int
    epochs: int
    engine: Engine = Engine.AUTO
    wanted: float = NOT_SLOWER
    fit_epochs: int | None = None
    class_weights: ClassWeights = ClassWeights.NONE
    memory_share: float | None = None

    @property
    def spec(self) -> TrainingSpec:
        """What the studio is asked for."""
        return TrainingSpec(
            optimizer=Optimizer.ADAM,
            weight_decay=0.0,
            schedule=Schedule.CONSTANT,
            batch_size=self.batch_size,
            epochs=self.epochs,
            early_stopping=None,
            engine=self.engine,
            class_weights=self.class_weights,
        )


def small_jobs() -> list[Job]:
    """Two real tables on which starting takes longer than training."""
    return [
        Job("iris 150 x 4", lambda: real("iris"), lambda: dense(4, 3), 32, 50, wanted=10),
        Job(
            "breast cancer 569 x 30",
            lambda: real("breast_cancer"),
            lambda: dense(30, 2),
            32,
            50,
            wanted=10,
        ),
    ]


def table_jobs() -> list[Job]:
    """A large table, each way of running it."""
    graph = Job("100,000 x 30, graph", large, table, 256, 10, Engine.GRAPH, 6)
    long = replace(graph, name="100,000 x 30, XLA, 100 epochs", epochs=100, fit_epochs=10)
    return [
        graph,
        replace(graph, name="100,000 x 30, auto", engine=Engine.AUTO),
        replace(long, engine=Engine.XLA, wanted=10),
        replace(long, name="100,000 x 30, auto, 100 epochs", engine=Engine.AUTO),
    ]


def other_jobs() -> list[Job]:
    """Sequences, images and what else may be slow.

    XLA saves the time between operations. An LSTM of 64 units multiplies for most of its step, at
    nearly the speed of a core, so there is little to save; one of 32 units starts as many
    operations for a quarter of the multiplications.
    """
    sequences = Job("LSTM(64) 5,000 x 100 x 8, graph", series, wide_lstm, 64, 4, Engine.GRAPH)
    long = replace(sequences, engine=Engine.AUTO, epochs=60, fit_epochs=4)
    return [
        sequences,
        replace(long, name="LSTM(64) 5,000 x 100 x 8, auto, 60 epochs"),
        replace(
            long,
            name="LSTM(32) 5,000 x 100 x 8, auto, 60 epochs",
            build=lstm,
            batch_size=32,
            wanted=4,
        ),
        Job("CNN 10,000 x 28 x 28", images, cnn, 64, 4, wanted=1.3),
    ]


def floor_jobs() -> list[Job]:
    """Where nothing is promised but not to be slower than `model.fit`."""
    plain = Job("batch normalisation, dropout", large, normalised, 256, 4)
    return [
        plain,
        replace(plain, name="wide layers, 3 x 512", build=wide, epochs=2),
        replace(plain, name="batch of all rows", build=table, batch_size=100_000, epochs=20),
        replace(plain, name="batches of 2 rows", data=cancer, build=table, batch_size=2, epochs=3),
        replace(plain, name="class weights", build=table, class_weights=ClassWeights.BALANCED),
        replace(plain, name="Keras's own steps", build=table, engine=Engine.FIT),
        replace(
            plain, name="Keras's own steps, one epoch", build=table, engine=Engine.FIT, epochs=1
        ),
        replace(
            plain,
            name="Keras's own steps, 569 rows",
            data=cancer,
            build=table,
            batch_size=32,
            epochs=20,
            engine=Engine.FIT,
        ),
        replace(plain, name="streamed", build=table, memory_share=0.0),
        Job("CNN by Keras's own steps", images, cnn, 64, 2, Engine.FIT),
        Job("LSTM by Keras's own steps", series, lstm, 64, 2, Engine.FIT),
    ]


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


@cache
def real(name: str) -> PreparedData:
    """A table that comes with scikit-learn, standardised."""
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    features = np.asarray(bunch.data, "float32")
    features = (features - features.mean(0)) / features.std(0)
    return _split(features, np.asarray(bunch.target, "int32"))


@cache
def made(*shape: int) -> PreparedData:
    """Numbers whose class can be learned, for where only the size matters."""
    generator = np.random.default_rng(7)
    features = generator.normal(size=shape).astype("float32")
    flat = features.reshape(shape[0], -1)
    sums = flat @ generator.normal(size=flat.shape[1]) + generator.normal(size=shape[0])
    return _split(features, (sums > 0).astype("int32"))


def cancer() -> PreparedData:
    """569 rows."""
    return real("breast_cancer")


def large() -> PreparedData:
    """100,000 rows of 30 columns."""
    return made(100_000, 30)


def series() -> PreparedData:
    """5,000 sequences of 100 steps with 8 channels."""
    return made(5_000, 100, 8)


def images() -> PreparedData:
    """10,000 images of 28 x 28."""
    return made(10_000, 28, 28, 1)


def _split(features: np.ndarray, targets: np.ndarray) -> PreparedData:
    order = np.random.default_rng(7).permutation(len(targets))
    cut = int(len(order) * VALIDATION_SHARE)
    validation, train = order[:cut], order[cut:]
    return PreparedData(
        Examples({"inputs": features[train]}, targets[train]),
        Examples({"inputs": features[validation]}, targets[validation]),
    )
