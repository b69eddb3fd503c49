"""Optimizers are built from a spec, and are those of Keras."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import pytest

from dlstudio.spec.training import Optimizer
from dlstudio.training.optimizers import CLASSES, build_optimizer
from tests.training.oracle import training_spec

pytestmark = pytest.mark.tensorflow

AROUND_OTHERS = {keras.optimizers.LossScaleOptimizer, keras.optimizers.MultiOptimizer}
# ARCHITECTURE.md says why.
LEFT_OUT = {keras.optimizers.ScheduleFreeAdamW}


def test_every_optimizer_of_keras_is_offered_or_left_out_on_purpose() -> None:
    kept = AROUND_OTHERS | LEFT_OUT | {keras.optimizers.Optimizer}
    keras_has = {
        found.__name__.lower(): found
        for found in vars(keras.optimizers).values()
        if isinstance(found, type) and issubclass(found, keras.optimizers.Optimizer)
        if found not in kept
    }

    assert set(keras_has) == set(Optimizer)
    for name, built in CLASSES.items():
        assert issubclass(built, keras_has[name]), name


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_every_optimizer_lowers_a_loss(optimizer: Optimizer) -> None:
    spec = training_spec(optimizer=optimizer, learning_rate=0.05, gradient_clipping="global_norm")
    built = build_optimizer(spec, 100)
    kernel = keras.Variable(np.full((2, 3), 2.0, "float32"), name="kernel")
    built.build([kernel])
    for _ in range(3):
        built.apply([keras.ops.convert_to_tensor(2 * kernel.numpy())])

    assert np.square(kernel.numpy()).sum() < 24


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adam_on_all_weights_equals_that_of_keras(decay: float) -> None:
    spec = training_spec(
        optimizer="adamw", learning_rate=0.1, weight_decay=decay, schedule="constant"
    )
    theirs = keras.optimizers.AdamW(0.1, weight_decay=decay)
    theirs.exclude_from_weight_decay(var_names=["bias"])

    assert_same_steps(build_optimizer(spec, 100), theirs)


@pytest.mark.parametrize(
    ("clipping", "limit"),
    [
        ("norm", {"clipnorm": 0.1}),
        ("value", {"clipvalue": 0.1}),
        ("global_norm", {"global_clipnorm": 0.1}),
    ],
)
@pytest.mark.parametrize(
    ("optimizer", "built_by_keras"),
    [
        ("adamw", partial(keras.optimizers.AdamW, weight_decay=0.0)),
        ("adam", keras.optimizers.Adam),
        ("sgd", partial(keras.optimizers.SGD, momentum=0.9, nesterov=True)),
    ],
)
def test_gradients_are_clipped_as_by_keras(
    optimizer: str,
    built_by_keras: Callable[..., keras.optimizers.Optimizer],
    clipping: str,
    limit: dict[str, float],
) -> None:
    spec = training_spec(
        optimizer=optimizer,
        learning_rate=0.1,
        weight_decay=0.0,
        schedule="constant",
        gradient_clipping=clipping,
        clip_at=0.1,
    )

    assert_same_steps(build_optimizer(spec, 100), built_by_keras(0.1, **limit))


def assert_same_steps(ours: keras.optimizers.Optimizer, theirs: keras.optimizers.Optimizer) -> None:
    for one, other in zip(after_five_steps(ours), after_five_steps(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def after_five_steps(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
    """Where a kernel and a bias end; their gradients are normally distributed, of size 1."""
    gradients = np.random.default_rng(0).normal(size=(5, 2, 3)).astype("float32")
    kernel = keras.Variable(np.ones((2, 3), "float32"), name="kernel")
    bias = keras.Variable(np.ones(3, "float32"), name="bias")
    optimizer.build([kernel, bias])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in (gradient, gradient[0])])
    return [kernel.numpy(), bias.numpy()]
