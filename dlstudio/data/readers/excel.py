"""Excel workbooks (xlsx, xlsm, xlsb, xls) and OpenDocument sheets."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import python_calamine

from dlstudio.data.dialect import looks_like_header, number_style, without_preamble
from dlstudio.data.line_numbers import lines_of_all
from dlstudio.data.numbers import PLAIN_NUMBERS
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.readers.rows import text_of, write_rows
from dlstudio.data.records import Record
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.settings import MEGABYTE

NUM_SAMPLE_ROWS = 200
# Calamine lays out every cell between the first and the last one, full or empty.
BYTES_PER_CELL = 64
UNPACKED_SHARE = 2
MIN_FAR_AREA = 2_000_000
MIN_SHARE_FILLED = 0.001
SCAN_BYTES = 1 * MEGABYTE
_CELL_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')


@dataclass(frozen=True)
class _Table:
    """The rows of a sheet that hold the table."""

    sheet: python_calamine.CalamineSheet
    names: tuple[str, ...]
    has_header: bool
    num_skipped_rows: int

    def rows(self) -> Iterator[Sequence[object]]:
        return (row for _, row in self.numbered_rows())

    def numbered_rows(self) -> Iterator[tuple[int, Sequence[object]]]:
        """Rows with their number in the sheet; rows without any cell are passed over."""
        first = self.num_skipped_rows + self.has_header
        width = len(self.names)
        for number, row in _numbered(self.sheet):
            if number > first and any(value != "" for value in row):
                yield number, row[:width]


def read_excel(request: ReadRequest) -> Stage:
    """Read a sheet of a workbook into the stage.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The workbook is damaged, protected by a password or too large, or the sheet
            does not exist or is empty.
    """
    _check_size(request)
    try:
        workbook = python_calamine.load_workbook(request.path)
    except python_calamine.PasswordError as error:
        raise DataError(
            f"{request.file_name!r} is protected by a password.",
            "Save it without a password, or save the sheet as CSV.",
            where="file",
        ) from error
    except python_calamine.CalamineError as error:
        raise DataError(
            f"{request.file_name!r} cannot be read as an Excel workbook: {error}.",
            "Open it in a spreadsheet program and save it as .xlsx or CSV.",
            where="file",
        ) from error
    try:
        return _stage(request, _table(request, _sheet(request, workbook)))
    finally:
        workbook.close()


def _stage(request: ReadRequest, table: _Table) -> Stage:
    request.check_num_columns(len(table.names))
    sample = islice(table.rows(), NUM_SAMPLE_ROWS)
    texts = (value for row in sample for value in row if isinstance(value, str))
    style = number_style(request.options, texts)
    writer = write_rows(request, table.rows(), len(table.names), style)
    return Stage(
        path=request.stage_path,
        names=table.names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        number_style=style,
        format="excel",
        options={
            "format": "excel",
            "sheet": table.sheet.name,
            "has_header": table.has_header,
            "skip_rows": table.num_skipped_rows,
            **style.options,
        },
        find_lines=lambda: lines_of_all(number for number, _ in table.numbered_rows()),
    )


def _sheet(
    request: ReadRequest, workbook: python_calamine.CalamineWorkbook
) -> python_calamine.CalamineSheet:
    wanted = request.options.sheet
    if wanted is not None and wanted not in workbook.sheet_names:
        raise DataError(
            f"{request.file_name!r} has no sheet {wanted!r}.",
            f"Choose one under Sheet: {', '.join(workbook.sheet_names[:10])}.",
            where="sheet",
        )
    for name in workbook.sheet_names if wanted is None else [wanted]:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height:
            return sheet
    raise DataError(
        f"{request.file_name!r} holds no sheet with cells.",
        "Choose a workbook with a table.",
        where="file",
    )


def _table(request: ReadRequest, sheet: python_calamine.CalamineSheet) -> _Table:
    options = request.options
    skip = options.skip_rows or 0
    numbered = ((number, row) for number, row in _numbered(sheet) if number > skip)
    records = [
        Record(number, tuple(text_of(value) for value in row))
        for number, row in islice(numbered, NUM_SAMPLE_ROWS)
        if any(value != "" for value in row)
    ]
    if options.skip_rows is None and records:
        records = without_preamble(records, len(records[0].cells))
    if not records:
        raise DataError(
            f"The sheet {sheet.name!r} of {request.file_name!r} is empty.",
            "Choose another sheet, or fewer Lines to skip.",
            where="sheet",
        )
    first, body = records[0], [record.cells for record in records[1:]]
    has_header = options.has_header
    if has_header is None:
        has_header = looks_like_header(first.cells, body, PLAIN_NUMBERS)
    names = first.cells if has_header else ("",) * len(first.cells)
    return _Table(sheet, names, has_header, first.line - 1)


def _numbered(
    sheet: python_calamine.CalamineSheet,
) -> Iterator[tuple[int, Sequence[object]]]:
    """Rows with their number as Excel shows it."""
    start = sheet.start
    first_column = start[1] if start else 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, row[first_column:]


def _check_size(request: ReadRequest) -> None:
    """Refuse a workbook that would take far more memory than its file suggests."""
    if not zipfile.is_zipfile(request.path):
        return
    memory = request.settings.ingest_memory_bytes
    with zipfile.ZipFile(request.path) as archive:
        num_bytes = sum(member.file_size for member in archive.infolist())
        if num_bytes > UNPACKED_SHARE * memory:
            raise _too_large(request, f"unpacks to {num_bytes / MEGABYTE:,.0f} MB")
        for member in archive.infolist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename):
                _check_sheet(request, archive, member, memory // BYTES_PER_CELL)


def _check_sheet(
    request: ReadRequest, archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_cells: int
) -> None:
    num_cells, last_row, last_column = 0, 0, 0
    with archive.open(member) as file:
        rest = b""
        while chunk := file.read(SCAN_BYTES):
            text = rest + chunk
            for match in _CELL_PLACE.finditer(text):
                num_cells += 1
                last_row = max(last_row, int(match[2]))
                last_column = max(last_column, _column_number(match[1]))
            rest = text[-32:] if not text.endswith(b">") else b""
    area = last_row * last_column
    is_far = area > MIN_FAR_AREA and num_cells < MIN_SHARE_FILLED * area
    if is_far or area > max_cells:
        raise _too_large(
            request,
            f"has a sheet of {last_row:,} rows and {last_column:,} columns with only "
            f"{num_cells:,} cells in it"
            if is_far
            else f"has a sheet of {last_row:,} rows and {last_column:,} columns",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(request: ReadRequest, problem: str) -> DataError:
    return DataError(
        f"{request.file_name!r} {problem}.",
        "Delete cells far away from the table, or save the sheet as CSV.",
        where="file",
    )
