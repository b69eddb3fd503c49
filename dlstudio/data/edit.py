"""Edits of columns: each makes a new version and leaves the old one as it is."""

from collections.abc import Sequence
from pathlib import Path

from dlstudio.data.assemble import Draft, finish, plan_column
from dlstudio.data.collection.remarks import COLLECTION_CODES
from dlstudio.data.collection.stored_names import FILES_FOLDER
from dlstudio.data.columns import CellStyle
from dlstudio.data.damaged_text import DAMAGED_LETTERS
from dlstudio.data.dataset import Dataset, reading
from dlstudio.data.evidence import ColumnEvidence
from dlstudio.data.line_numbers import read_lines, write_lines
from dlstudio.data.other_notation import OTHER_DECIMAL
from dlstudio.data.progress import ignore_progress
from dlstudio.data.signs import SIGNS_LEFT_OUT
from dlstudio.data.stage import SettledColumn
from dlstudio.data.time_zones import TIMES_IN_UTC
from dlstudio.data.typed_table import (
    CELLS_FILE,
    TABLE_FILE,
    CellSource,
    ColumnPlan,
    WrittenTable,
    unreadable_reason,
    write_table,
)
from dlstudio.data.versions import Reading, build_folder, read_reading, share
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, UnreadableEntry
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.media import MediaSummary

TABLE_KINDS = (
    ColumnKind.NUMBER,
    ColumnKind.CATEGORY,
    ColumnKind.TEXT,
    ColumnKind.DATETIME,
    ColumnKind.IDENTIFIER,
)


class ColumnChange(Frozen):
    """What is to change in one column; None leaves a thing as it is.

    Attributes:
        name: The column.
        kind: Its new kind.
        role: Its new role.
    """

    name: str
    kind: ColumnKind | None = None
    role: ColumnRole | None = None


def edit_version(settings: Settings, dataset: Dataset, changes: Sequence[ColumnChange]) -> Dataset:
    """Make a new version with other kinds and roles.

    Cells are read again from the text of the source, so a change of kind loses nothing and can
    be taken back.

    Args:
        settings: Where datasets live, and the limits.
        dataset: The version to begin with.
        changes: The changes, in order.

    Raises:
        NotFoundError: A column does not exist.
        DataError: A column cannot have that kind, or the stored table is damaged.
    """
    new = {column.name: column for column in dataset.info.columns}
    for change in changes:
        _check_kind(dataset, change)
        column = dataset.info.column(change.name)
        current = new[column.name]
        kind, role = change.kind or current.kind, change.role or current.role
        new[column.name] = current.model_copy(update={"kind": kind, "role": role})
    with build_folder(settings) as folder:
        with reading(dataset):
            draft = _draft(dataset, tuple(new.values()), folder)
        return finish(settings, draft)


def _check_kind(dataset: Dataset, change: ColumnChange) -> None:
    _check_sequence(dataset, change)
    if change.kind is None or change.kind in TABLE_KINDS:
        return
    if change.name in dataset.info.column_names and _was(dataset, change.name, change.kind):
        return
    raise DataError(
        f"The column {change.name!r} of {dataset.info.name!r} cannot be of the kind "
        f"{change.kind.value!r}: its cells are not paths of files.",
        f"Choose one of: {', '.join(TABLE_KINDS)}.",
        where=change.name,
    )


def _check_sequence(dataset: Dataset, change: ColumnChange) -> None:
    """A sequence is no cell that could be read in another way."""
    kind = dataset.info.column(change.name).kind
    if kind is ColumnKind.SEQUENCE and change.kind not in (None, ColumnKind.SEQUENCE):
        raise DataError(
            f"The column {change.name!r} of {dataset.info.name!r} holds sequences, which cannot "
            f"become a {change.kind}.",
            "Set its role to ignore if it is not needed.",
            where=change.name,
        )


def _was(dataset: Dataset, name: str, kind: ColumnKind) -> bool:
    """Whether the cells of a column name files of a kind, whatever the column is now."""
    column = dataset.info.column(name)
    return column.kind is kind or _summary(column) is getattr(column, kind.value, None) is not None


def _summary(column: ColumnInfo) -> MediaSummary | None:
    return column.image or column.audio or column.video


def _draft(dataset: Dataset, columns: tuple[ColumnInfo, ...], folder: Path) -> Draft:
    reading = read_reading(dataset.folder)
    style = reading.style
    old = dataset.info.columns
    changed = [
        place
        for place, (before, after) in enumerate(zip(old, columns, strict=True))
        if before.kind is not after.kind
    ]
    cells = dataset.folder / CELLS_FILE
    source = CellSource(dataset.table_path, cells if reading.has_cells else None)
    plans = _plans(source, columns, changed, style) if changed else _unchanged_plans(columns)
    if changed:
        written = write_table(source, plans, style, folder)
    else:
        written = _link_tables(dataset, reading, folder)
    if (dataset.folder / FILES_FOLDER).is_dir():
        share(dataset.folder / FILES_FOLDER, folder / FILES_FOLDER)
    lines = read_lines(dataset.folder)
    write_lines(folder, lines)
    kept = [
        entry for entry in dataset.info.source.unreadable if _is_still_true(entry, changed, old)
    ]
    new_entries = [
        UnreadableEntry(
            line=lines.of_row(cell.row),
            column=columns[cell.place].name,
            text=cell.text[:200],
            reason=unreadable_reason(cell, lines),
        )
        for cell in written.unreadable
        if cell.place in changed
    ]
    source_info = dataset.info.source.model_copy(
        update={
            "num_cells_unreadable": sum(written.num_unreadable),
            "unreadable": (*kept, *new_entries),
        }
    )
    has_cells = (folder / CELLS_FILE).exists()
    changed_names = {old[place].name for place in changed}
    return Draft(
        name=dataset.info.name,
        folder=folder,
        plans=plans,
        roles=tuple(column.role for column in columns),
        written=written,
        num_rows=dataset.info.num_rows,
        source=source_info,
        warnings=tuple(
            warning
            for warning in dataset.info.warnings
            if warning.code in CARRIED_CODES and warning.where not in changed_names
        ),
        reading=reading.model_copy(update={"digests": written.digests, "has_cells": has_cells}),
        progress=ignore_progress,
        summaries=tuple(_summary(column) for column in columns),
    )


CARRIED_CODES = COLLECTION_CODES | {
    *("renamed-columns", "ambiguous-dates", DAMAGED_LETTERS, SIGNS_LEFT_OUT, TIMES_IN_UTC),
    OTHER_DECIMAL,
}


def _plans(
    source: CellSource,
    columns: Sequence[ColumnInfo],
    changed: Sequence[int],
    style: CellStyle,
) -> tuple[ColumnPlan, ...]:
    """How to store the columns; those that change kind are looked at again."""
    gathered = [ColumnEvidence() for _ in columns]
    for batch in source.batches():
        for column, evidence, cells in zip(columns, gathered, batch.columns, strict=True):
            evidence.observe(cells, style.of_column(column.name).numbers)
    return tuple(
        plan_column(column.name, evidence, SettledColumn(column.kind, channels=_channels(column)))
        for column, evidence in zip(columns, gathered, strict=True)
    )


def _unchanged_plans(columns: Sequence[ColumnInfo]) -> tuple[ColumnPlan, ...]:
    return tuple(
        ColumnPlan(column.name, column.kind, column.is_integer, channels=_channels(column))
        for column in columns
    )


def _channels(column: ColumnInfo) -> tuple[str, ...]:
    return column.sequence.channels if column.sequence else ()


def _link_tables(dataset: Dataset, reading: Reading, folder: Path) -> WrittenTable:
    """Share the unchanged files with the version before."""
    for name in (TABLE_FILE, CELLS_FILE):
        if (dataset.folder / name).exists():
            share(dataset.folder / name, folder / name)
    return WrittenTable(reading.digests, [column.num_unreadable for column in dataset.info.columns])


def _is_still_true(
    entry: UnreadableEntry, changed: Sequence[int], old: Sequence[ColumnInfo]
) -> bool:
    return entry.column not in {old[place].name for place in changed}
