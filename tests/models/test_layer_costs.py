"""Costs of layers against counting by hand."""

from pathlib import Path

import keras
import pytest

from dlstudio.models.architectures.backbones import reusing_backbones
from dlstudio.models.blocks import Entered
from dlstudio.models.estimates import COPIES, memory_bytes, row_bytes
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.layer_costs import network_cost
from dlstudio.models.preview import preview
from dlstudio.models.tensors import Tensor, layers, new_input
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from tests.ui.structured_data import add_sounds

pytestmark = pytest.mark.tensorflow


def network(shape: tuple[int, ...], *parts: Tensor) -> keras.Model:
    start = tensor = new_input(shape)
    for part in parts:
        tensor = part(tensor)
    return keras.Model(start, tensor)


def test_a_convolution_is_counted_at_every_place() -> None:
    cost = network_cost(network((8, 6, 3), layers.Conv2D(5, 3, strides=2, padding="same")))

    assert cost.products == 3 * 3 * 3 * 5 * (4 * 3)
    assert cost.values == 8 * 6 * 3 + 4 * 3 * 5


def test_a_convolution_in_three_dimensions_is_counted_at_every_place() -> None:
    cost = network_cost(network((4, 8, 8, 1), layers.Conv3D(2, 3, padding="same")))

    assert cost.products == 27 * 2 * (4 * 8 * 8)


def test_a_recurrent_layer_is_counted_at_every_step() -> None:
    one = network_cost(network((10, 3), layers.LSTM(4)))

    assert one.products == 10 * (3 * 16 + 4 * 16)
    assert one.steps == 10
    both = network_cost(network((10, 3), layers.Bidirectional(layers.LSTM(4))))
    assert both.products == 2 * one.products
    assert both.steps == 20


def test_attention_grows_with_the_square_of_the_steps() -> None:
    def cost_of(steps: int) -> float:
        start = new_input((steps, 8))
        attention = layers.MultiHeadAttention(2, 4)
        return network_cost(keras.Model(start, attention(start, start))).products

    assert cost_of(10) == 4 * 64 * 10 + 2 * 100 * 8
    assert cost_of(20) == 4 * 64 * 20 + 2 * 400 * 8


def test_a_dense_layer_is_counted_at_every_step_and_an_embedding_not_at_all() -> None:
    cost = network_cost(network((7,), layers.Embedding(100, 5), layers.Dense(3)))

    assert cost.products == 7 * 5 * 3


def test_a_network_that_is_not_trained_only_runs_forwards() -> None:
    inner = network((8, 8, 3), layers.Conv2D(4, 3, padding="same"))
    inner.trainable = False
    cost = network_cost(network((8, 8, 3), inner))

    assert cost.products == 0
    assert cost.fixed_products == 27 * 4 * 64
    assert cost.values == 8 * 8 * 3


def test_pixels_are_bytes_in_memory() -> None:
    pixels = new_input((8, 8, 3), dtype="uint8")
    other = new_input((10,), dtype="float32")
    joined = layers.Concatenate()([layers.Flatten()(layers.Rescaling(1.0)(pixels)), other])
    model = keras.Model([pixels, other], joined)

    assert row_bytes(model) == 8 * 8 * 3 + 40
    more = memory_bytes(model, 1, 1_000) - memory_bytes(model, 1, 0)
    assert more == COPIES * 1_000 * row_bytes(model)


def test_a_pretrained_network_is_built_once_for_previews_and_never_downloaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dlstudio.models.architectures import cnn
    from dlstudio.spec.architectures.cnn import Backbone, CnnSpec

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("nothing may be downloaded")

    monkeypatch.setattr(keras.utils, "get_file", refuse)
    block = describe_blocks((photo(),))[0]
    built: dict[tuple[object, ...], keras.Model] = {}
    spec = CnnSpec(backbone=Backbone.EFFICIENTNET_V2_B0)
    for _ in range(2):
        start = new_input(block.shape)
        with reusing_backbones(built):
            cnn.encode(spec, block, Entered(start), iter(range(9)))

    assert [model.name for model in built.values()] == ["image_1_pretrained"]


def photo() -> Tensor:
    from dlstudio.models.columns import InputColumn
    from dlstudio.spec.dataset import ColumnInfo, ColumnKind
    from dlstudio.spec.inputs.image import ImageChannels, ImagePreprocessing

    info = ColumnInfo(name="photo", kind=ColumnKind.IMAGE)
    settings = ImagePreprocessing(width=32, height=32, channels=ImageChannels.COLOR)
    return InputColumn(info, settings)


def test_what_draws_random_numbers_is_no_layer_of_the_drawing(
    settings: Settings, tmp_path: Path
) -> None:
    info = add_sounds(settings, tmp_path)
    spec = default_spec(info, ["label"])
    asked = spec.model_copy(update={"preprocessing": {"audio": {"time_shift": 0.1, "noise": 0.1}}})

    noises = [layer for layer in preview(asked, info).layers if layer.kind == "GaussianNoise"]

    assert {layer.is_layer for layer in noises} == {True, False}
