"""Rows of a dataset as models take them: files decoded, sequences brought to one length."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from dlstudio.data.dataset import Dataset
from dlstudio.data.media.cache import cached_column
from dlstudio.data.media.table import MEDIA
from dlstudio.data.raw import read_raw
from dlstudio.models.blocks import Block
from dlstudio.models.inputs.table import block_input
from dlstudio.settings import read_settings

RawColumns = dict[str, np.ndarray]
CHUNK_BYTES = 128 * 1024**2
PLAIN_BYTES = 8  # of a value without a structure


class DatasetRows:
    """The columns that a run uses, of all rows; files are decoded when rows are taken."""

    def __init__(
        self,
        dataset: Dataset,
        columns: Sequence[str],
        blocks: Sequence[Block],
        report: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Read the table, and decode files that were never decoded with these settings.

        Args:
            dataset: The dataset.
            columns: Inputs and targets.
            blocks: The structured ones among the inputs.
            report: Is told how far the decoding of files is.

        Raises:
            DataError: A file is gone or cannot be decoded; names it.
        """
        self.raw = read_raw(dataset, columns)
        self._folder = dataset.folder
        self._blocks = {block.column.name: block for block in blocks}
        self._decoded: RawColumns = {}
        for name, block in self._blocks.items():
            if block.column.info.kind in MEDIA:
                decoding = (block.column.settings, block.decoded_shape, block.decoded_dtype)
                found = cached_column(
                    read_settings(), dataset, block.column.info, self.raw[name], decoding, report
                )
                if found is not None:
                    self._decoded[name] = found

    def take(self, columns: Sequence[str], rows: np.ndarray) -> RawColumns:
        """Read rows into memory.

        Args:
            columns: Names of columns given at the beginning.
            rows: Row numbers.

        Returns:
            One array a column: `(num_rows,)`, for structured columns the decoded values.
        """
        return {name: self._take(name, rows) for name in columns}

    def chunks(self, columns: Sequence[str], rows: np.ndarray) -> Iterator[np.ndarray]:
        """Divide row numbers so that each part fits into memory once it is decoded.

        Args:
            columns: Names of the columns that will be taken.
            rows: Row numbers.
        """
        row_bytes = sum(
            row_size(self._blocks[name]) if name in self._blocks else PLAIN_BYTES
            for name in columns
        )
        step = max(1, CHUNK_BYTES // max(1, row_bytes))
        for start in range(0, len(rows), step):
            yield rows[start : start + step]

    def _take(self, name: str, rows: np.ndarray) -> np.ndarray:
        if name in self._decoded:
            return np.asarray(self._decoded[name][rows])
        values = self.raw[name][rows]
        if name not in self._blocks:
            return values
        return decode(self._blocks[name], values, self._folder)


def decode(block: Block, values: np.ndarray, folder: Path) -> np.ndarray:
    """Decode cells of a structured column.

    Args:
        block: The column as a block.
        values: Raw cells `(num_rows,)`.
        folder: Paths among them are relative to it.

    Returns:
        `(num_rows, *decoded_shape)`.

    Raises:
        DataError: A file is gone or cannot be decoded; names it.
    """
    return block_input(block).decode(block, values, folder)


def row_size(block: Block) -> int:
    """Bytes of one decoded value."""
    item = 64 if block.decoded_dtype == "string" else np.dtype(block.decoded_dtype).itemsize
    return int(np.prod(block.decoded_shape)) * item
