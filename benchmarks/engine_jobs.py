"""What training speed is measured on: a network, data, and what is wanted of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras

from benchmarks.engine_data import (
    cancer,
    colour_images,
    copied_windows,
    few_texts,
    images,
    large,
    mixed,
    real,
    series,
    short_series,
    spectrograms,
    texts,
    videos,
    windows,
)
from benchmarks.engine_networks import (
    both_directions,
    cnn,
    convolutions_1d,
    convolutions_3d,
    dense,
    embeddings,
    forecaster,
    frozen_backbone,
    joined,
    lstm,
    normalised,
    small_cnn,
    table,
    text_transformer,
    transformer,
    wide,
    wide_lstm,
)
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import ClassWeights, Engine, Optimizer, Schedule, TrainingSpec
from dlstudio.training.examples import PreparedData

NOT_SLOWER = 0.95

Build = Callable[[], keras.Model]
CLASSES = TaskSpec(kind=TaskKind.CLASSIFICATION, inputs=("inputs",), targets=("target",))
FORECAST = CLASSES.model_copy(update={"kind": TaskKind.FORECASTING})


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
        fit_data: What `model.fit` trains on; by default the same data.
        task: Decides on loss and metric.
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
    fit_data: Callable[[], PreparedData] | None = None
    task: TaskSpec = CLASSES
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
        replace(long, name="LSTM(64) 5,000 x 100 x 8, auto, 20 epochs", epochs=20),
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
        *kind_jobs(),
    ]


def kind_jobs() -> list[Job]:
    """The other kinds of data, each with a network that suits it."""
    return [
        Job("1-D convolutions, 5,000 x 100 x 8", series, convolutions_1d, 64, 4),
        Job("GRU over both directions, 5,000 x 100 x 8", series, both_directions, 64, 2),
        Job("Transformer, 2,000 x 100 x 8", short_series, transformer, 32, 3),
        Job("average of embeddings, 10,000 texts of 100 words", texts, embeddings, 64, 3),
        Job("Transformer, 2,000 texts of 100 words", few_texts, text_transformer, 32, 3),
        Job("spectrograms, 1,000 x 98 x 64", spectrograms, small_cnn, 32, 3),
        Job("videos, 120 x 8 x 32 x 32 x 3", videos, convolutions_3d, 16, 3),
        Job("frozen MobileNetV3, 500 x 64 x 64 x 3", colour_images, frozen_backbone, 32, 3),
        Job("photos, notes and numbers, 2,000 rows", mixed, joined, 32, 3),
        Job(
            "windows of a series, 10,000 hours",
            windows,
            forecaster,
            64,
            5,
            fit_data=copied_windows,
            task=FORECAST,
        ),
    ]
