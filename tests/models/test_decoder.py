"""Decoders with rows of their own: of the example's size, as asked, and mirrored if written out."""

import hashlib
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.errors import SpecError
from dlstudio.models.architectures.autoencoder import build as build_autoencoder
from dlstudio.models.architectures.decoder import first_places, kernel_of
from dlstudio.models.architectures.vae import build as build_vae
from dlstudio.models.architectures.vae import generator
from dlstudio.models.canvas import NOISE, Canvas, Place, PlaceKind
from dlstudio.models.canvas_size import check_canvas_size
from dlstudio.models.rebuilding import EXAMPLE, RECONSTRUCTION
from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.coder import Body
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.layers import Activation, DenseLayer, Normalization
from dlstudio.training.compile import compile_own_loss
from tests.training.oracle import training_spec

pytestmark = pytest.mark.tensorflow

NUM_ROWS = 6
SERIES = Canvas(CanvasKind.SERIES, "steps", (9, 2), "float32", (9, 2), ("walk",))
PADDED = Canvas(CanvasKind.SERIES, "steps", (9, 3), "float32", (9, 2), ("walk",), has_padding=True)
SOUND = Canvas(CanvasKind.SOUND, "mels", (11, 7), "float32", (11, 7, 1), ("beat",))
PLACES = tuple(Place(name, PlaceKind.NUMBER) for name in "abcde")
TABLE = Canvas(CanvasKind.TABLE, "dense", (5,), "float32", (5,), tuple("abcde"), PLACES)
BLOCKS = (
    DecoderBlock(filters=12, stride=3, dropout=0.1),
    DecoderBlock(filters=6, stride=1, activation=Activation.GLU),
    DecoderBlock(filters=5, kernel=5, normalization=Normalization.LAYER),
)
STEPS = (
    RecurrentLayer(cell=Cell.SIMPLE, units=5),
    RecurrentLayer(cell=Cell.GRU, units=3, bidirectional=True, dropout=0.1),
)
OWN: dict[str, Any] = {
    "latent_size": 3,
    "layers": (DenseLayer(units=8),),
    "mirrored": False,
    "decoder_layers": (DenseLayer(units=10), DenseLayer(units=7)),
    "decoder_blocks": BLOCKS,
    "decoder_recurrent_layers": STEPS,
}


def image(height: int, width: int, channels: int = 1) -> Canvas:
    shape = (height, width, channels)
    return Canvas(CanvasKind.IMAGE, "pixels", shape, "float32", shape, ("photo",))


def built(kind: str, canvas: Canvas, **changes: Any) -> keras.Model:  # noqa: ANN401
    fields = {**OWN, **changes}
    if kind == "vae":
        return build_vae(VaeSpec(**fields), canvas, count(1))
    return build_autoencoder(AutoencoderSpec(**fields), canvas, count(1))


def examples(canvas: Canvas) -> dict[str, np.ndarray]:
    values = np.random.default_rng(1).normal(size=(NUM_ROWS, *canvas.feature_shape))
    if canvas.has_padding:
        values[..., -1] = 1.0
    return {canvas.feature: values.astype("float32")}


def answers(network: keras.Model, features: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    outputs: Any = network(features, training=False)
    return {name: np.asarray(values) for name, values in outputs.items()}


def named(network: keras.Model, beginning: str) -> list[str]:
    """Layers of the decoder that have weights, without normalisation."""
    wanted = (keras.layers.Dense, keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose)
    steps = (keras.layers.RNN, keras.layers.Bidirectional)
    names = [one.name for one in network.layers if isinstance(one, (*wanted, *steps))]
    return [name for name in names if name.startswith(beginning)]


@pytest.mark.parametrize("kind", ["autoencoder", "vae"])
@pytest.mark.parametrize(
    ("canvas", "body"),
    [
        (image(8, 8), Body.CONVOLUTIONAL),
        (image(7, 13, 3), Body.CONVOLUTIONAL),
        (image(28, 28), Body.AUTO),
        (SERIES, Body.CONVOLUTIONAL),
        (SERIES, Body.RECURRENT),
        (PADDED, Body.CONVOLUTIONAL),
        (PADDED, Body.RECURRENT),
        (SOUND, Body.CONVOLUTIONAL),
        (SOUND, Body.RECURRENT),
        (TABLE, Body.DENSE),
    ],
    ids=lambda value: value.value if isinstance(value, Body) else f"{value.kind}{value.shape}",
)
def test_a_decoder_of_its_own_gives_back_the_form_of_its_example_and_all_of_it_learns(
    kind: str, canvas: Canvas, body: Body
) -> None:
    network = built(kind, canvas, body=body)
    features = examples(canvas)
    found = answers(network, features)
    assert found[RECONSTRUCTION].shape == found[EXAMPLE].shape == (NUM_ROWS, *canvas.shape)

    compile_own_loss(network, training_spec(), 2)
    network.run_eagerly = True
    before = [np.asarray(each) for each in network.trainable_variables]
    for _ in range(2):
        network.train_on_batch(features, np.zeros((NUM_ROWS, 1), "uint8"))
    for variable, value in zip(network.trainable_variables, before, strict=True):
        assert np.isfinite(np.asarray(variable)).all(), variable.path
        assert (np.asarray(variable) != value).any(), variable.path


def test_its_rows_are_built_as_they_stand() -> None:
    network = built("autoencoder", image(8, 8))
    assert named(network, "decoder_") == [
        "decoder_layer_1",
        "decoder_layer_2",
        "decoder_unfold",
        "decoder_block_1",
        "decoder_block_2",
        "decoder_block_3",
    ]
    blocks: list[Any] = [network.get_layer(f"decoder_block_{number}") for number in (1, 2, 3)]
    assert [one.filters for one in blocks] == [12, 6, 5]
    assert [one.strides for one in blocks] == [(3, 3), (1, 1), (2, 2)]
    # A kernel is a multiple of what it enlarges by.
    assert [one.kernel_size for one in blocks] == [(3, 3), (3, 3), (6, 6)]
    assert network.get_layer("decoder_block_1_dropout").rate == 0.1
    # 8 / (3 * 2) is 2, of the 64 filters of the encoder's last convolution.
    assert network.get_layer("decoder_unfold_shape").output.shape == (None, 2, 2, 64)


def test_recurrent_rows_are_built_as_they_stand() -> None:
    network = built("autoencoder", SERIES, body=Body.RECURRENT)
    assert named(network, "decoder_") == [
        "decoder_layer_1",
        "decoder_layer_2",
        "decoder_simple_1",
        "decoder_gru_2_both",
    ]
    assert network.get_layer("decoder_simple_1").output.shape == (None, 9, 5)
    assert network.get_layer("decoder_gru_2_both").output.shape == (None, 9, 6)


@pytest.mark.parametrize("body", [Body.CONVOLUTIONAL, Body.RECURRENT])
def test_empty_rows_take_those_of_the_encoder_in_reverse_order(body: Body) -> None:
    empty = {"decoder_blocks": (), "decoder_recurrent_layers": ()}
    steps = (RecurrentLayer(units=8), RecurrentLayer(cell=Cell.GRU, units=6))
    network = built("autoencoder", SERIES, body=body, recurrent_layers=steps, **empty)
    expected = {
        Body.CONVOLUTIONAL: ["decoder_unfold", "decoder_block_2", "decoder_block_1"],
        Body.RECURRENT: ["decoder_gru_1", "decoder_lstm_2"],
    }
    assert named(network, "decoder_")[2:] == expected[body]


def fingerprint(network: keras.Model) -> str:
    digest = hashlib.sha256()
    for values in network.get_weights():
        digest.update(repr(values.shape).encode() + np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("kind", ["autoencoder", "vae"])
@pytest.mark.parametrize(
    ("canvas", "body", "used"),
    [
        (image(7, 13, 3), Body.AUTO, Body.CONVOLUTIONAL),
        (SERIES, Body.AUTO, Body.CONVOLUTIONAL),
        (SERIES, Body.RECURRENT, Body.RECURRENT),
        (TABLE, Body.AUTO, Body.DENSE),
    ],
    ids=["image", "series", "steps", "table"],
)
def test_a_decoder_that_is_written_out_is_the_mirrored_one_weight_by_weight(
    kind: str, canvas: Canvas, body: Body, used: Body
) -> None:
    record, build = (VaeSpec, build_vae) if kind == "vae" else (AutoencoderSpec, build_autoencoder)
    blocks = (
        ConvBlock(filters=6, stride=2, kernel=5, dropout=0.2),
        ConvBlock(filters=4, activation=Activation.TANH, normalization=Normalization.LAYER),
    )
    spec: Any = record(blocks=blocks, recurrent_layers=STEPS, body=body, latent_size=2)
    own = spec.with_decoder_written_out(used)
    assert not own.mirrored

    mirrored, written = (build(one, canvas, count(1)) for one in (spec, own))

    assert fingerprint(written) == fingerprint(mirrored)
    np.testing.assert_array_equal(
        answers(written, examples(canvas))[RECONSTRUCTION],
        answers(mirrored, examples(canvas))[RECONSTRUCTION],
    )


def test_blocks_may_enlarge_beyond_the_example() -> None:
    blocks = (DecoderBlock(stride=4), DecoderBlock(stride=16))
    network = built("autoencoder", image(7, 5), decoder_blocks=blocks)
    shape = network.get_layer("decoder_unfold_shape").output.shape
    assert shape == (None, 1, 1, 64)
    assert answers(network, examples(image(7, 5)))[RECONSTRUCTION].shape == (NUM_ROWS, 7, 5, 1)


def test_the_first_picture_is_as_small_as_the_blocks_make_it_larger() -> None:
    blocks = (DecoderBlock(stride=3), DecoderBlock(stride=2))
    assert first_places(blocks, (28, 7)) == (5, 2)
    assert first_places((), (28, 7)) == (28, 7)
    assert [kernel_of(DecoderBlock(kernel=size, stride=2)) for size in (1, 3, 4)] == [2, 4, 4]


def test_its_layers_are_saved_and_loaded_by_plain_keras(tmp_path: Path) -> None:
    for canvas, body in ((image(7, 9), Body.CONVOLUTIONAL), (SERIES, Body.RECURRENT)):
        network = built("autoencoder", canvas, body=body)
        keras.Model(network.input, network.output).save(tmp_path / "network.keras")
        loaded: Any = keras.saving.load_model(tmp_path / "network.keras", compile=False)
        np.testing.assert_allclose(
            answers(loaded, examples(canvas))[RECONSTRUCTION],
            answers(network, examples(canvas))[RECONSTRUCTION],
            atol=1e-6,
        )


def test_the_maker_of_a_vae_makes_examples_of_their_size() -> None:
    for canvas, body in ((image(7, 9), Body.CONVOLUTIONAL), (SERIES, Body.RECURRENT)):
        maker = generator(built("vae", canvas, body=body), canvas)
        made: Any = maker({NOISE: np.zeros((4, 3), "float32")}, training=False)
        assert made.shape == (4, *canvas.shape)


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        (
            "architecture.decoder_blocks.1.filters",
            {"decoder_blocks": (DecoderBlock(filters=4096, kernel=63),) * 2},
        ),
        (
            "architecture.decoder_recurrent_layers.1.units",
            {
                "body": Body.RECURRENT,
                "decoder_recurrent_layers": (RecurrentLayer(units=4096),) * 20,
            },
        ),
    ],
)
def test_a_decoder_that_would_not_fit_is_refused(where: str, changes: dict[str, Any]) -> None:
    spec = AutoencoderSpec(**{**OWN, **changes})
    with pytest.raises(SpecError) as refused:
        check_canvas_size(spec, SERIES if "recurrent" in where else image(8, 8))
    (problem,) = refused.value.problems
    assert problem.where == where
    assert "more than half of this machine's" in problem.problem
