"""What may spoil a model: quality warnings with a fix."""

from collections.abc import Callable, Iterator
from itertools import groupby

from dlstudio.data.dataset import Dataset
from dlstudio.data.duplicates import can_drop_repeated, count_duplicate_rows
from dlstudio.data.equal_files import file_columns
from dlstudio.data.file_quality import equal_file_warnings
from dlstudio.data.group_hints import looks_like_groups
from dlstudio.data.mixed_types import share_of_numbers
from dlstudio.data.options import FileFormat
from dlstudio.data.profile_limits import ProfileLimits
from dlstudio.data.sequence_hints import sequence_warnings
from dlstudio.data.target_quality import target_warnings
from dlstudio.data.text_cells import long_cell_warnings, with_lines_of_gaps
from dlstudio.spec.dataset import (
    ColumnInfo,
    ColumnKind,
    ColumnRole,
    DatasetInfo,
    QualityWarning,
    SourceInfo,
)
from dlstudio.spec.digit_dates import holds_digit_dates

MAX_WARNINGS_OF_A_CODE = 20
MIN_ROWS_FOR_OUTLIERS = 30
OUTLIER_RANGES = 20.0
MIN_SHARE_OF_KEYS = 0.95
MIN_SHARE_OF_NAMES = 0.99
MIN_ROWS_OF_KEYS = 20
FEW_ROWS = 50
MANY_CATEGORIES = 1_000
MIN_MIXED, MAX_MIXED = 0.05, 0.95
FILE_COLUMN = "file"
ColumnCheck = Callable[[DatasetInfo, ColumnInfo], "QualityWarning | None"]


def check_quality(dataset: Dataset, limits: ProfileLimits) -> tuple[QualityWarning, ...]:
    """Find what may spoil a model.

    Args:
        dataset: The dataset with its profile.
        limits: How much memory may be taken.

    Returns:
        Warnings about the table, then about its columns in order. More than 20 of a kind are one
        warning about the whole table.
    """
    warnings = [*_table_warnings(dataset, limits)]
    warnings += sequence_warnings(dataset)
    warnings += equal_file_warnings(dataset)
    for check in _COLUMN_CHECKS:
        found = [check(dataset.info, column) for column in dataset.info.columns]
        told = _collapse([warning for warning in found if warning is not None])
        warnings += [with_lines_of_gaps(dataset, warning) for warning in told]
    if dataset.info.source.format != FileFormat.COLLECTION:
        warnings += _collapse(list(long_cell_warnings(dataset)))
    warnings += _collapse(list(_mixed_types(dataset)))
    for target in dataset.info.with_role(ColumnRole.TARGET):
        warnings += target_warnings(dataset, target)
    return tuple(warnings)


def columns_with(info: DatasetInfo, code: str) -> list[ColumnInfo]:
    """Find the columns that a warning of a kind holds for, also where it was said once for many.

    Args:
        info: The dataset with its profile.
        code: The warning's code; of those that follow from the profile alone.
    """
    found = []
    for column in info.columns:
        warnings = (check(info, column) for check in _COLUMN_CHECKS)
        if any(warning is not None and warning.code == code for warning in warnings):
            found.append(column)
    return found


def _table_warnings(dataset: Dataset, limits: ProfileLimits) -> Iterator[QualityWarning]:
    info = dataset.info
    if info.source.num_rows_rejected:
        yield _rejected_rows(info.source)
    if info.num_rows < FEW_ROWS:
        yield QualityWarning(
            code="few-rows",
            where="",
            problem=f"There {'is' if info.num_rows == 1 else 'are'} only "
            f"{_rows(info.num_rows)}; every score will be a guess.",
            fix="Collect more rows, or take the scores as a first hint only.",
        )
    num_duplicates = count_duplicate_rows(dataset.table_path, info.columns, limits)
    if num_duplicates:
        remedy = "Leave out the repetitions"
        if not can_drop_repeated(info):
            remedy = "Remove the repetitions from the files"
        consequence = (
            "; a split at random or by group keeps rows with equal files together"
            if file_columns(info.columns)
            else ". A random split may put one into training and its repetition into test, "
            "which makes scores look too good"
        )
        yield QualityWarning(
            code="duplicate-rows",
            where="",
            problem=f"{_rows(num_duplicates)} ({_percent(num_duplicates, info.num_rows)}) "
            f"{'repeats' if num_duplicates == 1 else 'repeat'} an earlier row{consequence}.",
            fix=f"{remedy}, unless they are separate observations.",
        )


def _rejected_rows(source: SourceInfo) -> QualityWarning:
    first = source.unreadable[0] if source.unreadable else None
    count = _rows(source.num_rows_rejected)
    if source.format == FileFormat.COLLECTION:
        example = f", such as {first.text!r}, which {first.reason}" if first else ""
        problem = f"{count} left out because of files that cannot be read{example}."
        fix = "Look at the list of what could not be read, mend it and add all again."
    else:
        place = f", the first in line {first.line}" if first and first.line else ""
        problem = f"{count} could not be read{place}."
        fix = "Look at the list of unreadable rows, mend them in the file and add it again."
    return QualityWarning(code="rejected-rows", where="", problem=problem, fix=fix)


def _all_missing(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if column.num_missing < info.num_rows:
        return None
    if column.role is ColumnRole.IGNORE:
        problem = "has no value in any row, so it is left out."
        return _warning("all-missing", column, problem, "Nothing needs to be done.")
    return _warning("all-missing", column, "has no value in any row.", "Leave the column out.")


def _missing_values(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if not 0 < column.num_missing < info.num_rows:
        return None
    share = _percent(column.num_missing, info.num_rows)
    if column.kind is ColumnKind.NUMBER:
        fix = "Choose on Design, under Columns, how gaps are filled, or fill them in the file."
    else:
        fix = "Nothing needs to be done if a gap means something; else fill the gaps in the file."
    return _warning(
        "missing-values", column, f"has no value in {_rows(column.num_missing)} ({share}).", fix
    )


def _constant(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if column.num_distinct != 1 or column.num_missing or info.num_rows < 2:
        return None
    if column.role is ColumnRole.IGNORE:
        return None
    return _warning(
        "constant", column, "holds the same value in every row.", "Set its role to ignore."
    )


def _digit_dates(_info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if column.role is ColumnRole.IGNORE or not holds_digit_dates(column):
        return None
    return _warning(
        "dates-in-digits",
        column,
        f"seems to hold dates written as one number, such as {column.max:.0f}; the distance of "
        "such numbers is no time.",
        "Set its kind to datetime.",
    )


def _identifier_like(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if column.name == FILE_COLUMN and info.source.format == FileFormat.COLLECTION:
        return None  # it is there to find a file, and everybody knows
    num_present = info.num_rows - column.num_missing
    if column.kind is ColumnKind.IDENTIFIER:
        names = "names its rows"
        if column.num_distinct < MIN_SHARE_OF_NAMES * num_present:
            names = f"holds {column.num_distinct:,} different codes in {_rows(num_present)}"
        return _warning(
            "identifier-like",
            column,
            f"{names}, so a network could only learn it by heart; it is left out.",
            "Change its kind if its values mean something for rows never seen.",
        )
    is_key = (
        column.kind is ColumnKind.CATEGORY
        and num_present >= MIN_ROWS_OF_KEYS
        and column.num_distinct >= MIN_SHARE_OF_KEYS * num_present
    )
    if not is_key or column.role is not ColumnRole.INPUT:
        return None
    return _warning(
        "identifier-like",
        column,
        f"has {column.num_distinct:,} different values in {_rows(num_present)}.",
        "Set its kind to identifier or text, or its role to ignore.",
    )


def _many_categories(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if column.kind is not ColumnKind.CATEGORY or column.num_distinct <= MANY_CATEGORIES:
        return None
    return _warning(
        "many-categories",
        column,
        f"has {column.num_distinct:,} categories, about "
        f"{(info.num_rows - column.num_missing) / column.num_distinct:,.0f} rows for each.",
        "Keep the learned embedding, or join rare categories in the file.",
    )


def _infinite_values(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if not column.num_infinite:
        return None
    return _warning(
        "infinite-values",
        column,
        f"is infinite in {_rows(column.num_infinite)}; training takes them for missing.",
        "Write the true value or leave the cell empty.",
    )


def _unreadable_cells(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if not column.num_unreadable:
        return None
    entries = (entry for entry in info.source.unreadable if entry.column == column.name)
    first = next(entries, None)
    place = f" in line {first.line}" if first and first.line else ""
    example = f", the first is {first.text[:40]!r}{place}" if first else ""
    noun = "cell" if column.num_unreadable == 1 else "cells"
    return _warning(
        "unreadable-cells",
        column,
        f"has {column.num_unreadable:,} {noun} that could not be read as a "
        f"{column.kind.value}{example}; they count as missing.",
        "Mend them in the file, or set the kind to category.",
    )


def _extreme_outliers(info: DatasetInfo, column: ColumnInfo) -> QualityWarning | None:
    if len(column.quantiles) != 9 or info.num_rows < MIN_ROWS_FOR_OUTLIERS:
        return None
    low, _, _, quarter, _, three_quarters, _, _, high = column.quantiles
    spread = three_quarters - quarter
    worst = high if high - three_quarters > quarter - low else low
    distance = max(high - three_quarters, quarter - low)
    if spread <= 0 or distance <= OUTLIER_RANGES * spread:
        return None
    return _warning(
        "extreme-outliers",
        column,
        f"reaches {_plain(worst)}, while half of the values lie between {_plain(quarter)} and "
        f"{_plain(three_quarters)}.",
        "Check whether that is a mistake; else choose robust or quantile scaling.",
    )


def _plain(value: float) -> str:
    """Six digits, without powers of ten where people would not write them."""
    return f"{value:,.0f}" if 1e5 <= abs(value) < 1e12 else f"{value:,.6g}"


_COLUMN_CHECKS: tuple[ColumnCheck, ...] = (
    _all_missing,
    _unreadable_cells,
    _missing_values,
    _constant,
    _identifier_like,
    _digit_dates,
    looks_like_groups,
    _many_categories,
    _infinite_values,
    _extreme_outliers,
)


def _mixed_types(dataset: Dataset) -> Iterator[QualityWarning]:
    for column, share in share_of_numbers(dataset):
        if MIN_MIXED <= share <= MAX_MIXED:
            yield _warning(
                "mixed-types",
                column,
                f"mixes numbers ({100 * share:.0f} % of its values) with words.",
                "Set its kind to number if the words mean missing; they then count as missing.",
            )


def _collapse(warnings: list[QualityWarning]) -> list[QualityWarning]:
    """Say once what holds for many columns, so that the other warnings are seen."""
    result: list[QualityWarning] = []
    for code, group in groupby(warnings, key=lambda warning: warning.code):
        members = list(group)
        if len(members) <= MAX_WARNINGS_OF_A_CODE:
            result += members
            continue
        names = ", ".join(repr(member.where) for member in members[:10])
        problem = (
            f"{len(members):,} columns have this problem: {names} and "
            f"{len(members) - 10:,} more. For example: {members[0].problem}"
        )
        result.append(QualityWarning(code=code, where="", problem=problem, fix=members[0].fix))
    return result


def _warning(code: str, column: ColumnInfo, problem: str, fix: str) -> QualityWarning:
    return QualityWarning(
        code=code, where=column.name, problem=f"The column {column.name!r} {problem}", fix=fix
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _percent(part: int, whole: int) -> str:
    share = 100 * part / max(1, whole)
    return f"{share:.1f} %" if share >= 0.1 else "less than 0.1 %"
