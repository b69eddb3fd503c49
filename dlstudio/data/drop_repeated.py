"""A new version of a dataset without the rows that repeat an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dlstudio.data.assemble import Draft, finish, profile_limits
from dlstudio.data.collection.stored_names import FILES_FOLDER
from dlstudio.data.dataset import Dataset, reading
from dlstudio.data.duplicates import can_drop_repeated, find_first_rows
from dlstudio.data.edit import CARRIED_CODES
from dlstudio.data.line_numbers import LineNumbers, lines_of_all, read_lines, write_lines
from dlstudio.data.profile_limits import ProfileLimits
from dlstudio.data.progress import ignore_progress
from dlstudio.data.typed_table import (
    CELLS_FILE,
    CellSource,
    ColumnPlan,
    WrittenTable,
    unreadable_reason,
    write_table,
)
from dlstudio.data.versions import build_folder, read_reading, share
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo, SourceInfo, UnreadableEntry


@dataclass(frozen=True)
class ChosenRows(CellSource):
    """Some rows of a table, in their order, row group by row group.

    Attributes:
        is_chosen: bool `(num_rows,)`, which rows.
    """

    is_chosen: np.ndarray = field(kw_only=True)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the cells of the chosen rows; row groups without any are left out."""
        first = 0
        for batch in super().batches():
            is_chosen = self.is_chosen[first : first + batch.num_rows]
            first += batch.num_rows
            if is_chosen.any():
                yield batch.filter(pa.array(is_chosen))


def drop_repeated_rows(settings: Settings, dataset: Dataset) -> Dataset:
    """Make a new version in which the first of equal rows stays; the order is kept.

    Rows are equal as the warning about them counts: in the values of every column but
    identifiers, empty cells being equal, whatever the text was that the values were read from.

    Args:
        settings: Where datasets live, and the limits.
        dataset: The version to begin with.

    Returns:
        The new version; the same one if no row repeats another.

    Raises:
        DataError: Cells name images, sounds or videos, or the stored table is damaged.
        NotFoundError: The dataset was removed meanwhile.
    """
    _check_has_no_files(dataset.info)
    with build_folder(settings) as folder:
        with reading(dataset):
            is_first = _first_rows(dataset, profile_limits(settings, folder))
            if is_first.all():
                return dataset
            draft = _draft(dataset, is_first, folder)
        return finish(settings, draft)


def _check_has_no_files(info: DatasetInfo) -> None:
    if not can_drop_repeated(info):
        raise DataError(
            f"The rows of {info.name!r} name images, sounds or videos, so repeated rows cannot be "
            "left out of the dataset.",
            "Remove the repetitions from the files and add them again.",
            where="dataset.name",
        )


def _first_rows(dataset: Dataset, limits: ProfileLimits) -> np.ndarray:
    import duckdb

    try:
        return find_first_rows(dataset.table_path, dataset.info, limits)
    except duckdb.Error:
        # A damaged table, or one that is gone, is told apart from a lack of space by Arrow.
        for _ in CellSource(dataset.table_path).batches():
            pass
        raise


def _draft(dataset: Dataset, is_first: np.ndarray, folder: Path) -> Draft:
    reading = read_reading(dataset.folder)
    style = reading.style
    cells_path = dataset.folder / CELLS_FILE if reading.has_cells else None
    source = ChosenRows(dataset.table_path, cells_path, is_chosen=is_first)
    plans = _plans(dataset.info, cells_path)
    written = write_table(source, plans, style, folder)
    lines = lines_of_all(read_lines(dataset.folder).of(np.flatnonzero(is_first)))
    write_lines(folder, lines)
    if (dataset.folder / FILES_FOLDER).is_dir():
        share(dataset.folder / FILES_FOLDER, folder / FILES_FOLDER)
    return Draft(
        name=dataset.info.name,
        folder=folder,
        plans=plans,
        roles=tuple(column.role for column in dataset.info.columns),
        written=written,
        num_rows=int(is_first.sum()),
        source=_source(dataset.info, written, lines, int((~is_first).sum())),
        warnings=tuple(one for one in dataset.info.warnings if one.code in CARRIED_CODES),
        reading=reading.model_copy(update={"digests": written.digests}),
        progress=ignore_progress,
        summaries=(None,) * len(plans),
    )


def _plans(info: DatasetInfo, cells_path: Path | None) -> tuple[ColumnPlan, ...]:
    """Columns are stored as they were, the text of the same ones beside them."""
    kept = set(pq.read_schema(cells_path).names) if cells_path else set()
    return tuple(
        ColumnPlan(
            column.name,
            column.kind,
            column.is_integer,
            keep_cells=f"c{place}" in kept,
            channels=column.sequence.channels if column.sequence else (),
        )
        for place, column in enumerate(info.columns)
    )


def _source(
    info: DatasetInfo, written: WrittenTable, lines: LineNumbers, num_dropped: int
) -> SourceInfo:
    """Count and list the cells that could not be read of the rows that are left."""
    cells = {column.name for column in info.columns if column.num_unreadable}
    rejected = [entry for entry in info.source.unreadable if entry.column not in cells]
    unreadable = [
        UnreadableEntry(
            line=lines.of_row(cell.row),
            column=info.columns[cell.place].name,
            text=cell.text[:200],
            reason=unreadable_reason(cell, lines),
        )
        for cell in written.unreadable
    ]
    return info.source.model_copy(
        update={
            "num_rows_repeated": info.source.num_rows_repeated + num_dropped,
            "num_cells_unreadable": sum(written.num_unreadable),
            "unreadable": (*rejected, *unreadable),
        }
    )
