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


def _tidy(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(printable.split())[:MAX_NAME_LENGTH]


def _free_name(stem: str, number: int, taken: set[str]) -> str:
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
