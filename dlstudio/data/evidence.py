"""What the values of a column look like, gathered batch by batch over all rows."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.dates import looks_like_dates, parse_datetimes
from dlstudio.data.numbers import (
    SIGN,
    NumberStyle,
    is_missing_marker,
    parse_numbers,
    signs_of_numbers,
    trim,
)
from dlstudio.data.options import DateOrder

MAX_DISTINCT = 20_000
MAX_DISTINCT_CELLS = 20_000_000
NUM_DATE_EXAMPLES = 50
MAX_STRANGE, MAX_STRANGE_AT_ONCE = 200, 20
# UTC by any name is no news: such times are shown as they were written.
_ZONED = r"^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}\S* ?([+-]\d{2}(:?\d{2})?|[A-Za-z]+/[A-Za-z_/]+)$"
_NO_ZONE = r"[+-]00(:?00)?$|/UTC$"
_SOME_SIGN = rf"[%‰]|{SIGN}"
_LARGEST_EXACT = 2.0**63


@dataclass
class ColumnEvidence:
    """Counts over the cells of one column.

    Attributes:
        is_sequence: The cells are sequences of numbers.
        signs: Units beside the numbers, such as "%" and "€".
        is_typed: The source says what the values are; text is then never read as numbers.
        num_rows: Cells seen.
        num_missing: Empty cells.
        num_markers: Cells such as "NA" or "?" that mean missing where numbers are expected.
        num_numbers: Cells that are numbers.
        num_infinite: Numbers that are infinite.
        num_leading_zeros: Numbers such as 007, which are rather codes.
        num_integers: Numbers without a fraction that fit into 64 bits.
        num_plain_integers: Integers written as a program would, so that the text can be rebuilt.
        num_dates: Cells that are points in time, for each order of day and month.
        zone_example: A point in time that names a zone other than UTC; "" if none does.
        num_counting: Integers that go on by one from row to row.
        num_with_space: Cells of several words.
        total_length: Sum of the lengths in characters.
        distinct: Distinct cells as written, no more than a limit.
        num_rows_distinct: Cells among which `distinct` was gathered.
        strange: Some cells that are neither numbers nor markers although others are numbers.
    """

    is_typed: bool = False
    signs: set[str] = field(default_factory=set)
    is_sequence: bool = False
    num_rows: int = 0
    num_missing: int = 0
    num_markers: int = 0
    num_numbers: int = 0
    num_infinite: int = 0
    num_leading_zeros: int = 0
    num_integers: int = 0
    num_plain_integers: int = 0
    num_dates: dict[DateOrder, int] = field(default_factory=lambda: dict.fromkeys(DateOrder, 0))
    zone_example: str = ""
    num_counting: int = 0
    num_with_space: int = 0
    total_length: int = 0
    distinct: set[str] = field(default_factory=set)
    num_rows_distinct: int = 0
    strange: list[str] = field(default_factory=list)
    max_distinct: int = MAX_DISTINCT
    may_hold_dates: bool | None = None
    first_integer: int | None = None

    @property
    def num_present(self) -> int:
        """Cells that are not empty."""
        return self.num_rows - self.num_missing

    @property
    def share_distinct(self) -> float:
        """Distinct cells among present ones, in [0, 1]; an estimate beyond the limit."""
        return len(self.distinct) / self.num_rows_distinct if self.num_rows_distinct else 0.0

    @property
    def date_order(self) -> DateOrder:
        """The order of day and month in which more cells are points in time."""
        return max(DateOrder, key=lambda order: self.num_dates[order])

    def observe(self, cells: pa.Array, style: NumberStyle) -> None:
        """Add a batch of cells.

        Args:
            cells: Text, numbers, points in time or sequences.
            style: How numbers are written.
        """
        if pa.types.is_string(cells.type):
            self._observe_text(cells, style)
        elif pa.types.is_list(cells.type):
            self.is_sequence = True
            self.num_missing += cells.null_count
        else:
            self._observe_typed(cells)
        self.num_rows += len(cells)

    def _observe_text(self, cells: pa.Array, style: NumberStyle) -> None:
        trimmed = pc.fill_null(trim(cells), "")
        present = pc.filter(trimmed, pc.not_equal(trimmed, ""))
        self.num_missing += len(cells) - len(present)
        if len(present) == 0:
            return
        rest = present
        if not self.is_typed:
            numbers = parse_numbers(trimmed, style)
            if numbers.null_count < len(numbers):
                self._observe_numbers(numbers, trimmed)
            of_present = parse_numbers(present, style) if len(present) < len(cells) else numbers
            rest = pc.filter(present, pc.is_null(of_present))
        if len(rest):
            is_marker = is_missing_marker(rest)
            self.num_markers += pc.sum(is_marker).as_py()
            self._keep_strange(pc.filter(rest, pc.invert(is_marker)))
            self._observe_dates(rest)
            self.num_with_space += pc.sum(pc.match_substring(rest, " ")).as_py()
        self._observe_distinct(present)
        self.total_length += pc.sum(pc.utf8_length(present)).as_py()

    def _observe_numbers(self, numbers: pa.Array, trimmed: pa.Array) -> None:
        values = numbers.to_numpy(zero_copy_only=False)
        is_number = ~np.isnan(values)
        self.num_numbers += int(is_number.sum())
        self.num_infinite += int(np.isinf(values).sum())
        is_integer = is_number & (np.abs(values) < _LARGEST_EXACT) & (np.floor(values) == values)
        self.num_integers += int(is_integer.sum())
        self._observe_counting(values)
        self._observe_signs(trimmed, is_number)
        if is_integer.any():
            zeros = pc.match_substring_regex(trimmed, r"^[+-]?0\d+$")
            self.num_leading_zeros += pc.sum(zeros).as_py()
            plain = pc.match_substring_regex(trimmed, r"^(?:0|-?[1-9]\d{0,17})$")
            self.num_plain_integers += pc.sum(plain).as_py()

    def _observe_signs(self, trimmed: pa.Array, is_number: np.ndarray) -> None:
        if pc.any(pc.match_substring_regex(trimmed, _SOME_SIGN)).as_py():
            self.signs |= signs_of_numbers(pc.filter(trimmed, pa.array(is_number)))

    def _observe_counting(self, values: np.ndarray) -> None:
        if self.first_integer is None:
            is_exact = abs(values[0]) < _LARGEST_EXACT  # not if missing, infinite or huge
            self.first_integer = int(values[0]) if is_exact else -1
        expected = self.first_integer + self.num_rows + np.arange(len(values))
        self.num_counting += int((values == expected).sum())

    def _observe_dates(self, texts: pa.Array) -> None:
        if self.may_hold_dates is None:
            self.may_hold_dates = looks_like_dates(texts[:NUM_DATE_EXAMPLES].to_pylist())
        if not self.may_hold_dates:
            return
        for order in DateOrder:
            parsed = parse_datetimes(texts, order)
            self.num_dates[order] += len(parsed) - parsed.null_count
        if not self.zone_example:
            self._observe_zones(texts)

    def _observe_zones(self, texts: pa.Array) -> None:
        zoned = pc.filter(texts, pc.match_substring_regex(texts, _ZONED))
        others = pc.filter(zoned, pc.invert(pc.match_substring_regex(zoned, _NO_ZONE)))
        self.zone_example = others[0].as_py() if len(others) else ""

    def _keep_strange(self, rest: pa.Array) -> None:
        if self.num_numbers and len(rest) and len(self.strange) < MAX_STRANGE:
            step = -(-len(rest) // MAX_STRANGE_AT_ONCE)
            self.strange += rest[::step].to_pylist()

    def _observe_distinct(self, present: pa.Array) -> None:
        if len(self.distinct) >= self.max_distinct:
            return
        self.distinct.update(present.to_pylist())
        self.num_rows_distinct += len(present)

    def _observe_typed(self, cells: pa.Array) -> None:
        self.num_missing += cells.null_count
        if pa.types.is_timestamp(cells.type):
            self.num_dates = {
                order: count + len(cells) - cells.null_count
                for order, count in self.num_dates.items()
            }
            return
        values = pc.cast(cells, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        is_number = ~np.isnan(values)
        self.num_missing += len(cells) - int(is_number.sum()) - cells.null_count
        self.num_numbers += int(is_number.sum())
        self.num_infinite += int(np.isinf(values).sum())
        if len(values):
            self._observe_counting(values)
        is_integer = is_number & (np.abs(values) < _LARGEST_EXACT) & (np.floor(values) == values)
        self.num_integers += int(is_integer.sum())
        self.num_plain_integers += int(is_integer.sum())
        if len(self.distinct) < self.max_distinct:
            self.distinct.update(str(value) for value in np.unique(values[is_number]))
            self.num_rows_distinct += int(is_number.sum())


def new_evidence(is_typed: Iterable[bool]) -> list[ColumnEvidence]:
    """Begin to gather evidence for the columns of a table.

    Args:
        is_typed: For each column whether the source says what its values are.
    """
    flags = list(is_typed)
    max_distinct = max(500, min(MAX_DISTINCT, MAX_DISTINCT_CELLS // max(1, len(flags))))
    return [ColumnEvidence(is_typed=flag, max_distinct=max_distinct) for flag in flags]
