"""Numbers written as text: which cells are numbers, in which notation, and their values."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

# What people and programs write where a number is missing.
MISSING_MARKERS = (
    "na",
    "n/a",
    "n.a.",
    "#n/a",
    "#na",
    "nan",
    "null",
    "nil",
    "none",
    "missing",
    "?",
    "-",
    "--",
    ".",
    "#value!",
    "#div/0!",
    "#ref!",
    "#num!",
    "\\n",
)
_MARKERS = pa.array(MISSING_MARKERS)
_INFINITY = "inf|infinity"
# Units that stand beside a number and say nothing about its size; RE2 and `re` read both alike.
SIGN = (
    r"(?:(?:US|CA|C|AU|A|NZ|HK|R)?[$€£¥₹₽₩₺₴₪₫฿₦₱₡₲₵₸₼₾¢]"
    r"|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|CAD|AUD|kr|zł|Kč)"
)
_SPACES = "[ \u00a0\u2009\u202f]"
_APOSTROPHES = "['\u2019]"  # Swiss programs write the curved one
_MINUS = "\u2212"
_PLUS_MINUS = f"[+{_MINUS}-]?"
_SUFFIX = rf"{_SPACES}?(?:[%‰]|{SIGN})"
_PREFIX = rf"{SIGN}{_SPACES}?"
_ANY_SIGN = rf"{_SPACES}?(?:[%‰]|{SIGN}){_SPACES}?"
_PYTHON_SIGN = re.compile(_ANY_SIGN)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<group>[,. '])\d{3}(?:(?P=group)\d{3})*")
_INDIAN = re.compile(r"[+-]?\d{1,2}(?:,\d\d)+,\d{3}(\.\d+)?")
_GROUPED_WITH_FRACTION = re.compile(r"[+-]?\d{1,3}(?:([,. '])\d{3})+([.,])\d+")


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written in a file.

    Attributes:
        decimal: The sign before the fraction, "." or ",".
        thousands: The sign between groups of three digits; empty if there is none.
    """

    decimal: str = "."
    thousands: str = ""

    @property
    def options(self) -> dict[str, str]:
        """The same as read options, for the record."""
        return {"decimal": self.decimal, "thousands": self.thousands or "none"}

    @property
    def other(self) -> "NumberStyle":
        """The notation in which point and comma have changed their meaning."""
        return NumberStyle("," if self.decimal == "." else ".", self.decimal)

    @property
    def pattern(self) -> str:
        """Regular expression (RE2) that matches a whole number cell."""
        point = re.escape(self.decimal)
        whole = r"\d+"
        if self.thousands:
            whole = rf"(?:{_grouped(self.thousands)}|\d+)"
        digits = rf"(?:{whole}(?:{point}\d*)?|{point}\d+)"
        number = rf"{digits}(?:[eE][+-]?\d+)?"
        signed = rf"{_PLUS_MINUS}{number}"
        with_sign = rf"{_PLUS_MINUS}{_PREFIX}{number}|{_PREFIX}{signed}|{signed}{_SUFFIX}"
        return rf"^(?:{signed}|{_PLUS_MINUS}(?i:{_INFINITY})|{with_sign})$"


PLAIN_NUMBERS = NumberStyle()


def guess_number_style(cells: Iterable[str], delimiter: str) -> NumberStyle:
    """Guess how numbers are written.

    Args:
        cells: Some cells of the file.
        delimiter: The delimiter of the file; a semicolon speaks for a decimal comma where "1,234"
            could be read both ways.
    """
    votes = Counter(vote for cell in cells for vote in _votes(_without_sign(cell.strip())))
    comma_decimals = votes["decimal ,"]
    comma_groups = votes["group ,"]
    ambiguous = votes["ambiguous ,"]
    if comma_decimals == comma_groups == 0 and ambiguous:
        speaks_for_decimal = delimiter == ";" and not votes["decimal ."]
        comma_decimals, comma_groups = (1, 0) if speaks_for_decimal else (0, 1)
    if comma_decimals > comma_groups:
        groups = {sign: votes[f"group {sign}"] for sign in ". '"}
        decimal = ","
    else:
        groups = {sign: votes[f"group {sign}"] for sign in " '"} | {",": comma_groups}
        decimal = "."
    sign, count = max(groups.items(), key=lambda item: item[1])
    return NumberStyle(decimal, sign if count else "")


def has_sure_decimal(cell: str, decimal: str) -> bool:
    """Tell whether a cell is a number with a fraction that can be no group of thousands.

    Args:
        cell: Such as "2.75"; 1.234 could be a thousand and is not sure, 0.123 is.
        decimal: The sign before the fraction, "." or ",".
    """
    plain = _without_sign(cell.strip())
    if f"decimal {decimal}" not in _votes(plain):
        return plain.startswith(f"0{decimal}") and plain[2:].isdigit()
    return plain.lstrip("+-").startswith("0") or not _GROUPED.fullmatch(plain)


def trim(cells: pa.Array) -> pa.Array:
    """Return the cells without surrounding white space."""
    return pc.utf8_trim_whitespace(cells)


def parse_numbers(cells: pa.Array, style: NumberStyle) -> pa.Array:
    """Read cells as numbers.

    Args:
        cells: Text without surrounding white space; "" or null is a missing cell.
        style: How numbers are written.

    Returns:
        float64 of the same length; null where a cell is missing or is not a number. Infinities
        are kept.
    """
    present = pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
    if style == PLAIN_NUMBERS:
        try:
            return _without_nan(pc.cast(present, pa.float64()))
        except pa.ArrowInvalid:
            pass  # Some cells are not plain numbers: look at each.
    return _without_nan(pc.cast(_normalised(present, style), pa.float64()))


def parse_integers(cells: pa.Array, style: NumberStyle) -> pa.Array:
    """Read cells that are whole numbers as int64, exactly, also beyond 2**53.

    Args:
        cells: Text without surrounding white space.
        style: How numbers are written.

    Returns:
        int64 of the same length; null where a cell is missing or not a number.
    """
    numbers = parse_numbers(cells, style)
    digits = _normalised(pc.if_else(pc.is_valid(numbers), cells, None), style)
    digits = pc.replace_substring_regex(digits, r"^\+", "")
    try:
        return pc.cast(digits, pa.int64())
    except pa.ArrowInvalid:
        return pc.cast(numbers, pa.int64(), safe=False)


def is_missing_marker(cells: pa.Array) -> pa.Array:
    """Tell which cells are one of the usual signs for a missing number.

    Args:
        cells: Text without surrounding white space.
    """
    return pc.is_in(pc.utf8_lower(cells), value_set=_MARKERS)


def signs_of_numbers(cells: pa.Array) -> set[str]:
    """The different signs, such as "%" and "€", that stand beside numbers.

    Args:
        cells: Text that `parse_numbers` can read.
    """
    found = pc.extract_regex(cells, rf"(?P<sign>[%‰]|{SIGN})").field("sign")
    return {sign for sign in pc.unique(found).to_pylist() if sign}


def _normalised(cells: pa.Array, style: NumberStyle) -> pa.Array:
    """Cells that are numbers in the notation of a program; the rest become null."""
    is_number = pc.match_substring_regex(cells, style.pattern)
    numbers = pc.if_else(is_number, cells, pa.scalar(None, pa.string()))
    numbers = pc.replace_substring_regex(numbers, _ANY_SIGN, "")
    if style.thousands == " ":
        numbers = pc.replace_substring_regex(numbers, _SPACES, "")
    elif style.thousands == "'":
        numbers = pc.replace_substring_regex(numbers, _APOSTROPHES, "")
    elif style.thousands:
        numbers = pc.replace_substring(numbers, style.thousands, "")
    numbers = pc.replace_substring(numbers, _MINUS, "-")
    if style.decimal != ".":
        numbers = pc.replace_substring(numbers, style.decimal, ".")
    return numbers


def _without_nan(numbers: pa.Array) -> pa.Array:
    """The same numbers with null in place of NaN."""
    return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)


def _grouped(thousands: str) -> str:
    """Regular expression of a whole number in groups of digits."""
    separator = {" ": _SPACES, "'": _APOSTROPHES}.get(thousands, re.escape(thousands))
    threes = rf"\d{{1,3}}(?:{separator}\d{{3}})+"
    # In India 1,234,567 is 12,34,567.
    return rf"{threes}|\d{{1,2}}(?:,\d\d)+,\d{{3}}" if thousands == "," else threes


_PLAIN_SIGNS = str.maketrans("\u00a0\u2009\u202f\u2019\u2212", "   '-")


def _without_sign(cell: str) -> str:
    return _PYTHON_SIGN.sub("", cell).translate(_PLAIN_SIGNS)


def _votes(cell: str) -> tuple[str, ...]:
    """What one cell says about the notation; empty if it says nothing."""
    if match := _INDIAN.fullmatch(cell):
        return ("group ,", "decimal .") if match[1] else ("group ,",)
    if match := _GROUPED_WITH_FRACTION.fullmatch(cell):
        group, decimal = match.groups()
        return (f"group {group}", f"decimal {decimal}") if group != decimal else ()
    match = _GROUPED.fullmatch(cell)
    if match and (cell.count(match["group"]) > 1 or match["group"] in " '"):
        return (f"group {match['group']}",)
    if match and match["group"] == "," and not cell.startswith("0"):
        return ("ambiguous ,",)
    if _DECIMAL_COMMA.fullmatch(cell):
        return ("decimal ,",)
    return ("decimal .",) if _DECIMAL_POINT.fullmatch(cell) else ()
