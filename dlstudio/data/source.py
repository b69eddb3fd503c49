"""What was uploaded: which format its content has, unpacked if it is an archive."""

import zipfile
from collections.abc import Callable
from dataclasses import replace

from dlstudio.data.damaged_text import DAMAGED_LETTERS, DAMAGED_UTF8, REPLACEMENT
from dlstudio.data.encoding import as_utf8, find_damage
from dlstudio.data.foreign import name_foreign
from dlstudio.data.late_numbers import with_late_numbers
from dlstudio.data.options import FileFormat
from dlstudio.data.other_notation import with_other_notation
from dlstudio.data.readers.arff import read_arff
from dlstudio.data.readers.delimited import read_delimited
from dlstudio.data.readers.excel import read_excel
from dlstudio.data.readers.json_records import read_json, read_json_lines
from dlstudio.data.readers.parquet import read_parquet
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.readers.ts import read_ts
from dlstudio.data.sequence_pair import find_pair, read_pair
from dlstudio.data.stage import Stage
from dlstudio.data.unpack import TABLE_ENDINGS, unpack_gzip, unpack_zip
from dlstudio.errors import DataError

HEAD_BYTES = 1024 * 1024
LONGEST_LINE_BYTES = 64 * 1024 * 1024
READERS: dict[FileFormat, Callable[[ReadRequest], Stage]] = {
    FileFormat.DELIMITED: read_delimited,
    FileFormat.EXCEL: read_excel,
    FileFormat.JSON: read_json,
    FileFormat.JSON_LINES: read_json_lines,
    FileFormat.PARQUET: read_parquet,
    FileFormat.TS: read_ts,
    FileFormat.ARFF: read_arff,
}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TS_MARKS = (b"@problemname", b"@timestamps", b"@univariate", b"@classlabel", b"@dimensions")
_BLANK = b"\xef\xbb\xbf \t\r\n"
MAX_NESTING = 2


def read_source(request: ReadRequest) -> Stage:
    """Read any supported file into the stage.

    The content decides what a file is, not its name.

    Args:
        request: The file, the options and the limits.

    Raises:
        DataError: The file cannot be read; says why and what to do.
    """
    unpacked = request.stage_path.with_name("unpacked")
    member: str | None = None
    for _ in range(MAX_NESTING):
        head = _head(request)
        if head.startswith(b"\x1f\x8b"):
            unpack_gzip(request, unpacked)
        elif head.startswith(_ZIP) and not _is_spreadsheet(request):
            pair = find_pair(request.path) if request.options.member is None else None
            if pair is not None:
                return read_pair(request, pair)
            if member is not None:
                _refuse_files_within(request, member)
            member = unpack_zip(request, unpacked)
        else:
            break
        request = replace(request, path=unpacked)
        unpacked = unpacked.with_name(f"{unpacked.name}-again")
    file_format = request.options.format or _format_of(request)
    try:
        stage = READERS[file_format](request)
    except RecursionError as error:
        raise DataError(
            f"{request.file_name!r} holds lists or records nested far deeper than a table.",
            "Save the table as CSV, or as JSON records with plain values.",
            where="file",
        ) from error
    stage = with_late_numbers(stage, request.options)
    stage = with_other_notation(stage, request.options)
    if stage.options.get("encoding") == DAMAGED_UTF8:
        stage = replace(stage, remarks=(*stage.remarks, _damage(request)))
    if request.options.date_order is not None:
        chosen = request.options.date_order.value
        stage = replace(stage, options={**stage.options, "date_order": chosen})
    if member is not None:
        stage = replace(stage, options={**stage.options, "member": member})
    return stage


def _damage(request: ReadRequest) -> tuple[str, str, str]:
    count, line = find_damage(request.path)
    letters = "1 letter" if count == 1 else f"{count:,} letters"
    return (
        DAMAGED_LETTERS,
        f"{letters} could not be read as UTF-8, the first in line {line}, and "
        f"{'stands' if count == 1 else 'stand'} as {REPLACEMENT}.",
        "Mend the file and add it again, or choose another encoding if most letters look wrong.",
    )


def _head(request: ReadRequest) -> bytes:
    with request.path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _format_of(request: ReadRequest) -> FileFormat:
    head = _head(request)
    if head.startswith(b"PAR1"):
        return FileFormat.PARQUET
    if head.startswith((_OLD_EXCEL, *_ZIP)):
        return FileFormat.EXCEL
    what = name_foreign(head)
    if what is not None:
        raise DataError(
            f"{request.file_name!r} is {what}, not a table.", _way_out_of(what), where="file"
        )
    text = as_utf8(head).lstrip(_BLANK)
    if text.startswith(b"{") and b"\n" not in text and len(head) == HEAD_BYTES:
        text = _first_line_and_more(request)
    if text.startswith(b"{") or text.startswith(b"["):
        return _json_format(text)
    if text.startswith((b"@", b"#", b"%")):
        return _format_by_mark(text)
    return FileFormat.DELIMITED


def _first_line_and_more(request: ReadRequest) -> bytes:
    """The beginning of a file whose first line, or only one, is long."""
    with request.path.open("rb") as file:
        beginning = file.readline(LONGEST_LINE_BYTES) + file.read(1024)
    return as_utf8(beginning).lstrip(_BLANK)


def _way_out_of(what: str) -> str:
    if what.endswith(("picture", "sound", "sound or video")):
        return "Put it with others into one folder a class, and add the folder or its ZIP."
    if what.endswith("archive"):
        return "Unpack it and add the folder, or pack it as ZIP."
    return "Choose a CSV, Excel, JSON or Parquet file."


def _format_by_mark(text: bytes) -> FileFormat:
    """ARFF and .ts files begin with lines of marks, perhaps below remarks."""
    for line in text.lower().splitlines():
        if line.strip() and not line.lstrip().startswith((b"#", b"%")):
            words = line.split()
            if words[0] == b"@relation":
                return FileFormat.ARFF
            return FileFormat.TS if words[0] in _TS_MARKS else FileFormat.DELIMITED
    return FileFormat.DELIMITED


def _json_format(text: bytes) -> FileFormat:
    """JSON lines have a whole record, or a list of its values, in each of several lines."""
    lines = [line.strip() for line in text.splitlines()[:3] if line.strip()]
    first = lines[0]
    is_record = first.startswith(b"{") and first.endswith(b"}")
    is_list = first.endswith(b"]") and not first.startswith(b"[{")
    if len(lines) > 1 and (is_record or (is_list and lines[1].startswith(b"["))):
        return FileFormat.JSON_LINES
    is_json = b'"' in first or len(first) <= 2 or first.startswith((b"[{", b"[["))
    return FileFormat.JSON if is_json else FileFormat.DELIMITED


def _refuse_files_within(request: ReadRequest, member: str) -> None:
    """An archive inside an archive may hold one table, but no collection of files."""
    with zipfile.ZipFile(request.path) as archive:
        names = [name.lower() for name in archive.namelist() if not name.endswith("/")]
    if len(names) > 1 and not any(name.endswith(TABLE_ENDINGS) for name in names):
        raise DataError(
            f"{member!r} in {request.file_name!r} is another archive, with {len(names):,} files "
            "and no table.",
            "Unpack the outer archive and add the inner one.",
            where="file",
        )


def _is_spreadsheet(request: ReadRequest) -> bool:
    try:
        with zipfile.ZipFile(request.path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise DataError(
            f"The archive {request.file_name!r} is damaged or incomplete: {error}.",
            "Download or pack it again.",
            where="file",
        ) from error
    return "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names
