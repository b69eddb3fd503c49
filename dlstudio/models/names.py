"""The names that a saved model gives to its inputs."""

from collections.abc import Sequence

# Names of layers inside a saved model; an input of the same name would make Keras refuse it.
RESERVED = (
    "all_numbers",
    "all_datetimes",
    "preprocessing",
    "network",
    "answers",
    "choice",
    "class_names",
)
SHAPED = "to_shape"
# Layers that join thousands of inputs in groups, see `join`, and those that bring files to their
# shape begin like this.
RESERVED_BEGINNINGS = ("all_numbers_part", "all_datetimes_part", SHAPED)


def input_names(columns: Sequence[str]) -> dict[str, str]:
    """Give each input column the name of its Keras input.

    Keras takes any text without "/", so nearly always this is the column's own name.

    Args:
        columns: Names of the input columns, all different, in the order of the spec.

    Returns:
        The Keras name by column; all different, whatever the columns are called.
    """
    names: dict[str, str] = {}
    taken = {*RESERVED, *(column for column in columns if "/" not in column)}
    for column in columns:
        wanted = column.replace("/", "_") or "column"
        if wanted.startswith(RESERVED_BEGINNINGS):
            wanted = f"column_{wanted}"
        is_own = wanted == column and column not in RESERVED
        names[column] = wanted if is_own else _unique(wanted, taken)
        taken.add(names[column])
    return names


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
