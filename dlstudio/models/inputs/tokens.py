"""Text columns in order: each word or character becomes a number, and learns a vector."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import keras
import numpy as np

from dlstudio.models.blocks import Block, BlockKind, Entered, StructuredColumn
from dlstudio.models.inputs.text import SPLITS
from dlstudio.models.inputs.text_pieces import ROWS_AT_ONCE
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.models.text_batches import batch_slices
from dlstudio.spec.inputs.text import VOCABULARY, TextPreprocessing, TextUnit

PADDING, UNKNOWN = 0, 1
NUM_SPECIAL = 2
EMBEDDING_SPREAD = 0.05


def describe(column: StructuredColumn, name: str) -> Block:
    """Tell the block of a text column; see `BlockInput`."""
    settings = _settings(column)
    length = settings.length or 1
    return Block(
        name,
        BlockKind.TOKENS,
        column,
        decoded_shape=(1,),
        decoded_dtype="string",
        shape=(length,),
        dtype="int32",
        num_tokens=_capacity(column),
        has_padding=True,
    )


def decode(_block: Block, values: np.ndarray, _folder: Path) -> np.ndarray:
    """Texts are in the table itself; see `BlockInput`."""
    return np.asarray(values, object)[:, None]


def raw_input(_block: Block, name: str) -> Tensor:
    """Make an input of texts; see `BlockInput`."""
    return new_input((1,), name=name, dtype="string")


def bring_to_shape(_block: Block, raw: Tensor) -> Tensor:
    """A text is taken as it is; see `BlockInput`."""
    return raw


def build(block: Block, rows: np.ndarray, decoded: Tensor) -> Tensor:
    """Learn the vocabulary and number the words; see `BlockInput`.

    Returns:
        Int32 `(batch, length)`, filled with 0 in front; 1 is a word that was not learned.
    """
    settings = _settings(block.column)
    options = {
        "max_tokens": block.num_tokens,
        "split": SPLITS[settings.unit],
        "output_mode": "int",
        "output_sequence_length": block.shape[0],
    }
    known = np.asarray([text for text in rows[:, 0].tolist() if text.strip()] or ["none"], object)
    learner = layers.TextVectorization(**options)
    learner.adapt(known[some] for some in batch_slices(len(known), ROWS_AT_ONCE, [known]))
    vocabulary = learner.get_vocabulary(include_special_tokens=False)
    # A layer that is given its words can be saved and loaded; one that was adapted cannot always.
    numbers = layers.TextVectorization(**options, vocabulary=vocabulary)(decoded)
    return _filled_in_front(ops.cast(ops.reshape(numbers, (-1, block.shape[0])), "int32"))


def enter(block: Block, feature: Tensor, seeds: Iterator[int]) -> Entered:
    """Look up each word's vector; padding is zero. See `BlockInput`."""
    initializer = keras.initializers.RandomUniform(
        -EMBEDDING_SPREAD, EMBEDDING_SPREAD, seed=next(seeds)
    )
    vectors = layers.Embedding(
        block.num_tokens,
        _settings(block.column).embedding_dim,
        embeddings_initializer=initializer,
        name=f"{block.name}_embedding",
    )(feature)
    mask = ops.cast(ops.not_equal(feature, PADDING), "float32")
    is_word = ops.cast(ops.expand_dims(mask, axis=-1), vectors.dtype)
    return Entered(ops.multiply(vectors, is_word), mask)


def _filled_in_front(numbers: Tensor) -> Tensor:
    """Move the padding from behind to the front, so that a reader ends at the last word."""
    length = numbers.shape[1]
    num_words = ops.sum(ops.cast(ops.not_equal(numbers, PADDING), "int32"), axis=1, keepdims=True)
    places = ops.arange(length, dtype="int32")[None, :] - (length - num_words)
    moved = ops.take_along_axis(numbers, ops.maximum(places, 0), axis=1)
    return ops.where(ops.greater_equal(places, 0), moved, PADDING)


def _capacity(column: StructuredColumn) -> int:
    """The vocabulary asked for, or less if the texts cannot hold as many different words."""
    info, settings = column.info, _settings(column)
    vocabulary = settings.max_tokens or VOCABULARY
    if info.mean_length is None:
        return vocabulary
    most_words = int((info.mean_length + 1.0) / 2.0 + 1.0) * max(info.num_distinct, 1)
    if settings.unit is TextUnit.CHARACTER:
        most_words *= 2
    return max(NUM_SPECIAL + 1, min(vocabulary, most_words + NUM_SPECIAL))


def _settings(column: StructuredColumn) -> TextPreprocessing:
    return cast("TextPreprocessing", column.settings)
