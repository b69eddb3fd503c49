"""Every architecture builds over every kind of block, learns, and knows its padding."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.architectures.table import BUILDERS
from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.inputs.table import block_input, describe_blocks
from dlstudio.models.tensors import new_input, ops
from dlstudio.spec.architectures.cnn import CnnSpec, ConvBlock, PlaceSummary, Pooling
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer, RnnSpec, StepSummary
from dlstudio.spec.architectures.transformer import Positions, TransformerSpec
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.image import Flip, ImageChannels, ImagePreprocessing
from dlstudio.spec.inputs.text import TextEncoding, TextPreprocessing, TextUnit
from dlstudio.spec.layers import Normalization

pytestmark = pytest.mark.tensorflow

SMALL_BLOCK = ConvBlock(filters=4, normalization=Normalization.NONE)
ARCHITECTURES: dict[str, Any] = {
    "fnn": FnnSpec(),
    "cnn": CnnSpec(layers=(SMALL_BLOCK,)),
    "cnn flat": CnnSpec(layers=(SMALL_BLOCK,), summary=PlaceSummary.FLATTEN),
    "cnn max": CnnSpec(layers=(SMALL_BLOCK,), summary=PlaceSummary.MAX),
    "cnn residual": CnnSpec(layers=(ConvBlock(filters=4, stride=2, residual=True),)),
    "rnn": RnnSpec(layers=(RecurrentLayer(units=3),)),
    "rnn both": RnnSpec(
        convolutions=(SMALL_BLOCK,),
        layers=(RecurrentLayer(cell=Cell.GRU, units=3, bidirectional=True),),
        summary=StepSummary.AVERAGE,
    ),
    "rnn stacked": RnnSpec(
        layers=(RecurrentLayer(units=3), RecurrentLayer(cell=Cell.SIMPLE, units=5)),
        summary=StepSummary.MAX,
    ),
    "transformer": TransformerSpec(width=8),
    "transformer patches": TransformerSpec(width=8, patch=3, positions=Positions.LEARNED),
}
SHAPES: dict[BlockKind, tuple[int, ...]] = {
    BlockKind.IMAGE: (12, 10, 3),
    BlockKind.SOUND: (20, 7),
    BlockKind.SERIES: (15, 3),
    BlockKind.VIDEO: (5, 12, 8, 1),
}
WORDS = StructuredColumn(
    ColumnInfo(name="note", kind=ColumnKind.TEXT, num_distinct=50, mean_length=20.0, max_length=40),
    TextPreprocessing(encoding=TextEncoding.TOKENS, unit=TextUnit.WORD, length=9, embedding_dim=6),
)


@pytest.fixture
def seeds() -> Iterator[int]:
    return iter(count())


def number_block(kind: BlockKind) -> Block:
    shape = SHAPES[kind]
    return Block(kind.value, kind, WORDS, shape, "float32", shape, "float32")


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_reads_every_kind_of_block(
    name: str, kind: BlockKind, seeds: Iterator[int]
) -> None:
    spec, block = ARCHITECTURES[name], number_block(kind)
    builder = BUILDERS[spec.kind]
    inputs = new_input(block.shape)

    network = keras.Model(inputs, builder.encode(spec, block, Entered(inputs), seeds))

    rows = np.random.default_rng(0).normal(size=(2, *block.shape)).astype("float32")
    outputs = ops.convert_to_numpy(network(rows))
    size = builder.count(spec, block)
    assert outputs.shape == (2, size.width)
    assert np.isfinite(outputs).all()
    assert not np.allclose(outputs[0], outputs[1])
    weights = [weight for weight in network.trainable_weights if len(weight.shape) > 1]
    kernels = sum(int(np.prod(weight.shape)) for weight in weights)
    assert size.num_weights == pytest.approx(kernels, rel=0.2, abs=40)


def test_convolutions_in_front_of_a_recurrent_network_see_each_frame_of_a_video_for_itself(
    seeds: Iterator[int], tmp_path: Path
) -> None:
    spec, block = ARCHITECTURES["rnn both"], number_block(BlockKind.VIDEO)
    inputs = new_input(block.shape)
    said = BUILDERS["rnn"].encode(spec, block, Entered(inputs), seeds)
    network = keras.Model(inputs, said)
    network.save(tmp_path / "model.keras")
    video = np.random.default_rng(0).normal(size=(1, *block.shape)).astype("float32")
    other_end = video.copy()
    other_end[:, -1] = 0.0

    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")

    assert isinstance(network.get_layer("video_block_1"), keras.layers.Conv2D)
    assert np.allclose(loaded(video), network(video), atol=1e-6)
    seen = keras.Model(inputs, network.get_layer("video_frames").output)
    frames, others = (ops.convert_to_numpy(seen(one)) for one in (video, other_end))
    assert frames.shape == (5, 4)
    assert np.allclose(frames[:-1], others[:-1])
    assert not np.allclose(frames[-1], others[-1])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_text_says_the_same_however_much_padding_stands_in_front(
    name: str, seeds: Iterator[int]
) -> None:
    spec = ARCHITECTURES[name]
    (block,) = describe_blocks((WORDS,))
    inputs = new_input(block.shape, dtype="int32")
    entered = block_input(block).enter(block, inputs, seeds)
    network = keras.Model(inputs, BUILDERS[spec.kind].encode(spec, block, entered, seeds))

    empty, text = np.zeros((1, 9), "int32"), np.asarray([[0, 0, 0, 0, 0, 4, 2, 3, 5]], "int32")

    said = ops.convert_to_numpy(network(text))
    assert np.isfinite(ops.convert_to_numpy(network(empty))).all()
    assert not np.allclose(said, ops.convert_to_numpy(network(empty)))


def test_an_average_over_words_ignores_padding(seeds: Iterator[int]) -> None:
    (block,) = describe_blocks((WORDS,))
    inputs = new_input(block.shape, dtype="int32")
    entered = block_input(block).enter(block, inputs, seeds)
    network = keras.Model(inputs, BUILDERS["fnn"].encode(FnnSpec(), block, entered, seeds))

    one = np.asarray([[0] * 8 + [4]], "int32")
    same = np.asarray([[0] * 7 + [4, 4]], "int32")
    assert np.allclose(network(one), network(same), atol=1e-6)


def test_texts_are_numbered_and_filled_in_front() -> None:
    (block,) = describe_blocks((WORDS,))
    texts = np.asarray([["red red blue"], ["blue green red"]], object)
    inputs = new_input((1,), dtype="string")
    feature = block_input(block).build(block, texts, inputs)

    numbers = keras.Model(inputs, feature)(
        keras.ops.convert_to_tensor([["Red, blue!"], ["red unheard"], [""]])
    )

    assert ops.convert_to_numpy(numbers).tolist() == [
        [0] * 7 + [2, 3],
        [0] * 7 + [2, 1],
        [0] * 9,
    ]


def test_characters_can_be_the_steps() -> None:
    settings = TextPreprocessing(encoding=TextEncoding.TOKENS, unit=TextUnit.CHARACTER, length=5)
    (block,) = describe_blocks((StructuredColumn(WORDS.info, settings),))
    inputs = new_input((1,), dtype="string")
    feature = block_input(block).build(block, np.asarray([["aab"]], object), inputs)

    numbers = keras.Model(inputs, feature)(keras.ops.convert_to_tensor([["ab"], ["ağ"]]))

    assert ops.convert_to_numpy(numbers).tolist() == [[0, 0, 0, 2, 3], [0, 0, 0, 2, 1]]


def test_pooling_never_takes_the_last_place(seeds: Iterator[int]) -> None:
    block = number_block(BlockKind.IMAGE)
    spec = CnnSpec(layers=(ConvBlock(filters=2, pooling=Pooling.AVERAGE, pool_size=4),) * 5)
    inputs = new_input(block.shape)

    network = keras.Model(inputs, BUILDERS["cnn"].encode(spec, block, Entered(inputs), seeds))

    assert network.output_shape == (None, 2)


def test_augmentation_happens_in_training_only(seeds: Iterator[int]) -> None:
    settings = ImagePreprocessing(
        width=8,
        height=8,
        channels=ImageChannels.COLOR,
        flip=Flip.BOTH,
        shift=0.2,
        rotation=20.0,
        zoom=0.2,
        brightness=0.2,
        contrast=0.2,
        color=0.2,
    )
    column = StructuredColumn(ColumnInfo(name="photo", kind=ColumnKind.IMAGE), settings)
    (block,) = describe_blocks((column,))
    inputs = new_input(block.shape, dtype="uint8")
    network = keras.Model(inputs, block_input(block).enter(block, inputs, seeds).tensor)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype="uint8")

    calm, moved = network(pixels, training=False), network(pixels, training=True)

    assert np.allclose(calm, pixels / 127.5 - 1.0, atol=1e-6)
    assert not np.allclose(calm, moved)
    assert float(np.abs(ops.convert_to_numpy(moved)).max()) <= 1.0 + 1e-5
