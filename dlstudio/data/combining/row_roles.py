"""What the columns of a long table become when its rows are joined to sequences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlstudio.data.combining.source import TypedColumn, TypedTable
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, ColumnRole

if TYPE_CHECKING:
    import duckdb

# A text that changes in more of the sequences than this is no label that was mistyped.
MAX_SHARE_OF_MISTAKES = 0.1
LABEL_NAMES = ("target", "label", "labels", "class", "activity", "outcome", "diagnosis")
MEDIA_KINDS = (ColumnKind.IMAGE, ColumnKind.AUDIO, ColumnKind.VIDEO, ColumnKind.SEQUENCE)
_GROUP_NAME = re.compile(
    r"(subject|patient|person|participant|volunteer|individual|user|speaker|group)"
    r"([ _.-]?(id|no|nr|number|code))?",
    re.IGNORECASE,
)
Remark = tuple[str, str, str]


@dataclass(frozen=True)
class RowRoles:
    """Places of the columns by what becomes of them.

    Attributes:
        channels: Numbers that change from step to step.
        constants: Columns with one value a sequence.
        left_out: Columns that change and are no numbers.
    """

    channels: tuple[int, ...]
    constants: tuple[int, ...]
    left_out: tuple[int, ...]


def decide_roles(
    table: TypedTable,
    by: Sequence[int],
    others: Sequence[int],
    named: Sequence[int],
    connection: "duckdb.DuckDBPyConnection",
) -> RowRoles:
    """Tell channels from what holds for whole sequences.

    Args:
        table: The table.
        by: Places of the columns that name the sequence of a row.
        others: Places of the columns that are neither in `by` nor the time.
        named: Places of the channels if somebody named them; numbers that change if empty.
        connection: Holds the table `sequences` with a row a sequence: `first` (its first row),
            `k0`, … (the columns of `by`), and `low<place>` and `high<place>` of the others.

    Raises:
        DataError: A label changes within a sequence, or nothing changes from step to step.
    """
    counts = ", ".join(
        f"count(*) FILTER (low{place} IS DISTINCT FROM high{place})" for place in others
    )
    row = connection.execute(f"SELECT count(*), {counts or '0'} FROM sequences").fetchone()
    total, *changing = row or (0,)
    _check_numbers(table, named)
    channels = list(named)
    constants: list[int] = []
    left_out: list[int] = []
    for place, num_changing in zip(others, changing, strict=False):
        column = table.columns[place]
        if place in named:
            continue
        if not num_changing:
            constants.append(place)
        elif _is_mistake(column, num_changing / total):
            raise _changing_label(table, by, place, num_changing, connection)
        elif column.kind is ColumnKind.NUMBER and not named:
            channels.append(place)
        else:
            left_out.append(place)
    if not channels:
        raise _nothing_changes(table, by)
    return RowRoles(tuple(channels), tuple(constants), tuple(left_out))


def role_of_constant(column: TypedColumn, num_distinct: int, num_sequences: int) -> ColumnRole:
    """What a column with one value a sequence is for.

    Args:
        column: The column; a role that somebody gave it stays.
        num_distinct: Its different values.
        num_sequences: The number of sequences.

    Returns:
        Group for people and the like that have several sequences: those of one person must not
        be in training and test.
    """
    may_group = column.role in (ColumnRole.INPUT, ColumnRole.IGNORE)
    repeats = 1 < num_distinct < num_sequences
    is_group = may_group and repeats and _GROUP_NAME.fullmatch(column.name)
    return ColumnRole.GROUP if is_group else column.role


def left_out_remark(table: TypedTable, left_out: Sequence[int]) -> list[Remark]:
    """Tell which columns found no place."""
    if not left_out:
        return []
    names = ", ".join(repr(table.columns[place].name) for place in left_out[:10])
    is_one = len(left_out) == 1
    subject = f"The column {names} changes" if is_one else f"The columns {names} change"
    rest = "is no channel; it was left out" if is_one else "are no channels; they were left out"
    return [
        (
            "left-out-columns",
            f"{subject} within the sequences and {rest}.",
            "Choose an id that also tells these values apart if they are what is to be learned.",
        )
    ]


def _check_numbers(table: TypedTable, named: Sequence[int]) -> None:
    for column in (table.columns[place] for place in named):
        if column.kind is not ColumnKind.NUMBER:
            raise DataError(
                f"The column {column.name!r} is of kind {column.kind.value}, so it cannot be a "
                "channel.",
                "Name only columns of numbers as channels.",
                where="sequence_channels",
            )


def _is_mistake(column: TypedColumn, share: float) -> bool:
    if column.role is ColumnRole.TARGET:
        return True
    may_be_label = column.kind is ColumnKind.CATEGORY or column.name.lower() in LABEL_NAMES
    return may_be_label and share <= MAX_SHARE_OF_MISTAKES


def _changing_label(
    table: TypedTable,
    by: Sequence[int],
    place: int,
    num_changing: int,
    connection: "duckdb.DuckDBPyConnection",
) -> DataError:
    keys = ", ".join(f"k{number}" for number in range(len(by)))
    found = connection.execute(
        f"SELECT low{place}, high{place}, {keys} FROM sequences "
        f"WHERE low{place} IS DISTINCT FROM high{place} ORDER BY first LIMIT 1"
    ).fetchone()
    low, high, *names = found or (None, None)
    name = table.columns[place].name
    others = f" and in {num_changing - 1:,} more" if num_changing > 1 else ""
    return DataError(
        f"The column {name!r} holds both {str(low)!r} and {str(high)!r} within the sequence "
        f"{', '.join(str(each) for each in names)!r}{others}, but a sequence has one label.",
        "Mend these rows, or name an id column that also tells these parts apart.",
        where=name,
    )


def _nothing_changes(table: TypedTable, by: Sequence[int]) -> DataError:
    names = ", ".join(repr(table.columns[place].name) for place in by)
    return DataError(
        f"No number column of {table.label!r} changes within the rows of a value of {names}.",
        "Choose the column whose value repeats in all rows of a sequence.",
        where="sequence_id",
    )
