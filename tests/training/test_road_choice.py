"""Which engine a training gets, and what the run says about it."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dlstudio.spec.training import Engine
from dlstudio.training import quick_start, road_choice
from dlstudio.training.batches import batch_size_bytes
from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.road import Stretch
from dlstudio.training.trainer import train
from tests.training.oracle import (
    LOSS,
    Listener,
    assert_same_logs,
    fit,
    fresh,
    logs_of,
    prepared,
    training_spec,
)

pytestmark = pytest.mark.tensorflow


def adam() -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam(0.01)


def rotated() -> keras.Model:
    """XLA has no kernel for the projection that turns images."""
    inputs = keras.Input((8, 8, 2), name="inputs")
    hidden = layers.Flatten()(layers.RandomRotation(0.1, seed=1)(inputs))
    return keras.Model({"inputs": inputs}, layers.Dense(3)(hidden))


class LoopFree(keras.Model):
    """A model with a step of its own that cannot be inside a loop."""

    def train_step(self, data: Any) -> Any:  # noqa: ANN401
        if "while" in tf.compat.v1.get_default_graph().name:
            raise NotImplementedError("This step cannot be inside a loop.")
        return super().train_step(data)


def loop_free() -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    return LoopFree({"inputs": inputs}, layers.Dense(3)(inputs))


@pytest.mark.slow
def test_what_xla_cannot_compile_is_run_by_the_graph_and_said(tmp_path: Path) -> None:
    data, listener = prepared((8, 8, 2)), Listener()
    expected = fit(fresh(rotated, adam), data)
    spec = training_spec(engine=Engine.XLA)

    outcome = train(fresh(rotated, adam), data, spec, listener, tmp_path, resume=False)

    assert outcome.engine.mode == "graph"
    assert outcome.engine.reason.startswith("XLA cannot compile this network (")
    assert listener.log == [f"Engine: graph instead of xla. {outcome.engine.reason}"]
    assert_same_logs(logs_of(outcome), expected)


@pytest.mark.slow
def test_measuring_survives_what_xla_cannot_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(road_choice, "COMPILE_SHARE", 1e9)
    spec = training_spec(engine=Engine.AUTO)

    outcome = train(
        fresh(rotated, adam), prepared((8, 8, 2)), spec, Listener(), tmp_path, resume=False
    )

    assert outcome.engine.mode == "graph"
    assert outcome.engine.reason.startswith("XLA cannot compile this network (")
    assert outcome.engine.graph_step_s


def one_layer() -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    return keras.Model({"inputs": inputs}, layers.Dense(3)(inputs))


@pytest.mark.slow
def test_one_slow_step_does_not_make_a_short_training_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 9.0])  # the uncounted call, then one that was held up
    honest = road_choice._steps_s
    monkeypatch.setattr(
        road_choice, "_steps_s", lambda road, count: next(seconds, None) or honest(road, count)
    )
    monkeypatch.setattr(road_choice, "is_short", lambda *_: False)

    outcome = train(
        fresh(one_layer, adam),
        prepared((6,)),
        training_spec(engine=Engine.AUTO),
        Listener(),
        tmp_path,
        resume=False,
    )

    assert next(seconds, None) is None
    assert outcome.engine.mode == "graph"
    assert outcome.engine.reason.endswith("s of training are too few for compiling to pay.")


class Scripted:
    """A road whose steps take scripted times, and the clock that they pass on."""

    num_full_steps = 100

    def __init__(self, graph_s: float, xla_s: float, held_up: int) -> None:
        """Hold the first calls of XLA up by 0.2 s each."""
        self.now_s, self.mode, self._held_up = 0.0, "xla", held_up
        self._step_s = {"graph": graph_s, "xla": xla_s}

    def use_graph(self) -> None:
        self.mode = "graph"

    def use_xla(self) -> None:
        self.mode = "xla"

    def run(self, stretch: Stretch) -> None:
        self.now_s += self._step_s[self.mode] * stretch.num_steps
        if self._held_up and self.mode == "xla":
            self._held_up -= 1
            self.now_s += 0.2


@pytest.mark.parametrize(("budget_s", "expected_s"), [(5.0, 0.001), (0.0, 0.001 + 0.2 / 10)])
def test_a_long_training_is_compared_until_nothing_holds_it_up(
    budget_s: float, expected_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    road: Any = Scripted(graph_s=0.002, xla_s=0.001, held_up=8)
    monkeypatch.setattr(road_choice.time, "perf_counter", lambda: road.now_s)

    graph_s, xla_s = road_choice._quickest_by_turns(road, 0.002, budget_s)

    assert graph_s == pytest.approx(0.002)
    assert xla_s == pytest.approx(expected_s)
    assert road.mode == "xla"


def test_a_clear_lead_of_xla_is_not_measured_any_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    road: Any = Scripted(graph_s=0.002, xla_s=0.001, held_up=0)
    monkeypatch.setattr(road_choice.time, "perf_counter", lambda: road.now_s)

    road_choice._quickest_by_turns(road, 0.002, budget_s=5.0)

    assert road.now_s == pytest.approx(road_choice.NUM_MEASUREMENTS * 10 * 0.003)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [Engine.AUTO, Engine.XLA])
def test_what_cannot_be_traced_takes_the_steps_of_keras(engine: Engine, tmp_path: Path) -> None:
    data, listener = prepared((6,)), Listener()
    expected = fit(fresh(loop_free, adam), data)
    spec = training_spec(engine=engine)

    outcome = train(fresh(loop_free, adam), data, spec, listener, tmp_path, resume=False)

    assert outcome.engine.mode == "fit"
    assert outcome.engine.reason == (
        "The compiled epoch cannot run this network (This step cannot be inside a loop)."
    )
    instead = "" if engine is Engine.AUTO else " instead of xla"
    assert listener.log == [f"Engine: fit{instead}. {outcome.engine.reason}"]
    assert_same_logs(logs_of(outcome), expected)


def test_an_engine_that_was_asked_for_is_told(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    inputs = keras.Input((6,), name="inputs")
    model = keras.Model({"inputs": inputs}, layers.Dense(3)(inputs))
    model.compile(optimizer=adam(), loss=LOSS(from_logits=True))
    listener = Listener()

    train(model, prepared((6,)), training_spec(epochs=1), listener, tmp_path, resume=False)

    assert listener.log == ["Engine: graph. It was asked for."]


def test_a_batch_of_more_rows_than_there_are_is_all_rows(tmp_path: Path) -> None:
    data, listener = prepared((6,)), Listener()
    inputs = keras.Input((6,), name="inputs")
    model = keras.Model({"inputs": inputs}, layers.Dense(3)(inputs))
    model.compile(optimizer=adam(), loss=LOSS(from_logits=True))

    spec = training_spec(engine=Engine.XLA, batch_size=1000)
    outcome = train(model, data, spec, listener, tmp_path, resume=False)

    assert outcome.engine.mode == "xla"
    assert outcome.num_epochs == spec.epochs


def test_bytes_are_those_on_the_device() -> None:
    images = np.zeros((10, 4, 4, 3), "uint8")
    numbers = np.zeros((10, 2), "float64")
    examples = Examples({"images": images, "numbers": numbers}, np.zeros(10, "int32"))

    assert batch_size_bytes(examples) == 480 + 80 + 40


def test_images_of_bytes_need_a_quarter_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = keras.Input((8, 8, 1), name="inputs")
    model = keras.Model({"inputs": inputs}, layers.Flatten()(inputs))
    model.compile(loss="mse")
    free = 3 * 100 * 64 + 3 * 100 * 4
    monkeypatch.setattr(road_choice, "memory_budget", lambda: float(free))

    def reason(dtype: str) -> str:
        rows = Examples({"inputs": np.zeros((100, 8, 8, 1), dtype)}, np.zeros(100, "int32"))
        return road_choice.why_not_compiled(model, PreparedData(rows, rows))

    assert reason("uint8") == ""
    assert "they are streamed" in reason("float32")


@pytest.mark.parametrize(
    ("shape", "part", "batch_size", "is_in_turn"),
    [
        ((30,), layers.Dense(64), 256, True),
        ((30,), layers.Dense(2048), 256, False),
        ((100, 8), layers.LSTM(64), 64, True),
        ((64, 64, 3), layers.Conv2D(32, 3), 64, False),
    ],
    ids=["small table", "wide layer", "recurrent", "images"],
)
def test_small_operations_are_started_in_turn(
    shape: tuple[int, ...], part: keras.Layer, batch_size: int, *, is_in_turn: bool
) -> None:
    inputs = keras.Input(shape, name="inputs")
    model = keras.Model({"inputs": inputs}, part(inputs))

    assert (quick_start.executor(model, batch_size) == quick_start.IN_TURN) is is_in_turn


def test_operations_of_a_step_that_scales_its_loss_are_not_started_in_turn() -> None:
    inputs = keras.Input((30,), name="inputs")
    model = keras.Model({"inputs": inputs}, layers.Dense(3)(inputs))
    model.compile(keras.optimizers.LossScaleOptimizer(adam()), LOSS(from_logits=True))

    assert quick_start.executor(model, 16) is None


def test_operations_of_a_step_with_conditions_in_its_layers_are_not_started_in_turn() -> None:
    inputs = keras.Input((30,), name="inputs")
    inner = keras.Sequential([layers.SpectralNormalization(layers.Dense(3))])
    model = keras.Model({"inputs": inputs}, inner(inputs))

    assert quick_start.executor(model, 16) is None
