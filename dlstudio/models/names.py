"""The names that a saved model gives to its inputs."""

from collections.abc import Sequence

from dlstudio.spec.canvas import told_column
from dlstudio.spec.run import RunSpec

# Names of layers inside a saved model; an input of the same name would make Keras refuse it.
RESERVED = (
    "all_numbers",
    "all_datetimes",
    "preprocessing",
    "network",
    "answers",
    "choice",
    "class_names",
    "told_class_names",
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
        wanted = _wanted(column)
        is_own = wanted == column and column not in RESERVED
        names[column] = wanted if is_own else _unique(wanted, taken)
        taken.add(names[column])
    return names


def asked_names(spec: RunSpec) -> dict[str, str]:
    """Give each column that a row must have the name of its Keras input.

    Args:
        spec: Any spec but a forecast's.

    Returns:
        As `input_names` of the inputs; and where the network is told a class, a name of its own
        for that column.
    """
    names = input_names(spec.task.inputs)
    told = told_column(spec)
    if told is not None:
        wanted, taken = _wanted(told), {*RESERVED, *names.values()}
        names[told] = _unique(wanted, taken) if wanted in taken else wanted
    return names


def _wanted(column: str) -> str:
    wanted = column.replace("/", "_") or "column"
    return f"column_{wanted}" if wanted.startswith(RESERVED_BEGINNINGS) else wanted


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
