"""`model.fit` with the order of batches that the studio uses: what the engine must equal."""

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from dlstudio.reports.progress import EpochReport, Progress
from dlstudio.spec.training import Engine, TrainingSpec
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.order import epoch_order
from dlstudio.training.outcome import TrainingOutcome
from dlstudio.training.trainer import train

NUM_ROWS = 52  # with batches of 16 the last one has 4 rows
BATCH_SIZE = 16
EPOCHS = 3
SEED = 7
LOSS = keras.losses.SparseCategoricalCrossentropy

Build = Callable[[], keras.Model]


class Listener:
    """A watcher that keeps what it hears, and stops when a condition holds."""

    def __init__(  # noqa: D107
        self, stops: Callable[["Listener"], bool] = lambda listener: False
    ) -> None:
        self.progress: list[Progress] = []
        self.epochs: list[EpochReport] = []
        self.log: list[str] = []
        self._stops = stops

    def on_progress(self, progress: Progress) -> None:
        self.progress.append(progress)

    def on_epoch(self, report: EpochReport) -> None:
        self.epochs.append(report)

    def on_log(self, text: str) -> None:
        self.log.append(text)

    def should_stop(self) -> bool:
        return self._stops(self)


def examples(
    shape: Sequence[int],
    num_rows: int = NUM_ROWS,
    seed: int = 0,
    *,
    num_tokens: int = 0,
    dtype: str = "int32",
) -> Examples:
    """Rows whose class, 0, 1 or 2, can be learned; with tokens, features are whole numbers."""
    generator = np.random.default_rng(seed)
    size = (num_rows, *shape)
    features = generator.normal(size=size).astype("float32")
    targets = np.digitize(
        features.reshape(num_rows, int(np.prod(shape)))[:, :4].sum(axis=1), [-1.0, 1.0]
    )
    if num_tokens:
        features = generator.integers(0, num_tokens, size).astype(dtype)
        targets = features.reshape(num_rows, -1)[:, 0] % 3
    return Examples({"inputs": features}, targets.astype("int32"))


def prepared(shape: Sequence[int], *, num_tokens: int = 0, dtype: str = "int32") -> PreparedData:
    """Training and validation examples of a shape."""
    return PreparedData(
        examples(shape, num_tokens=num_tokens, dtype=dtype),
        examples(shape, num_rows=21, seed=1, num_tokens=num_tokens, dtype=dtype),
    )


def training_spec(**changes: object) -> TrainingSpec:
    """A few epochs without early stopping."""
    fields = {
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "early_stopping": None,
        "seed": SEED,
        "engine": Engine.GRAPH,
    }
    return TrainingSpec.model_validate(fields | changes)


def fresh(build: Build, optimizer: Callable[[], keras.optimizers.Optimizer]) -> keras.Model:
    """Build and compile a model; the same weights and random states each time."""
    keras.utils.set_random_seed(SEED)
    model = build()
    model.compile(optimizer=optimizer(), loss=LOSS(from_logits=True), metrics=["accuracy"])
    return model


def fit(model: keras.Model, data: PreparedData, epochs: int = EPOCHS) -> list[dict[str, float]]:
    """Train with `model.fit`, an epoch a call, in the studio's order; one log an epoch."""
    logs = []
    for epoch in range(epochs):
        rows = epoch_order(SEED, epoch, len(data.train))
        weights = data.train.weights
        history = model.fit(
            {name: array[rows] for name, array in data.train.features.items()},
            data.train.targets[rows],
            sample_weight=None if weights is None else weights[rows],
            batch_size=BATCH_SIZE,
            shuffle=False,
            validation_data=(data.validation.features, data.validation.targets),
            verbose=0,  # pyright: ignore[reportArgumentType]
        )
        logs.append({name: values[0] for name, values in history.history.items()})
    return logs


def study(
    model: keras.Model, data: PreparedData, folder: Path, **changes: object
) -> TrainingOutcome:
    """Train with the studio's trainer."""
    return train(model, data, training_spec(**changes), Listener(), folder, resume=False)


def logs_of(outcome: TrainingOutcome) -> list[dict[str, float]]:
    """The outcome's metrics under the names that `fit` gives them."""
    return [
        report.metrics["train"]
        | {f"val_{name}": value for name, value in report.metrics["validation"].items()}
        for report in outcome.history
    ]


def assert_same_logs(
    found: list[dict[str, float]], expected: list[dict[str, float]], tolerance: float = 1e-4
) -> None:
    """Compare the metrics of all epochs."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert set(one) == set(other)
        for name, value in other.items():
            np.testing.assert_allclose(one[name], value, rtol=tolerance, atol=tolerance)


def assert_same_weights(model: keras.Model, other: keras.Model, tolerance: float = 1e-5) -> None:
    """Compare all weights of two models."""
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=tolerance)
