"""A file whose rows or columns are time steps: read, typed, and joined to sequences."""

import shutil
from dataclasses import replace
from pathlib import Path

from dlstudio.data.assemble import Draft, draft_from_stage, profile_limits
from dlstudio.data.column_names import names_in
from dlstudio.data.combining.row_roles import Remark
from dlstudio.data.combining.rows import CombineWork, RowCombination, combine_rows
from dlstudio.data.combining.source import TypedColumn, TypedTable
from dlstudio.data.combining.wide import combine_columns
from dlstudio.data.combining.wide_columns import matching_columns
from dlstudio.data.options import ReadOptions
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.stage import Stage
from dlstudio.data.typed_table import TABLE_FILE
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, DatasetInfo, SourceInfo

OPTION_NAMES = ("sequence_id", "time", "sequence_columns", "sequence_channels")


def combine_stage(request: ReadRequest, stage: Stage) -> Stage:
    """Join rows or columns to sequences if the options ask for it.

    Args:
        request: The file, and the options.
        stage: The file as read.

    Returns:
        The stage itself if nothing is asked or the file holds sequences already; else another
        stage, beside which the first one is gone.

    Raises:
        DataError: The options contradict each other, or do not suit the table.
    """
    options = request.options
    _check_options(options)
    is_asked = options.sequence_id or options.sequence_columns
    kinds = {settled.kind for settled in stage.settled.values()}
    if not is_asked or ColumnKind.SEQUENCE in kinds:
        return stage
    folder = stage.path.with_name("table")
    folder.mkdir()
    source = SourceInfo(file_name=request.file_name, size_bytes=0, format=stage.format)
    draft = draft_from_stage(stage, request.file_name, folder, source, request.progress)
    combined = _combine(request, draft, stage.path.with_name("sequences.parquet"))
    stage.path.unlink(missing_ok=True)
    shutil.rmtree(folder)
    chosen = {name: getattr(options, name) for name in OPTION_NAMES if getattr(options, name)}
    return replace(
        combined,
        format=stage.format,
        options={**draft.source.options, **chosen},
        number_style=stage.number_style,
        num_rejected=stage.num_rejected,
        rejected=stage.rejected,
        remarks=(*_remarks(draft), *combined.remarks),
    )


def options_like(options: ReadOptions, info: DatasetInfo) -> ReadOptions:
    """Read a file as a dataset was: its rows or columns joined to sequences in the same way.

    Args:
        options: What the user says about the file; stays.
        info: The dataset.

    Returns:
        The options; the channels are those of the dataset, so that one which happens to stay the
        same in a small file is still one.
    """
    known = {
        name: info.source.options.get(name)
        for name in OPTION_NAMES
        if getattr(options, name) is None and info.source.options.get(name)
    }
    columns = [column.sequence for column in info.columns if column.sequence]
    if known.get("sequence_id") and columns and options.sequence_channels is None:
        known["sequence_channels"] = ", ".join(columns[0].channels)
    return options.model_copy(update=known)


def _check_options(options: ReadOptions) -> None:
    if options.sequence_id and options.sequence_columns:
        raise DataError(
            "Both an id of sequences and columns of time steps were given.",
            "Give the id if each row is a time step, the columns if each row is a sequence.",
            where="sequence_id",
        )
    if (options.time or options.sequence_channels) and not options.sequence_id:
        raise DataError(
            "A time column or channels were given, but no column that names the sequence.",
            "Give the column whose value repeats in all rows of a sequence as sequence_id.",
            where="sequence_id",
        )


def _combine(request: ReadRequest, draft: Draft, path: Path) -> Stage:
    options = request.options
    columns = tuple(
        TypedColumn(plan.name, plan.kind, role)
        for plan, role in zip(draft.plans, draft.roles, strict=True)
    )
    table = TypedTable(draft.folder / TABLE_FILE, columns, request.file_name)
    if options.sequence_columns:
        return combine_columns(table, matching_columns(table.names, options.sequence_columns), path)
    limits = profile_limits(request.settings, path.parent)
    work = CombineWork(path, limits.duckdb_bytes, limits.spill_folder)
    combination = RowCombination(
        by=names_in(options.sequence_id or "", table.names),
        time=options.time,
        channels=names_in(options.sequence_channels or "", table.names),
    )
    return combine_rows(table, combination, work)


def _remarks(draft: Draft) -> list[Remark]:
    """What was found out about the table, and its cells that could not be read."""
    remarks = [(warning.code, warning.problem, warning.fix) for warning in draft.warnings]
    for plan, count in zip(draft.plans, draft.written.num_unreadable, strict=True):
        if count:
            noun = "cell" if count == 1 else "cells"
            remarks.append(
                (
                    "unreadable-cells",
                    f"The column {plan.name!r} has {count:,} {noun} that could not be read as a "
                    f"{plan.kind.value}; they count as missing.",
                    "Mend them in the file.",
                )
            )
    return remarks
