"""Columns whose numbers are written with the other decimal sign than the rest of their file.

Files that were joined from several sources hold 3,5 in one column and 2.75 in the next one. Such
a column is read by its own notation if its cells leave no doubt: 1.234 alone stays as it is.
"""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.column_names import clean_names, names_in
from dlstudio.data.evidence import ColumnEvidence, new_evidence
from dlstudio.data.numbers import (
    NumberStyle,
    has_sure_decimal,
    is_missing_marker,
    parse_numbers,
    trim,
)
from dlstudio.data.options import ReadOptions
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, QualityWarning

OTHER_DECIMAL = "other-decimal-sign"
NO_COLUMNS = "none"
MIN_SHARE_OF_NUMBERS = 0.9
MIN_SHARE_SURE = 0.1  # a few "1,5" among whole numbers may be lists or mistakes
MAX_CELLS_LOOKED_AT = 5_000
_SIGN_NAMES = {".": "point", ",": "comma"}


def with_other_notation(stage: Stage, options: ReadOptions) -> Stage:
    """Find the columns of a file that have a notation of their own.

    Args:
        stage: The file, in the notation of most of its columns.
        options: What the user has fixed; columns that were named are taken as they are, and a
            decimal sign that was chosen holds for all others.

    Returns:
        The same rows with the evidence of those columns in their notation; the stage as it is if
        there are none.

    Raises:
        DataError: A column that was named does not exist.
    """
    names, _ = clean_names(stage.names)
    if options.other_decimal is not None:
        found = _named(options.other_decimal, names)
    elif options.decimal is not None:
        found = ()
    else:
        evidence = zip(names, stage.evidence, strict=True)
        found = tuple(name for name, column in evidence if _is_other(column, stage.number_style))
    if not found:
        rest = {key: value for key, value in stage.options.items() if key != "other_decimal"}
        chosen = {} if options.other_decimal is None else {"other_decimal": NO_COLUMNS}
        return replace(stage, other_decimal=(), options={**rest, **chosen})
    return replace(
        stage,
        evidence=_observe_again(stage, [names.index(name) for name in found]),
        other_decimal=found,
        options=with_columns(stage.options, found),
    )


def with_columns(
    options: dict[str, str | int | bool | None], columns: Iterable[str]
) -> dict[str, str | int | bool | None]:
    """Note in the read options which columns have the other decimal sign.

    Args:
        options: How a file was read.
        columns: Names of the columns.
    """
    return {**options, "other_decimal": ", ".join(columns) or NO_COLUMNS}


def columns_of(option: object, names: Sequence[str]) -> tuple[str, ...]:
    """Take the noted columns out of the read options.

    Args:
        option: The option's value; None or "none" for no columns.
        names: The columns there are.

    Returns:
        Those of the named columns that exist.
    """
    text = str(option or NO_COLUMNS)
    return () if text == NO_COLUMNS else tuple(n for n in names_in(text, names) if n in names)


def notation_warnings(
    names: Sequence[str], kinds: Sequence[ColumnKind], stage: Stage
) -> tuple[QualityWarning, ...]:
    """Tell which columns of numbers were read by a notation of their own.

    Args:
        names: The columns.
        kinds: Their kinds.
        stage: The file as read.
    """
    style, other = stage.number_style, stage.number_style.other
    return tuple(
        QualityWarning(
            code=OTHER_DECIMAL,
            where=name,
            problem=f"The numbers of {name!r} are written with a decimal "
            f"{_SIGN_NAMES[other.decimal]}, those of the rest of the file with a decimal "
            f"{_SIGN_NAMES[style.decimal]}; each was read as it is written.",
            fix="Take the column out of 'Columns with the other decimal sign' under How it was "
            "read, and read the file again, if that is wrong.",
        )
        for name, kind in zip(names, kinds, strict=True)
        if name in stage.other_decimal and kind is ColumnKind.NUMBER
    )


def _is_other(evidence: ColumnEvidence, style: NumberStyle) -> bool:
    """Whether nearly all cells are numbers in the other notation alone, some beyond doubt."""
    if evidence.is_typed or evidence.num_numbers + evidence.num_markers == evidence.num_present:
        return False
    cells = [cell for cell, _ in zip(evidence.distinct, range(MAX_CELLS_LOOKED_AT), strict=False)]
    texts = trim(pa.array(cells, pa.string()))
    texts = texts.filter(pc.invert(is_missing_marker(texts)))
    in_other, in_own = (
        len(texts) - parse_numbers(texts, each).null_count for each in (style.other, style)
    )
    if in_other <= in_own or in_other < MIN_SHARE_OF_NUMBERS * len(texts):
        return False
    plain = texts.to_pylist()
    num_sure = sum(has_sure_decimal(cell, style.other.decimal) for cell in plain)
    has_own = any(has_sure_decimal(cell, style.decimal) for cell in plain)
    # A zero in front is how days, times and codes are written: 01.12 is the first of December.
    has_codes = any(cell[:1] == "0" and cell[1:2].isdigit() for cell in plain)
    return num_sure >= MIN_SHARE_SURE * len(plain) and not has_own and not has_codes


def _named(text: str, names: Sequence[str]) -> tuple[str, ...]:
    if text == NO_COLUMNS:
        return ()
    found = names_in(text, names)
    unknown = [name for name in found if name not in names]
    if unknown:
        raise DataError(
            f"There is no column {unknown[0]!r} whose decimal sign could differ.",
            f"Name columns of the file, with commas between them, or {NO_COLUMNS!r}.",
            where="other_decimal",
        )
    return found


def _observe_again(stage: Stage, places: Sequence[int]) -> tuple[ColumnEvidence, ...]:
    evidence = list(stage.evidence)
    fresh = new_evidence(column.is_typed for column in evidence)
    for place in places:
        evidence[place] = fresh[place]
    with pq.ParquetFile(stage.path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=[f"c{place}" for place in places])
            for place, cells in zip(places, table.columns, strict=True):
                for chunk in cells.chunks:
                    evidence[place].observe(chunk, stage.number_style.other)
    return tuple(evidence)
