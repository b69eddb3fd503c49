"""A file that is read row by row without becoming a dataset, as for predictions."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.column_names import clean_names
from dlstudio.data.combining.stage import combine_stage
from dlstudio.data.known_numbers import with_known_numbers
from dlstudio.data.options import ReadOptions
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.sequences.columns import sequence_field
from dlstudio.data.source import read_source
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError, NotFoundError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import SourceInfo, UnreadableEntry

BATCH_ROWS = 32_768
_STYLE_KEYS = ("decimal", "thousands", "other_decimal", "date_order")


@dataclass(frozen=True)
class AnyTable:
    """The rows of a file, on disk.

    Attributes:
        column_names: Names of the columns, all different.
        num_rows: Rows that could be read.
        num_rejected: Rows that could not.
        rejected: The first of those, with their lines.
        folder: What paths of images, sounds and videos in the table are relative to.
        file_column: The column that names the file of each row; None for rows of a table.
    """

    column_names: tuple[str, ...]
    num_rows: int
    num_rejected: int
    rejected: tuple[UnreadableEntry, ...]
    folder: Path
    _stage: Stage
    file_column: str | None = None

    def batches(self) -> Iterator[pa.Table]:
        """Yield the rows in order, some thousand at a time.

        Cells are text as written where the source is text; the schema's metadata says how numbers
        and dates are written, for `dlstudio.data.raw.raw_from_table`.
        """
        options = self._stage.options
        style = {key: str(options[key]) for key in _STYLE_KEYS if options.get(key)}
        with pq.ParquetFile(self._stage.path) as file:
            for batch in file.iter_batches(BATCH_ROWS):
                columns = pa.Table.from_batches([batch]).columns
                yield pa.table(columns, schema=pa.schema(self._fields(file), metadata=style))

    def _fields(self, file: pq.ParquetFile) -> list[pa.Field]:
        fields = [
            field.with_name(name)
            for field, name in zip(file.schema_arrow, self.column_names, strict=True)
        ]
        for place, settled in self._stage.settled.items():
            if settled.channels:
                fields[place] = sequence_field(self.column_names[place], settled.channels)
        return fields


@contextmanager
def open_any_table(
    path: Path, options: ReadOptions, settings: Settings, like: SourceInfo | None = None
) -> Iterator[AnyTable]:
    """Read any supported file in bounded memory.

    Args:
        path: The file.
        options: What is known about it; the rest is guessed.
        settings: The limits.
        like: What a dataset was read from, if the file is meant for a model of it: where its
            numbers can be read in two ways, they are read as there.

    Raises:
        NotFoundError: There is no such file.
        DataError: The file cannot be read, or it has no rows.
    """
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise NotFoundError(f"{str(path)!r} {what}.", "Give the path of a file.", where=str(path))
    with tempfile.TemporaryDirectory(prefix="dlstudio-") as folder:
        stage_path = Path(folder) / "stage.parquet"
        request = ReadRequest(path, path.name, stage_path, options, settings)
        stage = read_source(request)
        if like is not None:
            stage = with_known_numbers(stage, options, like)
        stage = combine_stage(request, stage)
        if not stage.num_rows:
            raise DataError(
                f"{path.name!r} has column names but no rows that can be read.",
                "Choose a file with at least one row below the header.",
                where=str(path),
            )
        names, _ = clean_names(stage.names)
        yield AnyTable(
            column_names=tuple(names),
            num_rows=stage.num_rows,
            num_rejected=stage.num_rejected,
            rejected=stage.rejected,
            folder=path.parent,
            _stage=stage,
        )
