"""Blocks: inputs with a structure of their own, such as an image or a sequence of words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dlstudio.models.columns import InputColumn
from dlstudio.models.tensors import Tensor
from dlstudio.spec.preprocessing import ColumnPreprocessing

StructuredColumn = InputColumn[ColumnPreprocessing]


class BlockKind(StrEnum):
    """What the axes of a block are, after the batch."""

    IMAGE = "image"  # height, width, channels
    SOUND = "sound"  # time, pitches; pitches are 1 for a waveform
    SERIES = "series"  # time, channels
    TOKENS = "tokens"  # time; whole numbers that stand for words
    VIDEO = "video"  # frames, height, width, channels


@dataclass(frozen=True)
class Block:
    """One structured input of a network.

    Attributes:
        name: Its name among the features.
        kind: What its axes are.
        column: The column that it comes from, with its resolved settings.
        decoded_shape: Shape of a decoded value, without the batch: what is read from a file or
            cell, before anything that is fitted.
        decoded_dtype: Type of a decoded value.
        shape: Shape of what the network takes at once, without the batch.
        dtype: Type of the feature.
        num_tokens: For tokens, the size of the vocabulary, with padding and unknown words.
        has_padding: Whether values may be shorter than the block: tokens are then 0, and the last
            channel of a series is 1 where there is a value and 0 where there is none.
        long_shape: Shape of the feature if it is longer in time than what the network takes at
            once, which is then a window of it.
        num_windows: Windows of the feature that the saved model answers for.
    """

    name: str
    kind: BlockKind
    column: StructuredColumn
    decoded_shape: tuple[int, ...]
    decoded_dtype: str
    shape: tuple[int, ...]
    dtype: str
    num_tokens: int = 0
    has_padding: bool = False
    long_shape: tuple[int, ...] | None = None
    num_windows: int = 1

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """Shape of the feature, without the batch."""
        return self.long_shape or self.shape


@dataclass(frozen=True)
class Entered:
    """A block inside the network: numbers around zero, augmented in training.

    Attributes:
        tensor: Float `(batch, *places, channels)`.
        mask: Float32 `(batch, time)`, 1 where there is a value; None if every place holds one.
    """

    tensor: Tensor
    mask: Tensor | None = None


class EncoderSize(NamedTuple):
    """How large the encoder of a block is: about its weights, and the numbers it gives."""

    num_weights: int
    width: int
