"""Whether the inputs of a spec can be learned from."""

from collections import Counter
from collections.abc import Iterator

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnRole, DatasetInfo
from dlstudio.spec.defaults import unknown_column
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.run import RunSpec

MOST_NAMED = 10


def check_inputs(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find what the chosen inputs have wrong; a part of `check_spec`.

    Args:
        spec: Any spec but a forecast's.
        info: The dataset.
    """
    where = "task.inputs"
    if not spec.task.inputs:
        yield _no_input(spec, info)
    for name, count in Counter(spec.task.inputs).items():
        if count > 1:
            yield Problem(f"The input {name!r} is named {count} times.", "Name it once.", where)
        if name in spec.task.targets:
            yield Problem(
                f"{name!r} is both input and target, so the network could simply copy it.",
                "Remove it from the inputs.",
                where,
            )
        if not info.has_column(name):
            yield unknown_column(info, name, where)
            continue
        column = info.column(name)
        if column.kind not in PREPROCESSING_BY_KIND:
            yield Problem(
                f"The input {name!r} is of kind {column.kind.value}, which a network cannot learn "
                "from here.",
                "Remove it from the inputs, or change its kind on the Data page.",
                where,
            )
        if column.num_distinct == 0:
            yield Problem(
                f"The input {name!r} has no values at all.", "Remove it from the inputs.", where
            )


def _no_input(spec: RunSpec, info: DatasetInfo) -> Problem:
    columns = [column for column in info.columns if column.role is ColumnRole.INPUT]
    columns = [column for column in columns if column.name not in spec.task.targets]
    if not columns or any(column.num_distinct > 1 for column in columns):
        return Problem(
            "No input is chosen.", "Choose at least one column to learn from.", "task.inputs"
        )
    names = ", ".join(repr(column.name) for column in columns[:MOST_NAMED])
    verb = "holds" if len(columns) == 1 else "hold"
    return Problem(
        f"No input is chosen: {names} {verb} the same value in every row, so there is nothing to "
        "learn.",
        "Give data in which something differs from row to row.",
        "task.inputs",
    )
