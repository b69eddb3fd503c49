"""JSON and JSON lines: one record a row, read in bounded memory."""

import codecs
import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dlstudio.data.encoding import SAMPLE_BYTES, EncodingMismatch, Utf8Stream, guess_encoding
from dlstudio.data.line_numbers import NO_LINES, lines_of_all
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.readers.rows import write_rows
from dlstudio.data.stage import MAX_LISTED, LineFinder, Stage, StageWriter
from dlstudio.errors import DataError
from dlstudio.spec.dataset import UnreadableEntry

CHUNK_CHARACTERS = 1024 * 1024
MAX_RECORD_CHARACTERS = 64 * 1024 * 1024
MAX_WHOLE_BYTES = 256 * 1024 * 1024
# Names under which services wrap the list of records.
_SEPARATORS = re.compile(r"[\s,]*")
WRAPPERS = ("data", "records", "rows", "items", "results", "values")
RecordSource = Callable[[], Iterable[object]]


def read_json(request: ReadRequest) -> Stage:
    """Read a JSON file: a list of records, a list of lists, or a record of columns.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file is no JSON, holds no table, or a value of it is too large.
    """
    encoding = _encoding(request)
    if _first_character(request, encoding) == "[":
        return _read_records(request, lambda: _array_items(request, encoding), "json")
    records = _records_of_document(request, _whole_document(request, encoding))
    return _read_records(request, lambda: records, "json")


def read_json_lines(request: ReadRequest) -> Stage:
    """Read a file with a JSON record in each line; broken lines are counted and listed.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: No line holds a record.
    """
    encoding = _encoding(request)
    broken: list[UnreadableEntry] = []
    num_broken = 0
    lines = array("q")
    for line, text, error in _json_lines(request, encoding):
        if not error:
            lines.append(line)
        else:
            num_broken += 1
            if len(broken) < MAX_LISTED:
                broken.append(UnreadableEntry(line=line, column="", text=text[:200], reason=error))

    def records() -> Iterator[object]:
        for _, text, error in _json_lines(request, encoding):
            if not error:
                yield json.loads(text)

    if num_broken and not any(True for _ in records()):
        raise _not_json(request, broken[0].line or 1, broken[0].reason)
    stage = _read_records(request, records, "json-lines", lambda: lines_of_all(lines))
    return replace(stage, num_rejected=num_broken, rejected=tuple(broken))


def _read_records(
    request: ReadRequest,
    source: RecordSource,
    file_format: str,
    find_lines: LineFinder = lambda: NO_LINES,
) -> Stage:
    """Read the records twice, because a name may first occur in the last record."""
    names = _names(request, source())
    rows = (_row(record, names) for record in source())
    writer = write_rows(request, rows, len(names))
    return _stage(request, tuple(names), writer, file_format, find_lines)


def _stage(
    request: ReadRequest,
    names: tuple[str, ...],
    writer: StageWriter,
    file_format: str,
    find_lines: LineFinder,
) -> Stage:
    return Stage(
        path=request.stage_path,
        names=names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        number_style=request.number_style,
        format=file_format,
        options={"format": file_format, **request.number_options},
        find_lines=find_lines,
    )


def _names(request: ReadRequest, records: Iterable[object]) -> dict[str, int]:
    """The names of all records in the order of their first occurrence."""
    names: dict[str, int] = {}
    longest = 0
    for record in records:
        if isinstance(record, dict):
            for name in record:
                names.setdefault(name, len(names))
        elif isinstance(record, list):
            longest = max(longest, len(record))
        else:
            longest = max(longest, 1)
        request.check_num_columns(max(len(names), longest))
    if longest and not names:
        names = {f"column_{place + 1}": place for place in range(longest)}
    if not names:
        raise DataError(
            f"{request.file_name!r} holds no records.",
            'Write the table as a list of records, such as [{"age": 31, "plan": "basic"}].',
            where="file",
        )
    return names


def _row(record: object, names: dict[str, int]) -> list[object]:
    if isinstance(record, dict):
        return [record.get(name) for name in names]
    values = record if isinstance(record, list) else [record]
    return [*values[: len(names)], *[None] * (len(names) - len(values))]


def _encoding(request: ReadRequest) -> str:
    if request.options.encoding:
        return request.options.encoding
    with request.path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise DataError(
            f"{request.file_name!r} is empty.", "Choose a file with records.", where="file"
        )
    return guess_encoding(sample, is_whole=len(sample) < SAMPLE_BYTES)


def _characters(request: ReadRequest, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with Utf8Stream(request.path, encoding) as stream:
        try:
            while chunk := stream.read(CHUNK_CHARACTERS):
                yield decoder.decode(chunk)
        except EncodingMismatch as error:
            raise DataError(
                f"Byte {error.offset:,} of {request.file_name!r} is not {encoding}.",
                "Choose the encoding of the file, or save it as UTF-8.",
                where="encoding",
            ) from error


def _first_character(request: ReadRequest, encoding: str) -> str:
    for chunk in _characters(request, encoding):
        text = chunk.lstrip("\ufeff \t\r\n")
        if text:
            return text[0]
    return ""


def _array_items(request: ReadRequest, encoding: str) -> Iterator[object]:
    """The items of a list, one at a time, so that the list may be larger than memory."""
    decoder = json.JSONDecoder()
    chunks = _characters(request, encoding)
    text = next(chunks, "").lstrip("\ufeff \t\r\n")
    place, num_items = 1, 0
    while True:
        place = _after_separators(text, place)
        if text.startswith("]", place):
            return
        try:
            item, end = decoder.raw_decode(text, place)
            # A number at the end of a chunk may go on in the next one.
            if end == len(text):
                raise json.JSONDecodeError("The list does not end", text, end)
        except json.JSONDecodeError as error:
            more = next(chunks, None)
            if more is None or len(text) - place > MAX_RECORD_CHARACTERS:
                reason = f"{error.msg} in record {num_items + 1:,}"
                raise _not_json(request, None, reason) from error
            text, place = text[place:] + more, 0
            continue
        yield item
        num_items += 1
        place = end


def _after_separators(text: str, place: int) -> int:
    match = _SEPARATORS.match(text, place)
    return match.end() if match else place


def _json_lines(request: ReadRequest, encoding: str) -> Iterator[tuple[int, str, str]]:
    """Line number, text and what is wrong with it, for every line that is not empty."""
    for number, line in enumerate(_lines(_characters(request, encoding)), start=1):
        text = line.strip("\ufeff \t\r\n")
        if not text:
            continue
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            yield number, text, f"no JSON: {error.msg}"
            continue
        except RecursionError:
            yield number, text, "nested too deep"
            continue
        is_record = isinstance(value, (dict, list))
        yield number, text, "" if is_record else "not a record in curly brackets"


def _lines(chunks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split("\n")
        yield from lines
    yield rest


def _whole_document(request: ReadRequest, encoding: str) -> object:
    size = request.path.stat().st_size
    if size > MAX_WHOLE_BYTES:
        raise DataError(
            f"{request.file_name!r} is one JSON object of {size / 1024**2:,.0f} MB, which must "
            f"be read at once; at most {MAX_WHOLE_BYTES / 1024**2:,.0f} MB can be.",
            "Save the table as CSV, JSON lines or Parquet.",
            where="file",
        )
    text = "".join(_characters(request, encoding)).lstrip("\ufeff")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(request, error.lineno, error.msg) from error


def _records_of_document(request: ReadRequest, document: object) -> list[object]:
    """The rows of an object: wrapped in a field, as columns, or the object as a single row."""
    if not isinstance(document, dict):
        return [document]
    lists = {name: value for name, value in document.items() if isinstance(value, list)}
    for name in WRAPPERS:
        if name in lists and (len(lists) == 1 or all(isinstance(v, dict) for v in lists[name])):
            return lists[name]
    columns = {name: _column(value) for name, value in document.items()}
    lengths = {len(column) for column in columns.values() if column is not None}
    if len(lengths) == 1 and None not in columns.values():
        known = {name: column for name, column in columns.items() if column is not None}
        rows = zip(*known.values(), strict=True)
        return [dict(zip(known, row, strict=True)) for row in rows]
    if len(lists) == 1:
        return next(iter(lists.values()))
    return [document]


def _column(value: object) -> list[object] | None:
    """The cells of a column, as a list or as a record of row names, as pandas writes it."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else None


def _not_json(request: ReadRequest, line: int | None, reason: str) -> DataError:
    place = f" in line {line}" if line else ""
    return DataError(
        f"{request.file_name!r} is no valid JSON{place}: {reason}.",
        "Mend the file, or choose another format under Format.",
        where="format",
    )
