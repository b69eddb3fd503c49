"""What autoencoders, VAEs and GANs work on: a table, or one column of a structured kind."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind, TaskSpec


class CanvasKind(StrEnum):
    """The form of an example that is rebuilt or made up."""

    TABLE = "table"
    IMAGE = "image"
    SERIES = "series"
    SOUND = "sound"


PLAIN_KINDS = (ColumnKind.NUMBER, ColumnKind.CATEGORY, ColumnKind.DATETIME, ColumnKind.TEXT)
# What can be turned back from what the network makes into values of the column.
GENERATED_KINDS = (ColumnKind.NUMBER, ColumnKind.CATEGORY)
STRUCTURED_KINDS = {
    ColumnKind.IMAGE: CanvasKind.IMAGE,
    ColumnKind.SEQUENCE: CanvasKind.SERIES,
    ColumnKind.AUDIO: CanvasKind.SOUND,
}
WHERE = "task.inputs"


def canvas_kind(columns: Sequence[ColumnInfo]) -> CanvasKind | None:
    """Tell the form of an example by the input columns; None if there is none for them."""
    kinds = [column.kind for column in columns]
    if kinds and all(kind in PLAIN_KINDS for kind in kinds):
        return CanvasKind.TABLE
    return STRUCTURED_KINDS.get(kinds[0]) if len(kinds) == 1 else None


def canvas_inputs(info: DatasetInfo, kind: TaskKind, usable: Sequence[str]) -> tuple[str, ...]:
    """Choose the inputs to begin with.

    Args:
        info: The dataset.
        kind: The task.
        usable: Columns that a network can learn from.

    Returns:
        The first column of images, sequences or sounds alone if there is one; else the columns of
        the table, for a generation only those that can be made up. Texts with next to nothing
        beside them are kept, so that it is explained why they cannot be made up.
    """
    kinds = {column.name: column.kind for column in info.columns}
    for name in usable:
        if kinds[name] in STRUCTURED_KINDS:
            return (name,)
    wanted = GENERATED_KINDS if kind is TaskKind.GENERATION else PLAIN_KINDS
    chosen = tuple(name for name in usable if kinds[name] in wanted)
    texts = tuple(name for name in usable if kinds[name] is ColumnKind.TEXT)
    is_of_texts = texts and not any(kinds[name] is ColumnKind.NUMBER for name in chosen)
    return texts if len(chosen) <= 1 and is_of_texts and kind is TaskKind.GENERATION else chosen


def told_column(spec: RunSpec) -> str | None:
    """The column whose class the network is told; None unless it makes examples of a class."""
    is_asked = bool(getattr(spec.architecture, "conditional", False))
    return spec.task.label if is_asked and spec.task.kind is TaskKind.GENERATION else None


def asked_columns(spec: RunSpec, known: Collection[str] | None = None) -> tuple[str, ...]:
    """The columns that a row is answered by: the inputs, and a class that the network is told.

    Args:
        spec: The spec.
        known: The columns that there are; a class that is not among them is left out.
    """
    told = told_column(spec)
    is_there = told is not None and (known is None or told in known)
    return (*spec.task.inputs, told) if told is not None and is_there else spec.task.inputs


def check_canvas(task: TaskSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find what keeps the inputs from being rebuilt or made up.

    Args:
        task: A task that `is_unsupervised`.
        info: The dataset; inputs that it lacks are left to others.
    """
    by_name = {column.name: column for column in info.columns}
    columns = [by_name[name] for name in task.inputs if name in by_name]
    for column in columns:
        if column.kind is ColumnKind.VIDEO:
            yield Problem(
                f"{column.name!r} holds videos, which cannot be rebuilt or made up yet.",
                "Remove it from the inputs; frames that are saved as images can be used.",
                WHERE,
            )
        elif task.kind is TaskKind.GENERATION and column.kind in PLAIN_KINDS:
            yield from _not_made_up(column)
    is_mixed = len(columns) > 1 and any(column.kind in STRUCTURED_KINDS for column in columns)
    if is_mixed:
        first = next(column for column in columns if column.kind in STRUCTURED_KINDS)
        yield Problem(
            f"{first.name!r} ({first.kind.value}) is among {len(columns)} inputs; here it must "
            "stand alone.",
            f"Take {first.name!r} as the only input, or leave it out.",
            WHERE,
        )


def _not_made_up(column: ColumnInfo) -> Iterator[Problem]:
    if column.kind is ColumnKind.TEXT:
        yield Problem(
            f"{column.name!r} holds texts. VAEs and GANs make numbers that change smoothly, and "
            "there is nothing halfway between two words, so they cannot learn to write.",
            "Remove it from the inputs, or describe texts with an autoencoder "
            "(dimensionality reduction).",
            WHERE,
        )
    elif column.kind not in GENERATED_KINDS:
        yield Problem(
            f"{column.name!r} is of kind {column.kind.value}, which cannot be made up.",
            "Remove it from the inputs, or change its kind to number on the Data page.",
            WHERE,
        )


def rebuilds_cells(task: TaskSpec, info: DatasetInfo) -> bool:
    """Whether what a network rebuilds are cells of a table, not images, sounds or sequences.

    Args:
        task: Any task; only one that `is_unsupervised` rebuilds anything.
        info: The dataset.
    """
    columns = [column for column in info.columns if column.name in task.inputs]
    return task.kind.is_unsupervised and canvas_kind(columns) is CanvasKind.TABLE
