"""The compiled epoch does what `model.fit` does, for every kind of layer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from dlstudio.spec.training import Engine, Optimizer
from dlstudio.training.examples import PreparedData
from dlstudio.training.optimizers import build_optimizer
from dlstudio.training.trainer import train
from tests.training.oracle import (
    Listener,
    assert_same_logs,
    assert_same_weights,
    fit,
    fresh,
    logs_of,
    prepared,
    study,
    training_spec,
)

pytestmark = pytest.mark.tensorflow

ACTIVATIONS = ["relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "silu", "softplus"]
ACTIVATIONS += ["softsign", "leaky_relu", "mish", "hard_sigmoid", "exponential", "linear"]


def adam() -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam(0.01)


def cosine() -> Any:  # noqa: ANN401
    return keras.optimizers.schedules.CosineDecay(0.01, 12)


def head(hidden: Any, inputs: Any) -> keras.Model:  # noqa: ANN401
    return keras.Model({"inputs": inputs}, layers.Dense(3)(hidden))


def table(*parts: keras.Layer) -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    hidden = layers.Dense(8, activation="relu")(inputs)
    for part in parts:
        hidden = part(hidden)
    return head(hidden, inputs)


def all_activations() -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    branches = [layers.Dense(4, activation=name)(inputs) for name in ACTIVATIONS]
    return head(layers.Concatenate()(branches), inputs)


def with_skip() -> keras.Model:
    inputs = keras.Input((6,), name="inputs")
    hidden = layers.Dense(8, activation="relu")(inputs)
    inner = layers.Dense(8, activation="tanh", kernel_regularizer="l2")(hidden)
    return head(layers.Add()([hidden, inner]), inputs)


def with_embedding() -> keras.Model:
    inputs = keras.Input((5,), dtype="int32", name="inputs")
    return head(layers.Flatten()(layers.Embedding(9, 4)(inputs)), inputs)


def sequence(part: keras.Layer) -> keras.Model:
    inputs = keras.Input((8, 3), name="inputs")
    return head(layers.Flatten()(part(inputs)), inputs)


def image() -> keras.Model:
    inputs = keras.Input((8, 8, 2), name="inputs")
    hidden = layers.Conv2D(4, 3, activation="relu")(inputs)
    hidden = layers.SeparableConv2D(4, 3, padding="same")(layers.MaxPooling2D()(hidden))
    return head(layers.GlobalAveragePooling2D()(hidden), inputs)


def attention() -> keras.Model:
    inputs = keras.Input((8, 3), name="inputs")
    hidden = layers.Dense(4)(inputs)
    hidden = layers.LayerNormalization()(hidden + layers.MultiHeadAttention(2, 2)(hidden, hidden))
    return head(layers.GlobalMaxPooling1D()(hidden), inputs)


def augmented() -> keras.Model:
    inputs = keras.Input((8, 8, 3), dtype="uint8", name="inputs")
    hidden = layers.Rescaling(1 / 255)(inputs)
    for part in (
        layers.RandomFlip(seed=1),
        layers.RandomTranslation(0.1, 0.1, seed=2),
        layers.RandomContrast(0.2, seed=3),
        layers.Conv2D(4, 3, activation="relu"),
        layers.SpatialDropout2D(0.2),
        layers.GlobalAveragePooling2D(),
    ):
        hidden = part(hidden)
    return head(hidden, inputs)


def tokens(dropout: float = 0.2) -> keras.Model:
    inputs = keras.Input((12,), dtype="int32", name="inputs")
    hidden = layers.Embedding(20, 4, mask_zero=True)(inputs)
    return head(layers.Dropout(dropout)(layers.LSTM(4, return_sequences=False)(hidden)), inputs)


def video() -> keras.Model:
    inputs = keras.Input((4, 6, 6, 2), name="inputs")
    # No bias before the normalisation: its gradient is rounding noise, and Adam makes steps of it.
    hidden = layers.TimeDistributed(layers.Conv2D(3, 3, use_bias=False))(inputs)
    hidden = layers.Conv3D(3, 2)(layers.BatchNormalization()(hidden))
    return head(layers.GlobalAveragePooling3D()(hidden), inputs)


def masked_attention(dropout: float = 0.1) -> keras.Model:
    inputs = keras.Input((12,), dtype="int32", name="inputs")
    hidden = layers.Embedding(20, 8, mask_zero=True)(inputs)
    attended = layers.MultiHeadAttention(2, 4, dropout=dropout)(hidden, hidden)
    hidden = layers.LayerNormalization()(layers.Add()([hidden, attended]))
    return head(layers.GlobalAveragePooling1D()(hidden), inputs)


def twice_recurrent() -> keras.Model:
    inputs = keras.Input((8, 3), name="inputs")
    hidden = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(inputs)
    return head(layers.GRU(4, recurrent_dropout=0.2)(hidden), inputs)


NETWORKS = {
    "activations": (all_activations, prepared((6,))),
    "dropout": (lambda: table(layers.Dropout(0.3), layers.GaussianNoise(0.1)), prepared((6,))),
    "batch normalisation": (lambda: table(layers.BatchNormalization()), prepared((6,))),
    "other normalisations": (
        lambda: table(
            layers.LayerNormalization(), layers.RMSNormalization(), layers.UnitNormalization()
        ),
        prepared((6,)),
    ),
    "regularisers": (
        lambda: table(
            layers.ActivityRegularization(0.01),
            layers.Dense(4, kernel_constraint="max_norm", bias_regularizer="l1"),
        ),
        prepared((6,)),
    ),
    "skip connections": (with_skip, prepared((6,))),
    "embedding": (with_embedding, prepared((5,), num_tokens=9)),
    "Conv1D": (lambda: sequence(layers.Conv1D(4, 3)), prepared((8, 3))),
    "Conv2D": (image, prepared((8, 8, 2))),
    "LSTM": (lambda: sequence(layers.LSTM(4)), prepared((8, 3))),
    "GRU": (lambda: sequence(layers.Bidirectional(layers.GRU(4))), prepared((8, 3))),
    "SimpleRNN": (lambda: sequence(layers.SimpleRNN(4, dropout=0.2)), prepared((8, 3))),
    "attention": (attention, prepared((8, 3))),
    "images of bytes, augmented": (augmented, prepared((8, 8, 3), num_tokens=256, dtype="uint8")),
    "masked tokens": (tokens, prepared((12,), num_tokens=20)),
    "masked attention": (masked_attention, prepared((12,), num_tokens=20)),
    "video": (video, prepared((4, 6, 6, 2))),
    "stacked recurrent layers": (twice_recurrent, prepared((8, 3))),
}

# XLA draws other random numbers.
DRAWS = ["dropout", "SimpleRNN", "images of bytes, augmented", "stacked recurrent layers"]
WITHOUT_CHANCE = {name: network for name, network in NETWORKS.items() if name not in DRAWS} | {
    "masked tokens": (lambda: tokens(0.0), prepared((12,), num_tokens=20)),
    "masked attention": (lambda: masked_attention(0.0), prepared((12,), num_tokens=20)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_graph_gives_what_fit_gives(name: str, tmp_path: Path) -> None:
    build, data = NETWORKS[name]
    oracle, model = fresh(build, adam), fresh(build, adam)
    expected = fit(oracle, data)

    outcome = study(model, data, tmp_path)

    assert outcome.engine.mode == "graph"
    assert_same_logs(logs_of(outcome), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_xla_gives_what_fit_gives(name: str, tmp_path: Path) -> None:
    build, data = WITHOUT_CHANCE[name]
    oracle, model = fresh(build, adam), fresh(build, adam)
    expected = fit(oracle, data)

    outcome = study(model, data, tmp_path, engine=Engine.XLA)

    assert outcome.engine.mode == "xla"
    assert_same_logs(logs_of(outcome), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dropout", "Conv2D"])
def test_the_road_of_steps_gives_what_fit_gives(name: str, tmp_path: Path) -> None:
    build, data = NETWORKS[name]
    oracle, model = fresh(build, adam), fresh(build, adam)
    expected = fit(oracle, data)

    outcome = study(model, data, tmp_path, engine=Engine.FIT)

    assert outcome.engine.mode == "fit"
    assert_same_logs(logs_of(outcome), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        lambda: keras.optimizers.RMSprop(0.01, global_clipnorm=0.5),
        lambda: keras.optimizers.AdamW(cosine(), 0.01),
        lambda: keras.optimizers.Lion(0.001, clipvalue=0.1),
        lambda: keras.optimizers.Muon(0.01),
    ],
    ids=["sgd", "rmsprop", "adamw", "lion", "muon"],
)
def test_optimizers_end_with_the_weights_of_fit(
    optimizer: Callable[[], keras.optimizers.Optimizer], tmp_path: Path
) -> None:
    build = lambda: table(layers.Dense(5, activation="tanh"))  # noqa: E731
    oracle, model = fresh(build, optimizer), fresh(build, optimizer)
    data = prepared((6,))
    expected = fit(oracle, data)

    outcome = study(model, data, tmp_path)

    assert_same_logs(logs_of(outcome), expected)
    assert outcome.best_epoch == outcome.num_epochs, "the last epoch should be the best here"
    assert_same_weights(model, oracle)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", Optimizer)
def test_every_optimizer_of_a_spec_ends_with_the_weights_of_fit(
    optimizer: Optimizer, tmp_path: Path
) -> None:
    spec = training_spec(optimizer=optimizer, epochs=2, learning_rate=0.01, keep="last")
    oracle, model = (fresh(table, lambda: build_optimizer(spec, 8)) for _ in range(2))
    before, data = model.get_weights(), prepared((6,))
    expected = fit(oracle, data, spec.epochs)

    outcome = train(model, data, spec, Listener(), tmp_path, resume=False)

    assert outcome.engine.mode == "graph"
    assert_same_logs(logs_of(outcome), expected)
    assert_same_weights(model, oracle)
    assert any(
        np.abs(one - other).max() > 1e-4
        for one, other in zip(model.get_weights(), before, strict=True)
    )


@pytest.mark.slow
def test_sample_weights_count_as_in_fit(tmp_path: Path) -> None:
    plain = prepared((6,))
    weights = np.random.default_rng(3).uniform(0.1, 3, len(plain.train)).astype("float32")
    data = PreparedData(plain.train.with_weights(weights), plain.validation)
    oracle, model = fresh(table, adam), fresh(table, adam)
    expected = fit(oracle, data)

    outcome = study(model, data, tmp_path)

    assert_same_logs(logs_of(outcome), expected)


@pytest.mark.slow
def test_balanced_class_weights_count_as_in_fit(tmp_path: Path) -> None:
    data = prepared((6,))
    oracle, model = fresh(table, adam), fresh(table, adam)
    targets = data.train.targets
    counts = np.bincount(targets)
    weights = len(targets) / (len(counts) * counts)
    weighted = PreparedData(data.train.with_weights(weights[targets]), data.validation)
    expected = fit(oracle, weighted)

    outcome = study(model, data, tmp_path, class_weights="balanced")

    assert_same_logs(logs_of(outcome), expected)
