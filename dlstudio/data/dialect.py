"""How a delimited text is laid out: delimiter, header, lines above the table."""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from dlstudio.data.numbers import NumberStyle, guess_number_style, parse_numbers, trim
from dlstudio.data.options import ReadOptions
from dlstudio.data.records import Record, iterate_records

DELIMITERS = ",;\t|:"
MAX_SAMPLE_RECORDS = 1_000
MAX_PREAMBLE_LINES = 50
# A line above the table may have other cells, but it is more often the header.
SCORE_WITHOUT_FIRST_LINE = 0.95


@dataclass(frozen=True)
class Dialect:
    """The layout of one file.

    Attributes:
        delimiter: The character between cells.
        names: The header's cells, or empty names if there is no header.
        has_header: The first record holds names.
        num_skipped_lines: Lines above the table, without the header.
        first_data_line: Number of the first line with data, from 1.
        number_style: How numbers are written.
    """

    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    num_skipped_lines: int
    first_data_line: int
    number_style: NumberStyle


def guess_dialect(sample: str, is_whole: bool, options: ReadOptions) -> Dialect:
    """Find the layout from the beginning of a text.

    Args:
        sample: The first characters.
        is_whole: The sample is the whole file, so that its last line is complete.
        options: What the user has fixed.
    """
    lines = list(io.StringIO(sample, newline=""))
    if not is_whole and len(lines) > 1:
        lines.pop()
    num_separator_lines, announced = _separator_line(lines)
    delimiter = options.delimiter or announced or _guess_delimiter(lines)
    skip = options.skip_rows
    records = _sample_records(lines, delimiter, num_separator_lines if skip is None else skip)
    num_columns = usual_length(records)
    if skip is None:
        records = without_preamble(records, num_columns)
    first = records[0] if records else Record(1, ())
    body = [record.cells for record in records[1:] if len(record.cells) == num_columns]
    cells = (cell for row in [first.cells, *body] for cell in row)
    style = number_style(options, cells, delimiter)
    has_header = options.has_header
    if has_header is None:
        has_header = looks_like_header(first.cells, body, style)
    names = _names(first.cells, num_columns, has_header)
    first_data_line = first.line + first.num_lines if has_header else first.line
    return Dialect(delimiter, names, has_header, first.line - 1, first_data_line, style)


def _separator_line(lines: list[str]) -> tuple[int, str]:
    """Excel's own "sep=;" line: how many lines it takes and what it announces."""
    first = lines[0].strip("\r\n").lower() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        return 1, first[4]
    return 0, ""


def _guess_delimiter(lines: list[str]) -> str:
    """The delimiter that gives most rows the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        lengths = [len(record.cells) for record in _sample_records(lines, delimiter, 0)]
        if not lengths:
            continue
        length, count = Counter(lengths).most_common(1)[0]
        score = count / len(lengths) * (1.0 + 0.01 * min(length, 50)) if length > 1 else 0.0
        # A colon is in every time of day, so it counts only if nothing else fits at all.
        score *= 0.5 if delimiter == ":" else 1.0
        # "size,tags" above "1.5,red|round": what divides the header, too, is the delimiter.
        score *= 1.0 if lengths[0] == length else SCORE_WITHOUT_FIRST_LINE
        if score > best_score:
            best, best_score = delimiter, score
    return best if best_score >= 0.5 else ","


def _sample_records(lines: list[str], delimiter: str, skip: int) -> list[Record]:
    found: list[Record] = []
    num_before_open: int | None = None
    for record in iterate_records(lines[skip:], delimiter, None, first_line=skip + 1):
        if record.reason:  # a quote stays open
            num_before_open = len(found) if num_before_open is None else num_before_open
        else:
            found.append(record)
        if len(found) == MAX_SAMPLE_RECORDS:
            break
    # A quote that stays open is a mistake among rows like the header, else the text of a long cell.
    if num_before_open and usual_length(found) != len(found[0].cells):
        return found[:num_before_open]
    return found


def usual_length(records: list[Record]) -> int:
    """Return the number of cells of most rows; the larger one of equally frequent numbers."""
    lengths = Counter(len(record.cells) for record in records)
    return max(lengths, key=lambda length: (lengths[length], length), default=0)


def without_preamble(records: list[Record], num_columns: int) -> list[Record]:
    """Leave out a title or remarks: rows of one cell above a table of several columns.

    Args:
        records: The first rows of a file.
        num_columns: Cells of most rows.
    """
    if num_columns < 3:
        return records
    for place, record in enumerate(records[:MAX_PREAMBLE_LINES]):
        if len([cell for cell in record.cells if cell.strip()]) > 1:
            return records[place:]
    return records


def number_style(options: ReadOptions, cells: Iterable[str], delimiter: str = "") -> NumberStyle:
    """Find how numbers are written.

    Args:
        options: What the user has fixed.
        cells: Some cells of the file that are text; what is left open is guessed from them.
        delimiter: The delimiter of the file, if it has one.
    """
    guess = guess_number_style(cells, delimiter)
    decimal = options.decimal or guess.decimal
    thousands = guess.thousands
    if options.thousands is not None:
        thousands = "" if options.thousands == "none" else options.thousands
    return NumberStyle(decimal, thousands if thousands != decimal else "")


def looks_like_header(
    first: tuple[str, ...], body: list[tuple[str, ...]], style: NumberStyle
) -> bool:
    """Tell whether the first row differs from the rows below as names differ from values.

    Args:
        first: The cells of the first row.
        body: Rows of that length below it.
        style: How numbers are written.
    """
    if not body or any(len(first) > len(row) for row in body[:1]):
        return True
    votes = 0
    for place, name in enumerate(first):
        below = [row[place] for row in body if row[place].strip()]
        if below:
            votes += _column_vote(name.strip(), below, style)
    return votes >= 0


def _column_vote(name: str, below: list[str], style: NumberStyle) -> int:
    """+1 if the name is none of the values below, -1 if it looks like one of them.

    An empty cell says nothing: tools write the row names' column without a name.
    """
    if not name:
        return 0
    numbers = parse_numbers(trim(pa.array([name, *below])), style)
    share = 1 - (numbers.null_count - (not numbers[0].is_valid)) / len(below)
    if share > 0.8:
        return -1 if numbers[0].is_valid else 1
    return -1 if name in below or numbers[0].is_valid else 0


def _names(first: tuple[str, ...], num_columns: int, has_header: bool) -> tuple[str, ...]:
    if not has_header:
        return ("",) * max(num_columns, len(first))
    if len(first) == num_columns - 1:
        # R writes row names without a name for their column.
        return ("", *first)
    return first + ("",) * (num_columns - len(first))
