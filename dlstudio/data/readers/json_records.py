"""JSON and JSON lines: one record a row, read in bounded memory."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from dlstudio.data.dialect import looks_like_header, number_style
from dlstudio.data.line_numbers import NO_LINES, LineNumbers, lines_of_all
from dlstudio.data.numbers import PLAIN_NUMBERS
from dlstudio.data.readers.json_document import records_of_document
from dlstudio.data.readers.json_text import (
    first_character,
    json_encoding,
    json_lines,
    list_items,
    not_json,
    whole_document,
)
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.readers.rows import text_of, write_rows
from dlstudio.data.stage import MAX_LISTED, Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import UnreadableEntry

NUM_SAMPLE_RECORDS = 200
RecordSource = Callable[[], Iterable[object]]


@dataclass(frozen=True)
class _Columns:
    """What the records of a file have in common.

    Attributes:
        names: Names of the columns in the order of their first occurrence; empty ones if the
            records are lists without a header.
        are_named: Records name their values; else they are lists.
        has_header: The first list holds the names; None where records name their values.
    """

    names: tuple[str, ...]
    are_named: bool
    has_header: bool | None = None

    def rows(self, records: Iterable[object]) -> Iterator[list[object]]:
        """The values of each record in the order of the columns."""
        for record in islice(records, int(self.has_header or False), None):
            if self.are_named:
                values = record if isinstance(record, dict) else {}
                yield [values.get(name) for name in self.names]
            else:
                values = _values(record)
                yield [*values, *[None] * (len(self.names) - len(values))]


def read_json(request: ReadRequest) -> Stage:
    """Read a JSON file: a list of records, a list of lists, or an object in a usual shape.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file is no JSON, holds no table, or a value of it is too large.
    """
    encoding = json_encoding(request)
    if first_character(request, encoding) == "[":
        lines = array("q")

        def items() -> Iterator[object]:
            del lines[:]
            for line, item in list_items(request, encoding):
                lines.append(line)
                yield item

        stage = _read_records(request, items, "json", lines)
    else:
        records = records_of_document(whole_document(request, encoding), request.file_name)
        stage = _read_records(request, lambda: records, "json")
    return replace(stage, options={**stage.options, "encoding": encoding})


def read_json_lines(request: ReadRequest) -> Stage:
    """Read a file with a JSON record in each line; broken lines are counted and listed.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: No line holds a record.
    """
    encoding = json_encoding(request)
    broken: list[UnreadableEntry] = []
    num_broken = 0
    lines = array("q")
    for line, _, text, error in json_lines(request, encoding):
        if not error:
            lines.append(line)
        else:
            num_broken += 1
            if len(broken) < MAX_LISTED:
                broken.append(UnreadableEntry(line=line, column="", text=text[:200], reason=error))
    if num_broken and not lines:
        raise not_json(request, broken[0].line or 1, broken[0].reason)

    def records() -> Iterator[object]:
        return (record for _, record, _, error in json_lines(request, encoding) if not error)

    stage = _read_records(request, records, "json-lines", lines)
    options = {**stage.options, "encoding": encoding}
    return replace(stage, options=options, num_rejected=num_broken, rejected=tuple(broken))


def _read_records(
    request: ReadRequest, source: RecordSource, file_format: str, lines: Sequence[int] = ()
) -> Stage:
    """Read the records twice, because a name may first occur in the last record."""
    columns = _columns(request, source)
    sample = islice(columns.rows(source()), NUM_SAMPLE_RECORDS)
    texts = (value for row in sample for value in row if isinstance(value, str))
    style = number_style(request.options, texts)
    writer = write_rows(request, columns.rows(source()), len(columns.names), style)
    header = {} if columns.has_header is None else {"has_header": columns.has_header}
    num_before = int(columns.has_header or False)
    return Stage(
        path=request.stage_path,
        names=columns.names,
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        number_style=style,
        format=file_format,
        options={"format": file_format, **header, **style.options},
        find_lines=lambda: _lines(lines, num_before),
    )


def _lines(lines: Sequence[int], num_before: int) -> LineNumbers:
    """Lines of the rows; of a file in one line they would tell nothing."""
    is_one_line = len(lines) > 1 and lines[0] == lines[-1]
    return NO_LINES if is_one_line else lines_of_all(islice(lines, num_before, None))


def _columns(request: ReadRequest, source: RecordSource) -> _Columns:
    names: dict[str, None] = {}
    longest, first_list = 0, 0
    for number, record in enumerate(source(), start=1):
        if isinstance(record, dict):
            names.update(dict.fromkeys(record))
        elif record is not None:
            longest = max(longest, len(_values(record)))
            first_list = first_list or number
        request.check_num_columns(max(len(names), longest))
        if names and first_list:
            raise _mixed(request, max(number, first_list))
    if names:
        return _Columns(tuple(names), are_named=True)
    if longest:
        return _columns_of_lists(request, source, longest)
    raise DataError(
        f"{request.file_name!r} holds no records.",
        'Write the table as a list of records, such as [{"age": 31, "plan": "basic"}].',
        where="file",
    )


def _columns_of_lists(request: ReadRequest, source: RecordSource, width: int) -> _Columns:
    sample = [
        tuple(text_of(value) for value in _values(record))
        for record in islice(source(), NUM_SAMPLE_RECORDS)
    ]
    has_header = request.options.has_header
    if has_header is None:
        body = [cells for cells in sample[1:] if len(cells) == len(sample[0])]
        has_header = bool(body) and looks_like_header(sample[0], body, PLAIN_NUMBERS)
    names = sample[0] if has_header else ()
    return _Columns((*names, *[""] * (width - len(names))), are_named=False, has_header=has_header)


def _values(record: object) -> list[object]:
    return record if isinstance(record, list) else [record]


def _mixed(request: ReadRequest, number: int) -> DataError:
    return DataError(
        f"{request.file_name!r} has records that name their values and others that do not, as "
        f"number {number:,} shows.",
        'Write each as a record with names, such as {"age": 31, "plan": "basic"}.',
        where="file",
    )
