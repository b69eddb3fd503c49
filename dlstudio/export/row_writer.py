"""Writes tables batch by batch, as CSV or Parquet; the file appears whole or not at all."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dlstudio.evaluation.whole_file import written_whole

PARQUET_SUFFIXES = (".parquet", ".pq")


class RowWriter(Protocol):
    """Takes tables of equal columns, in order."""

    def write(self, table: pa.Table) -> None:
        """Write rows."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


@contextmanager
def open_rows(path: Path) -> Iterator[RowWriter]:
    """Open a file for rows.

    Args:
        path: Parquet if it ends in .parquet or .pq, else CSV in UTF-8.

    Yields:
        The writer; the file takes its place when the block ends without an error.
    """
    with written_whole(path) as partial, partial.open("wb") as file:
        is_parquet = path.suffix.lower() in PARQUET_SUFFIXES
        writer = ParquetRows(file) if is_parquet else CsvRows(file)
        yield writer
        writer.close()


class CsvRows:
    """Rows as CSV; a text stands in quotes only where its batch needs them."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to an open file."""
        self._file = file
        self._has_header = False

    def write(self, table: pa.Table) -> None:
        """Write rows, the header before the first of them."""
        if not self._has_header:
            self._file.write(_header(table.column_names))
            self._has_header = True
        self._file.write(_rows(table))

    def close(self) -> None:
        """Everything was written already."""


class ParquetRows:
    """Rows as Parquet."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to an open file."""
        self._file = file
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Write rows; the first table decides the types."""
        table = table.replace_schema_metadata(None)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        """Write the end of the file."""
        if self._writer is not None:
            self._writer.close()


def _header(names: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue().encode()


def _rows(table: pa.Table) -> bytes:
    # Arrow either quotes every text or none; none is what people expect to see.
    try:
        return _encode(table, "none")
    except pa.ArrowInvalid:
        return _encode(table, "needed")


def _encode(table: pa.Table, quoting: str) -> bytes:
    buffer = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=quoting)
    pyarrow.csv.write_csv(table, buffer, options)
    return buffer.getvalue()
