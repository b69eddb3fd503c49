"""Autoencoders of every kind of layer and example are built, learn, and give back their input."""

from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.architectures.autoencoder import AutoencoderNetwork, build
from dlstudio.models.canvas import Canvas
from dlstudio.models.rebuilding import (
    CODE,
    EXAMPLE,
    KNOWN,
    RECONSTRUCTION,
    decoder_of,
    squared_error,
)
from dlstudio.spec.architectures.autoencoder import AUTOENCODER_PRESETS, AutoencoderSpec
from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.coder import Body
from dlstudio.spec.architectures.rnn import RecurrentLayer
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import DenseLayer
from dlstudio.training.compile import compile_own_loss
from tests.training.oracle import training_spec

pytestmark = pytest.mark.tensorflow

NUM_ROWS = 12
SMALL = AutoencoderSpec(
    latent_size=3,
    layers=(DenseLayer(units=16),),
    recurrent_layers=(RecurrentLayer(units=8), RecurrentLayer(units=6)),
)
TABLE = Canvas(CanvasKind.TABLE, "dense", (5,), "float32", (5,), tuple("abcde"))
SERIES = Canvas(CanvasKind.SERIES, "steps", (9, 2), "float32", (9, 2), ("walk",))
PADDED = Canvas(CanvasKind.SERIES, "steps", (9, 3), "float32", (9, 2), ("walk",), has_padding=True)
SOUND = Canvas(CanvasKind.SOUND, "mels", (11, 7), "float32", (11, 7, 1), ("beat",))


def image(height: int, width: int, channels: int = 1) -> Canvas:
    shape = (height, width, channels)
    return Canvas(CanvasKind.IMAGE, "pixels", shape, "float32", shape, ("photo",))


def network_of(canvas: Canvas, **changes: Any) -> AutoencoderNetwork:  # noqa: ANN401
    return build(SMALL.model_copy(update=changes), canvas, count(1))


def features_of(canvas: Canvas) -> dict[str, np.ndarray]:
    shape = (NUM_ROWS, *canvas.feature_shape)
    values = np.random.default_rng(1).normal(size=shape).astype("float32")
    if canvas.has_padding:
        values[..., -1] = 1.0
        values[:, :4] = 0.0
    return {canvas.feature: values}


def outputs_of(network: keras.Model, features: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    found: Any = network(features, training=False)
    return {name: np.asarray(values) for name, values in found.items()}


@pytest.mark.parametrize(
    ("canvas", "body"),
    [
        (TABLE, Body.DENSE),
        (image(8, 8), Body.DENSE),
        (image(8, 8), Body.CONVOLUTIONAL),
        (image(7, 13, 3), Body.CONVOLUTIONAL),
        (image(1, 5), Body.CONVOLUTIONAL),
        (SERIES, Body.DENSE),
        (SERIES, Body.CONVOLUTIONAL),
        (SERIES, Body.RECURRENT),
        (PADDED, Body.CONVOLUTIONAL),
        (PADDED, Body.RECURRENT),
        (SOUND, Body.CONVOLUTIONAL),
        (SOUND, Body.RECURRENT),
    ],
    ids=lambda value: value.value if isinstance(value, Body) else f"{value.kind}{value.shape}",
)
def test_every_body_gives_back_the_form_of_its_example_and_learns(
    canvas: Canvas, body: Body
) -> None:
    network = network_of(canvas, body=body)
    features = features_of(canvas)
    before = outputs_of(network, features)
    assert before[RECONSTRUCTION].shape == before[EXAMPLE].shape == (NUM_ROWS, *canvas.shape)
    assert before[CODE].shape == (NUM_ROWS, 3)

    compile_own_loss(network, training_spec(), 20)
    targets = np.zeros((NUM_ROWS, 1), "uint8")
    for _ in range(20):
        network.train_on_batch(features, targets)
    after = outputs_of(network, features)
    assert float(np.mean(squared_error(after))) < float(np.mean(squared_error(before)))


@pytest.mark.parametrize(
    ("canvas", "body", "size", "inwards", "outwards"),
    [
        (TABLE, Body.DENSE, "units", [16, 8], [8, 16]),
        (SERIES, Body.RECURRENT, "units", [8, 6, 16, 8], [8, 16, 6, 8]),
        # From 24 to 16 filters, and half of them before the picture itself.
        (image(16, 16), Body.CONVOLUTIONAL, "filters", [16, 24], [16, 8]),
    ],
)
def test_the_decoder_has_the_layers_of_the_encoder_in_reverse_order(
    canvas: Canvas, body: Body, size: str, inwards: list[int], outwards: list[int]
) -> None:
    rows = (DenseLayer(units=16), DenseLayer(units=8))
    blocks = (ConvBlock(filters=16), ConvBlock(filters=24))
    network = network_of(canvas, body=body, layers=rows, blocks=blocks)

    def sizes(part: str) -> list[int]:
        named = [one for one in network.layers if one.name.startswith(part) and hasattr(one, size)]
        return [getattr(one, size) for one in named]

    assert sizes("encoder_") == inwards
    assert sizes("decoder_") == outwards
    unmirrored = network_of(canvas, body=Body.DENSE, layers=rows, mirrored=False)
    assert not any(one.name.startswith("decoder_layer") for one in unmirrored.layers)


@pytest.mark.parametrize("name", list(AUTOENCODER_PRESETS))
def test_every_preset_is_built(name: str) -> None:
    network = build(AUTOENCODER_PRESETS[name], image(8, 8), count(1))
    assert network.count_params() > 0


def test_the_decoder_alone_makes_of_codes_what_the_network_makes() -> None:
    network = network_of(image(8, 8))
    found = outputs_of(network, features_of(image(8, 8)))
    again = np.asarray(decoder_of(network)(found[CODE], training=False))
    np.testing.assert_allclose(again, found[RECONSTRUCTION], atol=1e-6)


@pytest.mark.parametrize("variant", [{"masked_share": 0.5}, {"noise": 0.5}])
def test_a_denoising_autoencoder_sees_damage_in_training_only(variant: dict[str, float]) -> None:
    network = network_of(TABLE, **variant)
    features = features_of(TABLE)
    calm: Any = network(features, training=False)
    again: Any = network(features, training=False)
    damaged: Any = network(features, training=True)
    np.testing.assert_array_equal(calm[CODE], again[CODE])
    assert np.abs(np.asarray(damaged[CODE]) - np.asarray(calm[CODE])).max() > 1e-3
    # What has to be rebuilt is the example before the damage.
    np.testing.assert_array_equal(damaged[EXAMPLE], features["dense"])


def test_hidden_numbers_are_zero_and_the_others_stay_as_they_are() -> None:
    network = network_of(TABLE, masked_share=0.5)
    kept = keras.Model(network.input, network.get_layer("kept").output)
    seen = np.asarray(kept(features_of(TABLE), training=True))
    assert set(np.unique(seen).tolist()) == {0.0, 1.0}


def test_a_sparse_autoencoder_pays_for_codes() -> None:
    features, targets = features_of(TABLE), np.zeros((NUM_ROWS, 1), "uint8")
    losses = []
    for sparsity in (0.0, 0.1):
        network = network_of(TABLE, sparsity=sparsity)
        compile_own_loss(network, training_spec(), 1)
        losses.append(network.test_on_batch(features, targets, return_dict=True)["loss"])
    assert losses[1] > losses[0] + 1e-3


def trained(features: dict[str, np.ndarray], **changes: Any) -> AutoencoderNetwork:  # noqa: ANN401
    network = network_of(TABLE, **changes)
    compile_own_loss(network, training_spec(), 400)
    for _ in range(400):
        network.train_on_batch(features, np.zeros((len(features["dense"]), 1), "uint8"))
    return network


def rows_that_repeat_themselves() -> dict[str, np.ndarray]:
    """Two numbers, of which the other three are made."""
    two = np.random.default_rng(3).normal(size=(200, 2))
    return {"dense": (two @ [[1, 0, 1, 1, 0], [0, 1, 1, 0, 1]]).astype("float32")}


def test_each_example_of_a_sparse_autoencoder_uses_few_codes() -> None:
    rows = rows_that_repeat_themselves()
    plain, sparse = (
        outputs_of(trained(rows, latent_size=16, sparsity=sparsity), rows)
        for sparsity in (0.0, 0.01)
    )
    assert np.mean(np.abs(plain[CODE]) < 1e-6) < 0.01
    assert np.mean(sparse[CODE] == 0.0) > 0.5
    assert sparse[CODE].min() == 0.0
    spread = rows["dense"].var()
    assert np.mean((sparse[RECONSTRUCTION] - rows["dense"]) ** 2) < 0.1 * spread


def test_a_denoising_autoencoder_guesses_what_is_hidden() -> None:
    rows = rows_that_repeat_themselves()
    hidden = {"dense": rows["dense"].copy()}
    hidden["dense"][::2, 2] = 0.0
    hidden["dense"][1::2, 0] = 0.0
    errors = [
        np.abs(outputs_of(trained(rows, **variant), hidden)[RECONSTRUCTION] - rows["dense"]).mean()
        for variant in ({}, {"masked_share": 0.3})
    ]
    assert errors[1] < 0.9 * errors[0]


def test_padding_does_not_count() -> None:
    network = network_of(PADDED)
    features = features_of(PADDED)
    features["steps"][:, :3, -1] = 0.0
    found = outputs_of(network, features)
    assert found[KNOWN].shape == (NUM_ROWS, 9, 1)
    known = found[KNOWN][..., 0] > 0.5
    squares = (found[EXAMPLE] - found[RECONSTRUCTION]) ** 2
    expected = [row[there].mean() for row, there in zip(squares, known, strict=True)]
    np.testing.assert_allclose(np.asarray(squared_error(found)), expected, rtol=1e-5)


def test_its_layers_are_saved_and_loaded_by_plain_keras(tmp_path: Path) -> None:
    network = network_of(image(7, 7))
    # As in the file of a run: its layers without the class that trains them.
    keras.Model(network.input, network.output).save(tmp_path / "network.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "network.keras", compile=False)
    features = features_of(image(7, 7))
    np.testing.assert_allclose(
        outputs_of(loaded, features)[RECONSTRUCTION],
        outputs_of(network, features)[RECONSTRUCTION],
        atol=1e-6,
    )
