"""The records of a delimited text with their line numbers, also where quotes are broken."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A cell may be a whole book; after so many lines those inside are asked whether they are rows.
MAX_SURE_LINES = 1_000
MAX_RECORD_CHARACTERS = 64 * 1024 * 1024
# Each quote that stays open costs reading as far as that again.
MAX_LONG_MISTAKES = 3


@dataclass(frozen=True)
class Record:
    """One row of the file.

    Attributes:
        line: Number of its first line, from 1.
        cells: The cells; as many as the table has columns unless `reason` is set.
        reason: Why the row cannot be used; empty if it can.
        text: The row as written, only if it cannot be used.
        num_lines: Lines that the row takes.
    """

    line: int
    cells: tuple[str, ...]
    reason: str = ""
    text: str = ""
    num_lines: int = 1


def iterate_records(
    lines: Iterable[str], delimiter: str, num_columns: int | None, first_line: int = 1
) -> Iterator[Record]:
    """Read records one by one.

    A quote that is never closed costs only its own line: the lines after it are read again.
    Lines that are empty are passed over, except in a table of one column.

    Args:
        lines: The lines with their line ends.
        delimiter: One character.
        num_columns: Cells that a row must have; None takes rows of every length.
        first_line: Number of the first of the lines.

    Yields:
        Every row in order, usable or not.
    """
    source = _Rewindable(lines, first_line)
    csv.field_size_limit(MAX_RECORD_CHARACTERS)
    while True:
        first = source.start_record()
        if first is None:
            return
        if num_columns != 1 and not first.strip("\r\n"):
            continue
        line = source.line
        cells = _parse_record(source, delimiter, num_columns)
        if cells is not None and num_columns in (None, len(cells)):
            yield Record(line, tuple(cells), num_lines=source.num_record_lines)
            continue
        if source.num_record_lines > 1:
            source.rewind_to_second_line()
        yield Record(line, (), _reason(cells, num_columns), first.rstrip("\r\n"))


def _parse_record(
    source: "_Rewindable", delimiter: str, num_columns: int | None
) -> list[str] | None:
    """The cells of the record that begins here; None if a quote stays open."""
    reader = csv.reader(source.record_lines(delimiter, num_columns), delimiter=delimiter)
    try:
        cells = next(reader, [])
    except (csv.Error, _RecordTooLong):
        return None
    # The parser asks for another line only inside quotes.
    return None if source.ended_inside_quotes else cells or [""]


def _reason(cells: list[str] | None, num_columns: int | None) -> str:
    if cells is None:
        return "a quote is opened and never closed"
    return f"{len(cells)} cells where {num_columns} were expected"


class _RecordTooLong(Exception):
    """A record ran over so many lines that its quote must be a mistake."""


def look_like_rows(lines: list[str], delimiter: str, num_columns: int | None) -> bool:
    """Whether lines behind a quote are rows, because the quote is a mistake, and not a long text.

    Args:
        lines: At least one.
        delimiter: One character.
        num_columns: Cells of the table's rows; None if that is not known.

    Returns:
        Whether most of them have as many cells as the rows.
    """
    num_alike = sum(line.count(delimiter) + 1 == num_columns for line in lines)
    return num_columns is None or 2 * num_alike > len(lines)


class _Rewindable:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str], first_line: int) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self._num_long_mistakes = 0
        self._record: list[str] = []
        self.ended_inside_quotes = False
        self.line = first_line - 1
        self._next_line = first_line

    @property
    def num_record_lines(self) -> int:
        return len(self._record)

    def start_record(self) -> str | None:
        """Take the first line of a record, None at the end."""
        self._record = []
        self.ended_inside_quotes = False
        self.line = self._next_line
        return self._take()

    def record_lines(self, delimiter: str, num_columns: int | None) -> Iterator[str]:
        """The lines of the record, as many as the parser asks for."""
        yield self._record[0]
        num_characters = len(self._record[0])
        while (line := self._take()) is not None:
            num_characters += len(line)
            is_first_doubt = len(self._record) == MAX_SURE_LINES + 1
            if is_first_doubt and self._is_mistake(delimiter, num_columns):
                raise _RecordTooLong
            if num_characters > MAX_RECORD_CHARACTERS:
                self._num_long_mistakes += 1
                raise _RecordTooLong
            yield line
        self._num_long_mistakes += len(self._record) > MAX_SURE_LINES
        self.ended_inside_quotes = True

    def _is_mistake(self, delimiter: str, num_columns: int | None) -> bool:
        has_often_been = self._num_long_mistakes >= MAX_LONG_MISTAKES
        return has_often_been or look_like_rows(self._record[1:], delimiter, num_columns)

    def rewind_to_second_line(self) -> None:
        """Give back all lines of the record but the first."""
        self._returned.extendleft(reversed(self._record[1:]))
        self._next_line -= len(self._record) - 1
        del self._record[1:]

    def _take(self) -> str | None:
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        if line is not None:
            self._record.append(line)
            self._next_line += 1
        return line
