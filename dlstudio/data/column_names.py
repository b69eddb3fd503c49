"""Column names that are unique, not empty and free of control characters."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_NAME_LENGTH = 200


@dataclass(frozen=True)
class RenamedColumn:
    """One name that had to change.

    Attributes:
        position: Place of the column, from 1.
        old: The name in the file, empty if it had none.
        new: The name in the dataset.
    """

    position: int
    old: str
    new: str


def clean_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[RenamedColumn, ...]]:
    """Make names usable as column names.

    Empty names become `column_3` (after their place), repeated ones `name_2`, `name_3`.
    Surrounding and repeated white space is tidied without being reported.

    Args:
        names: The names as the file has them, in order.

    Returns:
        The new names, as many as came in and all different, and what was renamed.
    """
    tidy = [_tidy(name) for name in names]
    taken = set(tidy)
    used: set[str] = set()
    result: list[str] = []
    renamed: list[RenamedColumn] = []
    for position, name in enumerate(tidy, start=1):
        new = name or _free_name("column", position, taken | used)
        if new in used:
            new = _free_name(new, 2, taken | used)
        if new != name:
            renamed.append(RenamedColumn(position, name, new))
        used.add(new)
        result.append(new)
    return tuple(result), tuple(renamed)


def names_in(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Take apart a list of columns; a name that holds a comma itself stays whole.

    Args:
        text: Such as "weight, height"; empty for none.
        names: The columns there are.

    Returns:
        The names in their order; what is no column stays as it is written.
    """
    parts = text.split(",")
    found: list[str] = []
    while parts:
        lengths = range(len(parts), 0, -1)
        known = (n for n in lengths if ",".join(parts[:n]).strip() in names)
        length = next(known, 1)
        found.append(",".join(parts[:length]).strip())
        del parts[:length]
    return tuple(name for name in found if name)


def _tidy(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(printable.split())[:MAX_NAME_LENGTH]


def _free_name(stem: str, number: int, taken: set[str]) -> str:
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
