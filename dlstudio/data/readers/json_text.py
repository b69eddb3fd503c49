"""JSON as text: the records of a list or of lines one by one, in bounded memory."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from dlstudio.data.encoding import (
    SAMPLE_BYTES,
    EncodingMismatch,
    Utf8Stream,
    check_encoding_name,
    guess_encoding,
)
from dlstudio.data.readers.request import ReadRequest
from dlstudio.errors import DataError

CHUNK_CHARACTERS = 1024 * 1024
MAX_RECORD_CHARACTERS = 64 * 1024 * 1024
MAX_WHOLE_BYTES = 256 * 1024 * 1024
_SEPARATORS = re.compile(r"[\s,]*")
_BLANK = "\ufeff \t\r\n"


def json_encoding(request: ReadRequest) -> str:
    """Find the encoding of a JSON file.

    Raises:
        DataError: The file is empty, or the chosen encoding is not known.
    """
    if request.options.encoding:
        return check_encoding_name(request.options.encoding)
    with request.path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise DataError(
            f"{request.file_name!r} is empty.", "Choose a file with records.", where="file"
        )
    return guess_encoding(sample, is_whole=len(sample) < SAMPLE_BYTES)


def first_character(request: ReadRequest, encoding: str) -> str:
    """Return the first character that is not blank; "" if there is none."""
    for chunk in _characters(request, encoding):
        text = chunk.lstrip(_BLANK)
        if text:
            return text[0]
    return ""


def list_items(request: ReadRequest, encoding: str) -> Iterator[tuple[int, object]]:
    """Yield line and value of the items of a list, so that the list may be larger than memory.

    Raises:
        DataError: The list is no JSON, holds what cannot be a row, or is not all there is.
    """
    chunks = _characters(request, encoding)
    beginning = next(chunks, "")
    text = beginning.lstrip(_BLANK)
    line = 1 + beginning.count("\n", 0, len(beginning) - len(text))
    place, counted, num_items = 1, 0, 0
    while True:
        place = _after_separators(text, place)
        line += text.count("\n", counted, place)
        counted = place
        if text.startswith("]", place):
            _check_is_end(request, text[place + 1 :], chunks)
            return
        try:
            item, end = _DECODER.raw_decode(text, place)
            # A number at the end of a chunk may go on in the next one.
            if end == len(text):
                raise json.JSONDecodeError("The list does not end", text, end)
        except json.JSONDecodeError as error:
            more = next(chunks, None)
            if more is None or len(text) - place > MAX_RECORD_CHARACTERS:
                reason = f"{error.msg} in record {num_items + 1:,}"
                raise not_json(request, None, reason) from error
            text, place, counted = text[place:] + more, 0, 0
            continue
        except ValueError as error:
            reason = f"{_why_unusable(error)} in record {num_items + 1:,}"
            raise not_json(request, None, reason) from error
        yield line, item
        num_items += 1
        place = end


def json_lines(request: ReadRequest, encoding: str) -> Iterator[tuple[int, object, str, str]]:
    """Yield line number, record, text and what is wrong with it for every line with something."""
    for number, line in enumerate(_lines(_characters(request, encoding)), start=1):
        text = line.strip(_BLANK)
        if not text:
            continue
        record, reason = None, ""
        try:
            record = _DECODER.decode(text)
        except json.JSONDecodeError as error:
            reason = f"no JSON: {error.msg}"
        except RecursionError:
            reason = "nested too deep"
        except ValueError as error:
            reason = _why_unusable(error)
        if not reason and not isinstance(record, (dict, list)):
            reason = "not a record in curly brackets"
        yield number, record, text, reason


def whole_document(request: ReadRequest, encoding: str) -> object:
    """Read a file that is one JSON value.

    Raises:
        DataError: It is no JSON, too large, or holds what cannot be in a table.
    """
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
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise not_json(request, error.lineno, error.msg) from error
    except ValueError as error:
        raise not_json(request, None, _why_unusable(error)) from error


def not_json(request: ReadRequest, line: int | None, reason: str) -> DataError:
    """Make the error for a file that cannot be read as JSON."""
    place = f" in line {line}" if line else ""
    return DataError(
        f"{request.file_name!r} is no valid JSON{place}: {reason}.",
        "Mend the file, or choose another format under Format.",
        where="format",
    )


class _RepeatedName(ValueError):
    """A record names a value twice; a parser would silently keep the last of them."""


def _record_of_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        name, count = Counter(name for name, _ in pairs).most_common(1)[0]
        raise _RepeatedName(f"the name {name!r} stands {count} times")
    return record


_DECODER = json.JSONDecoder(object_pairs_hook=_record_of_once)


def _why_unusable(error: ValueError) -> str:
    """Python refuses whole numbers of thousands of digits, in words of its own."""
    return str(error) if isinstance(error, _RepeatedName) else "a number has too many digits"


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


def _check_is_end(request: ReadRequest, rest: str, chunks: Iterable[str]) -> None:
    """Refuse what stands behind a list: it would be left out without a word."""
    for text in (rest, *chunks):
        if more := text.strip(_BLANK):
            raise not_json(request, None, f"the list ends, and {more[:20]!r} comes after it")


def _after_separators(text: str, place: int) -> int:
    match = _SEPARATORS.match(text, place)
    return match.end() if match else place


def _lines(chunks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split("\n")
        yield from lines
    yield rest
