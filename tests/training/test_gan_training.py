"""A GAN trains in compiled epochs as it does by Keras's own `fit`, and resumes exactly."""

import time
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.architectures.gan import build
from dlstudio.models.canvas import CONDITION, Canvas, Place, PlaceKind
from dlstudio.reports.progress import EpochReport
from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.gan import GanLoss, GanSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.training import Engine, TrainingSpec
from dlstudio.training.compile import compile_own_loss, num_training_steps
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.trainer import train
from dlstudio.training.variables import all_variables
from tests.training.oracle import (
    BATCH_SIZE,
    Listener,
    assert_same_logs,
    assert_same_weights,
    fit,
    logs_of,
    training_spec,
)

pytestmark = pytest.mark.tensorflow

NUM_CLASSES = 3
PLACES = (*[Place("a", PlaceKind.NUMBER)] * 2, *[Place("b", PlaceKind.CATEGORY)] * 2)
NAMES = tuple(place.column for place in PLACES)
TABLE = Canvas(
    CanvasKind.TABLE, "dense", (4,), "float32", (4,), NAMES, PLACES, num_classes=NUM_CLASSES
)
SERIES = Canvas(CanvasKind.SERIES, "walk", (8, 2), "float32", (8, 2), ("walk",))
BLOCK = ConvBlock(filters=4, stride=2, pooling=Pooling.NONE)
SMALL = GanSpec(
    latent_size=3,
    generator_layers=(DenseLayer(units=8, dropout=0.1),),
    generator_blocks=(BLOCK,),
    discriminator_layers=(DenseLayer(units=8),),
    discriminator_blocks=(BLOCK,),
    discriminator_rate=2.0,
)
GAMES = {
    "r1": {},
    "wasserstein": {"loss": GanLoss.WASSERSTEIN, "discriminator_steps": 2},
    "spectral": {"loss": GanLoss.HINGE, "spectral_normalization": True, "r1_penalty": 0.0},
}


def game_spec(**changes: Any) -> TrainingSpec:  # noqa: ANN401
    fields = {"optimizer": "adam", "learning_rate": 0.002, "keep": "last", "weight_decay": 0.0}
    return training_spec(**(fields | changes))


def prepared(canvas: Canvas) -> PreparedData:
    def some(num_rows: int, seed: int) -> Examples:
        random = np.random.default_rng(seed)
        shape = (num_rows, *canvas.shape)
        features = {canvas.feature: random.normal(1.0, 0.5, shape).astype("float32")}
        if canvas.num_classes:
            classes = random.integers(0, NUM_CLASSES, (num_rows, 1)).astype("int32")
            features[CONDITION] = classes
        return Examples(features, np.zeros((num_rows, 1), "uint8"))

    return PreparedData(some(52, 0), some(21, 1))


def compiled(canvas: Canvas, spec: TrainingSpec, **changes: Any) -> GanNetwork:  # noqa: ANN401
    keras.utils.set_random_seed(spec.seed)
    network = build(SMALL.model_copy(update=changes), canvas, count(1))
    compile_own_loss(network, spec, num_training_steps(52, BATCH_SIZE, spec.epochs))
    return network


@pytest.mark.slow
@pytest.mark.parametrize("canvas", [TABLE, SERIES], ids=["table", "series"])
@pytest.mark.parametrize("name", GAMES)
def test_compiled_epochs_play_as_fit_does(canvas: Canvas, name: str, tmp_path: Path) -> None:
    spec, data = game_spec(), prepared(canvas)
    oracle, network = (compiled(canvas, spec, **GAMES[name]) for _ in range(2))
    expected = fit(oracle, data)

    outcome = train(network, data, spec, Listener(), tmp_path, resume=False)

    assert outcome.engine.mode == "graph"
    assert_same_logs(logs_of(outcome), expected)
    assert_same_weights(network, oracle, tolerance=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [Engine.FIT, Engine.XLA])
def test_the_other_roads_play_the_same_game(engine: Engine, tmp_path: Path) -> None:
    spec, data = game_spec(engine=engine, epochs=2), prepared(TABLE)
    network = compiled(TABLE, spec)

    outcome = train(network, data, spec, Listener(), tmp_path, resume=False)

    assert outcome.engine.mode == engine
    assert set(outcome.history[0].metrics["train"]) == {
        "loss",
        "generator_loss",
        "discriminator_loss",
    }
    if engine is Engine.FIT:
        oracle = compiled(TABLE, spec)
        assert_same_logs(logs_of(outcome), fit(oracle, data, epochs=2))


def test_a_checkpoint_holds_both_optimizers_the_average_and_the_chance() -> None:
    network = compiled(TABLE, game_spec())
    network._symbolic_build()

    names = [variable.path for variable in all_variables(network)]

    assert len(set(map(id, all_variables(network)))) == len(names)
    assert sum("momentum" in name for name in names) == 2
    assert any("seed_generator" in name for name in names)
    held = {id(variable) for variable in all_variables(network)}
    parts = (network.generator, network.average, network.discriminator)
    assert all(id(weight) in held for part in parts for weight in part.weights)


@pytest.mark.slow
def test_a_game_that_was_stopped_ends_like_one_never_interrupted(tmp_path: Path) -> None:
    spec, data = game_spec(epochs=6, schedule="cosine"), prepared(SERIES)
    whole, parts = (compiled(SERIES, spec) for _ in range(2))
    expected = train(whole, data, spec, Listener(), tmp_path / "whole", resume=False)

    first = train(parts, data, spec, _stopping_after(2), tmp_path / "parts", resume=False)
    again = compiled(SERIES, spec)
    resumed = train(again, data, spec, Listener(), tmp_path / "parts", resume=True)

    assert first.stopped_because == "asked"
    assert 2 <= first.num_epochs < 6
    assert first.best_epoch == first.num_epochs
    assert resumed.best_epoch == expected.best_epoch == 6
    for one, other in zip(resumed.history, expected.history, strict=True):
        assert one.learning_rate == pytest.approx(other.learning_rate)
        for split in ("train", "validation"):
            assert one.metrics[split] == pytest.approx(other.metrics[split], abs=1e-5)
    for one, other in zip(again.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_learning_rate_that_is_shown_is_the_generators(tmp_path: Path) -> None:
    spec, data = game_spec(epochs=1, schedule="constant"), prepared(TABLE)
    network = compiled(TABLE, spec)

    outcome = train(network, data, spec, Listener(), tmp_path, resume=False)

    assert outcome.history[0].learning_rate == pytest.approx(0.002)
    assert float(network.discriminator_optimizer.learning_rate) == pytest.approx(0.004)


def test_a_game_whose_loss_is_no_number_ends_with_what_to_try(tmp_path: Path) -> None:
    spec, data = game_spec(learning_rate=50.0, optimizer="sgd", epochs=20), prepared(TABLE)
    network = compiled(TABLE, spec, r1_penalty=100.0)

    outcome = train(network, data, spec, Listener(), tmp_path, resume=False)

    assert outcome.stopped_because == "diverged"
    assert outcome.problem is not None
    assert "The loss became" in outcome.problem.problem
    assert "penalty" in outcome.problem.fix


def _stopping_after(num_epochs: int) -> Listener:
    listener = Listener(stops=lambda one: len(one.epochs) >= num_epochs)
    hear = listener.on_epoch

    def on_epoch(report: EpochReport) -> None:
        hear(report)
        time.sleep(0.25)  # long enough for the watcher to be asked

    listener.on_epoch = on_epoch
    return listener
