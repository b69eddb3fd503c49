"""The labels of a column whose cells list several, read from the data if need be."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset, reading
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind, LabelList
from dlstudio.spec.labels import MOST_LABELS, known_labels, labels_in, lists_every_cell
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import EmptyCells


def open_for_spec(settings: Settings, spec: RunSpec) -> Dataset:
    """Open the dataset that a spec names, with the labels that its targets list.

    Args:
        settings: Where datasets live.
        spec: Any spec; what is wrong with it is told by `check_spec`.

    Raises:
        NotFoundError: There is no such dataset or version.
    """
    return with_labels(open_dataset(settings, spec.dataset.name, spec.dataset.fingerprint), spec)


def with_labels(dataset: Dataset, spec: RunSpec) -> Dataset:
    """Add the labels that a target lists to a dataset's description, and what an empty cell means.

    Args:
        dataset: The dataset.
        spec: Says which column lists labels and what stands between them.

    Returns:
        The same dataset; `info.labels` names the labels of the spec's target, or the first
        `MOST_LABELS` and one more if there are too many.

    Raises:
        NotFoundError: The dataset was removed meanwhile.
    """
    separator, targets = spec.task.label_separator, spec.task.targets
    if not separator or len(targets) != 1 or targets[0] not in dataset.info.column_names:
        return dataset
    names = _label_names(dataset, targets[0], separator)
    if names is None:
        return dataset
    found = LabelList(
        column=targets[0],
        separator=separator,
        names=names,
        empty_is_no_label=spec.task.empty_cells is EmptyCells.NO_LABEL,
    )
    return replace(dataset, info=dataset.info.model_copy(update={"labels": (found,)}))


def _label_names(dataset: Dataset, target: str, separator: str) -> tuple[str, ...] | None:
    """The labels that a column lists; None if it is of no kind that lists any."""
    column = dataset.info.column(target)
    if lists_every_cell(column):
        known = known_labels(dataset.info, target, separator) or ()
        return tuple(sorted(known)[: MOST_LABELS + 1])
    if column.kind not in (ColumnKind.CATEGORY, ColumnKind.TEXT, ColumnKind.IDENTIFIER):
        return None
    with reading(dataset):
        return _read_labels(dataset.table_path, dataset.info.place(target), separator)


@lru_cache(maxsize=16)
def _read_labels(path: Path, place: int, separator: str) -> tuple[str, ...]:
    """Versions never change, and a page asks for the same one at every click."""
    labels: set[str] = set()
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.reader.read_row_group(group, column_indices=[place], use_threads=False)
            for cell in pc.unique(table.column(0).drop_null()).to_pylist():
                labels.update(labels_in(cell, separator))
            if len(labels) > MOST_LABELS:
                break
    return tuple(sorted(labels)[: MOST_LABELS + 1])
