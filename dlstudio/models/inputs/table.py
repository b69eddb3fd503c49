"""The table of structured inputs: one module a column kind, all with the same functions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from dlstudio.models.blocks import Block, Entered, StructuredColumn
from dlstudio.models.inputs import audio, image, sequence, tokens, video
from dlstudio.models.tensors import Tensor
from dlstudio.spec.dataset import ColumnKind


class BlockInput(Protocol):
    """What the module of a column kind offers."""

    def describe(self, column: StructuredColumn, name: str, /) -> Block:
        """Tell the block of a column from its description and settings alone."""
        ...

    def decode(self, block: Block, values: np.ndarray, folder: Path, /) -> np.ndarray:
        """Decode raw cells `(num_rows,)`; paths among them are relative to the folder."""
        ...

    def raw_input(self, block: Block, name: str, /) -> Tensor:
        """Make the symbolic input of the saved model: a value as a program would have it."""
        ...

    def bring_to_shape(self, block: Block, raw: Tensor, /) -> Tensor:
        """Turn raw values of any size into decoded ones, as the reader of files does."""
        ...

    def build(self, block: Block, rows: np.ndarray, decoded: Tensor, /) -> Tensor:
        """Fit to training rows and build the feature.

        Args:
            block: The block.
            rows: Decoded training rows, or a sample of them, `(num_rows, *decoded_shape)`.
            decoded: Symbolic decoded values.

        Returns:
            The symbolic feature, of the block's shape and type.
        """
        ...

    def enter(self, block: Block, feature: Tensor, seeds: Iterator[int], /) -> Entered:
        """Build the beginning of the network: scale, augment, embed."""
        ...


BLOCK_INPUTS: dict[ColumnKind, BlockInput] = {
    ColumnKind.AUDIO: audio,
    ColumnKind.IMAGE: image,
    ColumnKind.SEQUENCE: sequence,
    ColumnKind.TEXT: tokens,
    ColumnKind.VIDEO: video,
}


def block_input(block: Block) -> BlockInput:
    """The module that knows a block."""
    return BLOCK_INPUTS[block.column.info.kind]


def describe_blocks(columns: tuple[StructuredColumn, ...]) -> tuple[Block, ...]:
    """Tell the blocks of structured columns, in order; they are named by kind and number."""
    blocks: list[Block] = []
    for number, column in enumerate(columns, start=1):
        kind = column.info.kind
        blocks.append(BLOCK_INPUTS[kind].describe(column, f"{kind.value}_{number}"))
    return tuple(blocks)
