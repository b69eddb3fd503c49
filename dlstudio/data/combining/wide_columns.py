"""Which columns of a wide table are the time steps of which channel."""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dlstudio.data.combining.source import TypedTable
from dlstudio.data.sequences.columns import ONLY_CHANNEL
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)")
RANGE = ".."


@dataclass(frozen=True)
class WideLayout:
    """The columns of each channel, step by step.

    Attributes:
        channels: Names of the channels.
        places: For each channel the places of its columns, as many for each.
        skipped: Numbers of steps that have no column, though steps before and after have.
    """

    channels: tuple[str, ...]
    places: tuple[tuple[int, ...], ...]
    skipped: tuple[int, ...] = ()


def matching_columns(names: Sequence[str], pattern: str) -> tuple[str, ...]:
    """Find the columns that a pattern means.

    Args:
        names: All columns, in order.
        pattern: Such as "t_*" (every name that fits and holds a number), "t_0..t_99" (all columns
            from the first to the last), or names with commas between them.

    Raises:
        DataError: No column fits, or an end of a range does not exist.
    """
    first, separator, last = pattern.partition(RANGE)
    if separator and first in names and last in names:
        start, end = sorted((names.index(first), names.index(last)))
        return tuple(names[start : end + 1])
    listed = tuple(part.strip() for part in pattern.split(","))
    if len(listed) > 1 and all(name in names for name in listed):
        return listed
    found = [name for name in names if fnmatch.fnmatchcase(name, pattern)]
    numbered = tuple(name for name in found if _NUMBERED.fullmatch(name))
    if len(numbered) > 1:
        return numbered
    raise DataError(
        f"The pattern {pattern!r} fits {len(numbered)} columns that hold a number of a step; at "
        "least 2 are needed.",
        f"Write it like 't_*', or name the first and the last one, such as "
        f"'{names[0]}{RANGE}{names[-1]}'.",
        where="sequence_columns",
    )


def pattern_of(names: Sequence[str], columns: Sequence[str]) -> str:
    """Write columns as a pattern that `matching_columns` takes for the same.

    Args:
        names: All columns, in order.
        columns: Some of them.
    """
    start = names.index(columns[0]) if columns and columns[0] in names else 0
    if tuple(names[start : start + len(columns)]) == tuple(columns):
        return f"{columns[0]}{RANGE}{columns[-1]}"
    return ", ".join(columns)


def wide_layout(table: TypedTable, names: Sequence[str]) -> WideLayout:
    """Sort columns into channels and steps by the last number in their names.

    Columns whose names hold no number, such as hours and their units, are the steps of a single
    channel in the order given.

    Args:
        table: The wide table.
        names: The columns that are time steps, at least two.

    Raises:
        DataError: A column does not exist or holds no numbers, or the channels have different
            numbers of steps.
    """
    places = [table.place(name, "sequence_columns") for name in names]
    _check_numbers(table, places)
    steps: dict[str, dict[int, int]] = {}
    for name, place in zip(names, places, strict=True):
        match = _last_number(name)
        if match is None:
            return WideLayout(ONLY_CHANNEL, (tuple(places),))
        channel, number = match
        steps.setdefault(channel, {})[number] = place
    numbers = {channel: tuple(sorted(found)) for channel, found in steps.items()}
    if sum(map(len, numbers.values())) != len(names):
        return WideLayout(ONLY_CHANNEL, (tuple(places),))
    _check_steps(numbers)
    first = next(iter(numbers.values()))
    all_steps = range(first[0], first[-1] + 1)
    skipped = set(all_steps) - set(first) if len(all_steps) <= 2 * len(first) else set()
    return WideLayout(
        channels=ONLY_CHANNEL if len(steps) == 1 else tuple(steps),
        places=tuple(
            tuple(found[number] for number in numbers[channel]) for channel, found in steps.items()
        ),
        skipped=tuple(sorted(skipped)),
    )


def _last_number(name: str) -> tuple[str, int] | None:
    """The rest of a name and the number in it; the last one where there are several."""
    numbers = list(re.finditer(r"\d+", name))
    if not numbers:
        return None
    last = numbers[-1]
    rest = name[: last.start()].rstrip(" _-.:[(") + name[last.end() :].lstrip(" _-.:])")
    return rest or "value", int(last[0])


def _check_numbers(table: TypedTable, places: Sequence[int]) -> None:
    wrong = [
        table.columns[place]
        for place in places
        if table.columns[place].kind not in (ColumnKind.NUMBER, ColumnKind.IDENTIFIER)
    ]
    if wrong:
        names = ", ".join(repr(column.name) for column in wrong[:5])
        raise DataError(
            f"The column {names} cannot be time steps: they hold no numbers."
            if len(wrong) == 1
            else f"The columns {names} cannot be time steps: they hold no numbers.",
            "Choose only columns of numbers as time steps.",
            where="sequence_columns",
        )


def _check_steps(numbers: dict[str, tuple[int, ...]]) -> None:
    first_name, first = next(iter(numbers.items()))
    for name, found in numbers.items():
        if found != first:
            raise DataError(
                f"The channel {name!r} has the steps {found[0]} to {found[-1]} ({len(found)}), "
                f"but {first_name!r} has {first[0]} to {first[-1]} ({len(first)}).",
                "Choose columns so that each channel has the same steps.",
                where="sequence_columns",
            )
