"""Sequences, texts, sounds and videos of a file that are longer than the network takes."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dlstudio.data.media.audio import sound_length
from dlstudio.data.media.video import video_length
from dlstudio.models.blocks import Block
from dlstudio.spec.cut_inputs import describe_cut, is_cut, longest_seen
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.text import TextPreprocessing
from dlstudio.spec.text_pieces import count_tokens


class CutInputs:
    """Counts them as rows are read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._blocks: dict[str, Block] = {}
        self._cut: dict[str, list[float]] = defaultdict(list)
        self._num_given: dict[str, int] = defaultdict(int)

    def add(self, block: Block, values: np.ndarray, folder: Path) -> None:
        """Look at rows of a structured column; those that are never cut are passed over.

        Args:
            block: The column.
            values: Its cells, object `(num_rows,)`; empty where one is missing.
            folder: Paths among them are relative to it.
        """
        seen = block.column.settings
        if longest_seen(seen) is None:
            return
        name = block.column.name
        self._blocks[name] = block
        lengths = _lengths(block, values, folder)
        self._cut[name] += [length for length in lengths if is_cut(seen, length)]
        self._num_given[name] += sum(length > 0 for length in lengths)

    def notes(self) -> Iterator[str]:
        """Say for each column how many were cut, to what length, and what helps."""
        for name, block in self._blocks.items():
            seen, cut = block.column.settings, self._cut[name]
            if text := describe_cut(name, seen, cut, self._num_given[name]):
                yield text


def _lengths(block: Block, values: np.ndarray, folder: Path) -> list[float]:
    """Of each cell its time steps, words, letters or seconds; 0 where it is missing."""
    from dlstudio.models.inputs.sequence import steps_of

    settings = block.column.settings
    if isinstance(settings, TextPreprocessing):
        return [count_tokens(text, settings.unit) for text in values]
    if block.column.info.kind is ColumnKind.AUDIO:
        return [sound_length(folder / path) if path else 0.0 for path in values]
    if block.column.info.kind is ColumnKind.VIDEO:
        return [video_length(folder / path) if path else 0.0 for path in values]
    return [len(steps_of(block, sequence)) for sequence in values]
