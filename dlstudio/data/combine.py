"""A dataset that is a table becomes a dataset of sequences."""

from collections.abc import Sequence
from dataclasses import replace

from dlstudio.data.assemble import draft_from_stage, finish, profile_limits
from dlstudio.data.catalog import checked_name, open_dataset
from dlstudio.data.combining import rows, wide
from dlstudio.data.combining.source import TypedColumn, TypedTable
from dlstudio.data.combining.wide_columns import pattern_of
from dlstudio.data.dataset import Dataset, reading
from dlstudio.data.progress import ignore_progress
from dlstudio.data.stage import Stage
from dlstudio.data.versions import build_folder
from dlstudio.settings import Settings
from dlstudio.spec.dataset import SourceInfo


def combine_rows(
    settings: Settings, name: str, by: Sequence[str], time: str | None, new_name: str
) -> Dataset:
    """Join rows that are time steps; makes a dataset, or a version of one.

    Args:
        settings: Where datasets live, and the limits.
        name: The dataset whose rows are time steps.
        by: Columns whose values together name the sequence of a row.
        time: The column that orders the rows of a sequence; their own order if None.
        new_name: Name of the dataset of sequences.

    Raises:
        NotFoundError: There is no such dataset.
        DataError: A column does not exist or does not suit, a label changes in a sequence, or the
            new name cannot be used.
    """
    dataset = open_dataset(settings, name)
    with build_folder(settings) as folder, reading(dataset):
        limits = profile_limits(settings, folder)
        path = folder / "stage.parquet"
        work = rows.CombineWork(path, limits.duckdb_bytes, limits.spill_folder)
        combination = rows.RowCombination(tuple(by), time)
        stage = rows.combine_rows(_table_of(dataset), combination, work)
        how = {"sequence_id": ", ".join(by), **({"time": time} if time else {})}
        return _publish(settings, dataset, _told(stage, dataset, how), checked_name(new_name))


def combine_columns(
    settings: Settings, name: str, columns: Sequence[str], new_name: str
) -> Dataset:
    """Join columns that are time steps; makes a dataset, or a version of one.

    Args:
        settings: Where datasets live, and the limits.
        name: The dataset whose columns are time steps.
        columns: The columns; their names hold the step, or they come in the order of the steps.
        new_name: Name of the dataset of sequences.

    Raises:
        NotFoundError: There is no such dataset.
        DataError: A column does not exist or holds no numbers, or the new name cannot be used.
    """
    dataset = open_dataset(settings, name)
    with build_folder(settings) as folder, reading(dataset):
        stage = wide.combine_columns(_table_of(dataset), columns, folder / "stage.parquet")
        how = {"sequence_columns": pattern_of(dataset.info.column_names, columns)}
        return _publish(settings, dataset, _told(stage, dataset, how), checked_name(new_name))


def _table_of(dataset: Dataset) -> TypedTable:
    columns = tuple(
        TypedColumn(column.name, column.kind, column.role) for column in dataset.info.columns
    )
    return TypedTable(dataset.table_path, columns, dataset.info.name)


def _told(stage: Stage, dataset: Dataset, how: dict[str, str]) -> Stage:
    """The stage with what a later file of the same form must be read with."""
    source = dataset.info.source
    return replace(stage, format=source.format, options={**source.options, **how})


def _publish(settings: Settings, dataset: Dataset, stage: Stage, name: str) -> Dataset:
    old = dataset.info.source
    source = SourceInfo(file_name=old.file_name, size_bytes=old.size_bytes, format=old.format)
    draft = draft_from_stage(stage, name, stage.path.parent, source, ignore_progress)
    stage.path.unlink()
    return finish(settings, draft)
