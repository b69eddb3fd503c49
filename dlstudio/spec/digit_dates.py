"""Dates written as one number, whose distances mean nothing: 201912 is 89 before 202001."""

from dlstudio.spec.dataset import ColumnInfo, ColumnKind

FIRST_YEAR, LAST_YEAR = 1_700, 2_200


def holds_digit_dates(column: ColumnInfo) -> bool:
    """Whether numbers are year and month, or year, month and day in one: 195803 or 19580329.

    Args:
        column: A column with its profile; all of its values that are known there must be dates.
    """
    if column.kind is not ColumnKind.NUMBER or not column.is_integer or column.num_distinct < 2:
        return False
    ends = [column.min or 0.0, column.max or 0.0]
    numbers = [int(number) for number in (*ends, *(float(x.value) for x in column.top_values))]
    return all(map(_is_month, numbers)) or all(map(_is_day, numbers))


def _is_month(number: int) -> bool:
    return FIRST_YEAR <= number // 100 <= LAST_YEAR and 1 <= number % 100 <= 12


def _is_day(number: int) -> bool:
    return _is_month(number // 100) and 1 <= number % 100 <= 31
