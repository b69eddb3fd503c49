"""Dates and times written as text."""

import re
from collections.abc import Iterable
from itertools import product

import pyarrow as pa

from dlstudio.data.duck import run_on_cells
from dlstudio.data.options import DateOrder

_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S")
_DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y")
_NAMED_MONTH = (
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d. %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%a %b %d %Y",
    "%a, %d %b %Y",
)
_ISO_LIKE = ("%Y/%m/%d", "%Y.%m.%d", "%Y-%m", "%Y/%m", "%Y%m%d")
# Whole months, without a day.
_MONTHS = ("%b %Y", "%B %Y", "%b, %Y", "%b-%Y", "%B-%Y", "%Y %b", "%Y %B", "%Y-%b", "%Y-%B")
_MONTH_PATTERN = r"^(?:[A-Za-z]{3,9},?[- ]\d{4}|\d{4}[- ][A-Za-z]{3,9})$"
# Quarters, months and weeks as statistical offices write them: 2001Q1, Q1 2001, 2001M01, 2001-W05.
_QUARTER_PATTERN = r"^\d{4}[- ]?[Qq][1-4]$"
_LATE_QUARTER_PATTERN = r"^[Qq][1-4][- ]?\d{4}$"
_NUMBERED_MONTH_PATTERN = r"^\d{4}[- ]?[Mm]\d{1,2}$"
_WEEK_PATTERN = r"^\d{4}[- ]?[Ww]\d{2}(?:-?[1-7])?$"
_LOOKS_LIKE_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([ T].*)?"
    r"|(\w{3},? )?\d{1,2}[ .-]{1,2}[A-Za-z]{3,9}[ -]\d{2,4}.*"
    r"|(\w{3} )?[A-Za-z]{3,9} \d{1,2},? \d{4}.*"
    r"|[A-Za-z]{3,9},?[- ]\d{4}|\d{4}[- ][A-Za-z]{3,9}"
    r"|\d{4}[- ]?[QqMmWw]\d{1,2}(-?[1-7])?|[Qq][1-4][- ]?\d{4}"
)
_SHORT_YEAR_PATTERN = r"^\d{1,2}[-/.](?:\d{1,2}|[A-Za-z]{3})[-/.]\d{2}(?: .*)?$"
_ISO_PATTERN = r"^\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?$"


def looks_like_dates(cells: Iterable[str]) -> bool:
    """Tell cheaply whether it is worth trying to read cells as dates.

    Args:
        cells: Some cells that are not missing, without surrounding white space.
    """
    matches = [_LOOKS_LIKE_DATE.fullmatch(cell) is not None for cell in cells]
    return bool(matches) and sum(matches) >= len(matches) / 2


def parse_datetimes(cells: pa.Array, order: DateOrder) -> pa.Array:
    """Read cells as points in time.

    Args:
        cells: Text without surrounding white space; "" or null is a missing cell.
        order: Whether the day or the month comes first where both are numbers.

    Returns:
        timestamp[us] of the same length, in UTC where a zone was given and as written where
        none was; null where a cell is missing or is no date.
    """
    numeric = _DAY_FIRST if order is DateOrder.DAY_FIRST else _MONTH_FIRST
    formats = _with_clocks((*numeric, *_ISO_LIKE, *_NAMED_MONTH))
    short = _with_clocks([day.replace("%Y", "%y") for day in (*numeric, "%d-%b-%Y")])
    # The cast to TIMESTAMPTZ is the one that heeds a zone; strptime would ignore it.
    query = (
        f"SELECT CASE WHEN regexp_full_match(cell, '{_ISO_PATTERN}') "
        "THEN make_timestamp(epoch_us(TRY_CAST(cell AS TIMESTAMPTZ))) "
        f"WHEN regexp_full_match(cell, '{_SHORT_YEAR_PATTERN}') "
        f"THEN try_strptime(cell, [{short}]) "
        f"{_PERIODS}"
        f"WHEN regexp_matches(cell, '\\d{{4}}') "
        f"THEN try_strptime(cell, [{formats}]) END AS cell FROM cells"
    )
    return run_on_cells(query, cells).cast(pa.timestamp("us"))


def _first_of_month(year: str, month: str) -> str:
    return f"try_strptime({year} || '-' || {month}, '%Y-%m') "


# The first moment of a period, as SQL.
_PERIODS = (
    f"WHEN regexp_full_match(cell, '{_MONTH_PATTERN}') THEN try_strptime(cell, {list(_MONTHS)}) "
    f"WHEN regexp_full_match(cell, '{_QUARTER_PATTERN}') THEN "
    + _first_of_month("left(cell, 4)", "(3 * TRY_CAST(right(cell, 1) AS INTEGER) - 2)")
    + f"WHEN regexp_full_match(cell, '{_LATE_QUARTER_PATTERN}') THEN "
    + _first_of_month("right(cell, 4)", "(3 * TRY_CAST(cell[2] AS INTEGER) - 2)")
    + f"WHEN regexp_full_match(cell, '{_NUMBERED_MONTH_PATTERN}') THEN "
    + _first_of_month("left(cell, 4)", r"regexp_extract(cell, '\d{1,2}$')")
    + f"WHEN regexp_full_match(cell, '{_WEEK_PATTERN}') THEN try_strptime(left(cell, 4) || '-' || "
    r"regexp_extract(cell, '[Ww](\d\d)', 1) || '-' || "
    r"coalesce(nullif(regexp_extract(cell, '[Ww]\d\d-?([1-7])$', 1), ''), '1'), '%G-%V-%u') "
)


def _with_clocks(days: Iterable[str]) -> str:
    """Every day format with every clock format, as a list for SQL."""
    return ", ".join(f"'{day}{clock}'" for day, clock in product(days, _CLOCKS))
