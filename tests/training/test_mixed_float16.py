"""Networks that compute in float16, whose loss is scaled so that no gradient is too small."""

from collections.abc import Iterator
from pathlib import Path

import keras
import pytest

from dlstudio.spec.training import TrainingSpec
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.trainer import train
from tests.training.oracle import (
    BATCH_SIZE,
    NUM_ROWS,
    Listener,
    assert_same_logs,
    assert_same_weights,
    fit,
    logs_of,
    prepared,
    training_spec,
)
from tests.training.training_process import TASK

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

# A float16 has 11 bits: steps of a two-thousandth. The sums of fit and the engine are rounded
# in another order.
TOLERANCE = 5e-3


@pytest.fixture(autouse=True)
def float16() -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy(before)


def compiled(spec: TrainingSpec) -> keras.Model:
    keras.utils.set_random_seed(spec.seed)
    inputs = keras.Input((6,), name="inputs")
    hidden = keras.layers.Dense(8, activation="relu")(inputs)
    model = keras.Model({"inputs": inputs}, keras.layers.Dense(3, dtype="float32")(hidden))
    compile_model(model, TASK, spec, num_training_steps(NUM_ROWS, BATCH_SIZE, spec.epochs))
    return model


@pytest.mark.parametrize("engine", ["graph", "xla", "fit"])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_every_engine_learns_in_float16_what_fit_learns(
    optimizer: str, engine: str, tmp_path: Path
) -> None:
    spec = training_spec(optimizer=optimizer, engine=engine, learning_rate=0.02, epochs=4)
    oracle, model, data = compiled(spec), compiled(spec), prepared((6,))
    expected = fit(oracle, data, spec.epochs)

    outcome = train(model, data, spec, Listener(), tmp_path, resume=False)

    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert model.layers[1].compute_dtype == "float16"
    assert outcome.engine.mode == engine
    assert_same_logs(logs_of(outcome), expected, TOLERANCE)
    assert outcome.best_epoch == outcome.num_epochs, "the last epoch should be the best here"
    assert_same_weights(model, oracle, TOLERANCE)
