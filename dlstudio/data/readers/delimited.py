"""CSV, TSV and every other text with one row a line and a delimiter between cells."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dlstudio.data.damaged_text import DAMAGED_UTF8, is_damaged_utf8
from dlstudio.data.dialect import Dialect, guess_dialect
from dlstudio.data.encoding import (
    SAMPLE_BYTES,
    EncodingMismatch,
    Utf8Stream,
    check_encoding_name,
    guess_encoding,
)
from dlstudio.data.legacy_encoding import guess_legacy_encoding
from dlstudio.data.line_numbers import LineNumbers, lines_from, lines_of_all
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.records import MAX_SURE_LINES, Record, iterate_records, look_like_rows
from dlstudio.data.stage import MAX_LISTED, Stage, StageWriter
from dlstudio.errors import DataError
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import UnreadableEntry

# Arrow reads up to 32 blocks ahead of a consumer that is slow. A row must lie within two blocks:
# large ones are for files with a cell of megabytes.
BLOCK_BYTES = (2 * MEGABYTE, 16 * MEGABYTE)
SUSPICIOUS_CELL_BYTES = 4 * 1024
CAREFUL_BATCH_CELLS = 500_000
MAX_SHARE_REJECTED = 0.5
MAX_TEXT_SHOWN = 200


class _NeedsCare(Exception):
    """The fast parser would misread this file, because of its quotes."""


class _NeedsLargerBlocks(_NeedsCare):
    """A row is longer than a block, or a quote that is never closed makes it so."""


@dataclass(frozen=True)
class _Layout:
    """Everything that must be known before the rows are read."""

    path: Path
    encoding: str
    dialect: Dialect

    @property
    def num_columns(self) -> int:
        return len(self.dialect.names)


def read_delimited(request: ReadRequest) -> Stage:
    """Read a delimited text into the stage.

    Rows with a wrong number of cells are left out, counted and listed with their lines.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file is empty, is no text, has a byte that does not fit the chosen
            encoding, or most of its rows have another number of cells than the others.
    """
    encoding = _first_encoding(request)
    while True:
        try:
            layout = _Layout(request.path, encoding, _read_dialect(request, encoding))
            return _read_with_layout(request, layout)
        except EncodingMismatch as error:
            encoding = _next_encoding(request, encoding, error)


def _first_encoding(request: ReadRequest) -> str:
    if request.options.encoding:
        return check_encoding_name(request.options.encoding)
    with request.path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    return guess_encoding(sample, is_whole=len(sample) < SAMPLE_BYTES)


def _next_encoding(request: ReadRequest, failed: str, error: EncodingMismatch) -> str:
    """Another guess from the bytes around the one that did not fit."""
    if request.options.encoding:
        raise DataError(
            f"Byte {error.offset:,} of {request.file_name!r} is not {failed}.",
            "Choose another encoding, or leave it open and let the studio find it.",
            where="encoding",
        ) from error
    if failed != "utf-8":
        return "latin_1"
    with request.path.open("rb") as file:
        beginning = file.read(SAMPLE_BYTES)
        file.seek(max(0, error.offset - SAMPLE_BYTES // 2))
        around = file.read(SAMPLE_BYTES)
    if is_damaged_utf8(beginning, around):
        return DAMAGED_UTF8
    return guess_legacy_encoding(around)


def _read_dialect(request: ReadRequest, encoding: str) -> Dialect:
    with Utf8Stream(request.path, encoding) as stream:
        sample = stream.read(SAMPLE_BYTES)
        is_whole = not stream.read(1)
    text = sample.decode("utf-8", "ignore")
    _check_is_text(request, text)
    dialect = guess_dialect(text, is_whole, request.options)
    request.check_num_columns(len(dialect.names))
    return dialect


def _check_is_text(request: ReadRequest, text: str) -> None:
    name = request.file_name
    if not text.strip("\ufeff\r\n\t \0"):
        raise DataError(
            f"{name!r} is empty.", "Choose a file with a header and rows.", where="file"
        )
    num_controls = sum(1 for letter in text if letter < " " and letter not in "\t\r\n\f\x1a")
    if num_controls > max(2, 0.005 * len(text)):
        raise DataError(
            f"{name!r} does not hold text, so it is no table in CSV form.",
            "Save the data as CSV, Excel, JSON or Parquet and choose that file.",
            where="file",
        )
    if text.lstrip("\ufeff \r\n\t")[:15].lower().startswith(("<!doctype html", "<html")):
        raise DataError(
            f"{name!r} is a web page, not a table.",
            "Download the file behind the link instead of the page that shows it.",
            where="file",
        )


def _read_with_layout(request: ReadRequest, layout: _Layout) -> Stage:
    small, large = BLOCK_BYTES
    try:
        try:
            stage = _read_fast(request, layout, small)
        except _NeedsLargerBlocks:
            stage = _read_fast(request, layout, large)
    except _NeedsCare:
        stage = _read_carefully(request, layout)
    _check_rejected(request, stage, layout)
    return stage


def _read_fast(request: ReadRequest, layout: _Layout, block_bytes: int) -> Stage:
    """Read with Arrow; it knows no line numbers, so problems are located afterwards."""
    num_rejected = 0

    def reject(row: pyarrow.csv.InvalidRow) -> str:
        nonlocal num_rejected
        num_rejected += 1
        # A wrong row of several lines hides good ones; Arrow then ends with an error.
        return "error" if "\n" in row.text or "\r" in row.text else "skip"

    types = [pa.string()] * layout.num_columns
    with (
        _open_stream(layout) as stream,
        StageWriter(request.stage_path, types, layout.dialect.number_style) as writer,
    ):
        try:
            for batch in _arrow_batches(stream, layout, reject, block_bytes):
                _check_no_rows_inside(batch, layout)
                writer.write(batch)
                request.report(stream.num_bytes_read, writer.num_rows)
        except pa.ArrowInvalid as error:
            raise (_NeedsLargerBlocks if "straddl" in str(error) else _NeedsCare) from error
        if stream.num_quotes % 2:
            raise _NeedsCare
    stage = _stage(request, layout, writer)
    if stream.num_lines == writer.num_rows:  # so each row has one, and none is empty
        first_line = layout.dialect.first_data_line
        stage = replace(stage, find_lines=lambda: lines_from(first_line))
    if not num_rejected:
        return stage
    rejected = (record for record in _records(layout) if record.reason)
    listed = tuple(_entry(record) for record in islice(rejected, MAX_LISTED))
    return replace(stage, num_rejected=num_rejected, rejected=listed)


def _arrow_batches(
    stream: Utf8Stream, layout: _Layout, reject: object, block_bytes: int
) -> Iterator[pa.RecordBatch]:
    names = [f"c{place}" for place in range(layout.num_columns)]
    reader = pyarrow.csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False, column_names=names, block_size=block_bytes
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=layout.dialect.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=layout.num_columns != 1,
            invalid_row_handler=reject,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), check_utf8=False
        ),
    )
    while True:
        try:
            yield reader.read_next_batch()
        except StopIteration:
            return


def _check_no_rows_inside(batch: pa.RecordBatch, layout: _Layout) -> None:
    """Two quotes in the wrong place would make one cell of all rows between them."""
    if layout.num_columns == 1:
        return
    for cells in batch.columns:
        sizes = pc.fill_null(pc.binary_length(cells), 0)
        if (pc.max(sizes).as_py() or 0) < SUSPICIOUS_CELL_BYTES:
            continue
        for text in pc.filter(cells, pc.greater_equal(sizes, SUSPICIOUS_CELL_BYTES)).to_pylist():
            lines = text.splitlines()
            if len(lines) > MAX_SURE_LINES and look_like_rows(
                lines, layout.dialect.delimiter, layout.num_columns
            ):
                raise _NeedsCare


def _read_carefully(request: ReadRequest, layout: _Layout) -> Stage:
    """Read record by record; slower, and right about broken quotes."""
    num_rejected = 0
    rejected: list[UnreadableEntry] = []
    rows: list[tuple[str, ...]] = []
    batch_rows = max(1, CAREFUL_BATCH_CELLS // layout.num_columns)
    types = [pa.string()] * layout.num_columns
    with StageWriter(request.stage_path, types, layout.dialect.number_style) as writer:
        for record in _records(layout):
            if record.reason:
                num_rejected += 1
                if len(rejected) < MAX_LISTED:
                    rejected.append(_entry(record))
                continue
            rows.append(record.cells)
            if len(rows) == batch_rows:
                writer.write(_batch(rows, writer.schema))
                rows = []
                request.report(0, writer.num_rows)
        if rows:
            writer.write(_batch(rows, writer.schema))
    stage = _stage(request, layout, writer)
    return replace(stage, num_rejected=num_rejected, rejected=tuple(rejected))


def _batch(rows: list[tuple[str, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _open_stream(layout: _Layout) -> Utf8Stream:
    return Utf8Stream(layout.path, layout.encoding, layout.dialect.first_data_line - 1)


def _records(layout: _Layout) -> Iterator[Record]:
    with _open_stream(layout) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")  # type: ignore[arg-type]
        yield from iterate_records(
            lines, layout.dialect.delimiter, layout.num_columns, layout.dialect.first_data_line
        )


def _entry(record: Record) -> UnreadableEntry:
    return UnreadableEntry(
        line=record.line, column="", text=record.text[:MAX_TEXT_SHOWN], reason=record.reason
    )


def _stage(request: ReadRequest, layout: _Layout, writer: StageWriter) -> Stage:
    def find_lines() -> LineNumbers:
        return lines_of_all(record.line for record in _records(layout) if not record.reason)

    dialect = layout.dialect
    return Stage(
        path=request.stage_path,
        names=dialect.names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="delimited",
        options={
            "format": "delimited",
            "delimiter": dialect.delimiter,
            "encoding": layout.encoding,
            **dialect.number_style.options,
            "has_header": dialect.has_header,
            "skip_rows": dialect.num_skipped_lines,
        },
        number_style=dialect.number_style,
        find_lines=find_lines,
    )


def _check_rejected(request: ReadRequest, stage: Stage, layout: _Layout) -> None:
    num_lines = stage.num_rows + stage.num_rejected
    if stage.num_rejected <= MAX_SHARE_REJECTED * num_lines or request.options.delimiter:
        return
    raise DataError(
        f"{stage.num_rejected:,} of {num_lines:,} rows of {request.file_name!r} do not have "
        f"{layout.num_columns} cells, the first in line {stage.rejected[0].line}.",
        f"Choose the delimiter (tried {layout.dialect.delimiter!r}) or mend the file.",
        where="delimiter",
    )
