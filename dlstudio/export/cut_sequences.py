"""Sequences of a file that are longer than the network takes."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from dlstudio.models.blocks import Block
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.sequence import describe_cut_sequences


class CutSequences:
    """Counts them as rows are read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._blocks: dict[str, Block] = {}
        self._cut: dict[str, list[int]] = defaultdict(list)
        self._num_sequences: dict[str, int] = defaultdict(int)

    def add(self, block: Block, values: np.ndarray) -> None:
        """Look at rows of a structured column; those of other kinds are passed over.

        Args:
            block: The column.
            values: Its cells, object `(num_rows,)`; empty where a sequence is missing.
        """
        if block.column.info.kind is not ColumnKind.SEQUENCE:
            return
        from dlstudio.models.inputs.sequence import steps_of

        name = block.column.name
        self._blocks[name] = block
        lengths = [len(steps_of(block, sequence)) for sequence in values]
        self._cut[name] += [length for length in lengths if length > block.decoded_shape[0]]
        self._num_sequences[name] += sum(length > 0 for length in lengths)

    def notes(self) -> Iterator[str]:
        """Say for each column how many were cut, to what length, and what helps."""
        for name, block in self._blocks.items():
            length, cut = block.decoded_shape[0], self._cut[name]
            text = describe_cut_sequences(name, length, cut, self._num_sequences[name])
            if text:
                yield text
