"""Codes and errors of every row, as files."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from dlstudio.evaluation.predictions import ROW, SPLIT, write_predictions
from dlstudio.evaluation.rebuilding_answers import CODE_PREFIX, answer_table
from dlstudio.evaluation.rebuilt_split import RebuiltSplit
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.training.prepare_unsupervised import Labels


@dataclass(frozen=True)
class RebuildingFiles:
    """Where the codes and errors of a run go.

    Attributes:
        predictions: Parquet: row, split, error, with a threshold score and flag, then the codes.
        codes: CSV: row, the label if there is one, then the codes; sorted by row.
    """

    predictions: Path
    codes: Path


def write_rebuilding(
    splits: dict[str, RebuiltSplit],
    labels: Labels | None,
    threshold: float | None,
    files: RebuildingFiles,
) -> None:
    """Write the files of a run.

    Args:
        splits: The rows of each part.
        labels: What is known beside the inputs.
        threshold: The threshold of an anomaly detection.
        files: Where to.
    """
    tables = []
    for name, split in splits.items():
        head = pa.table(
            {ROW: pa.array(split.rows, pa.int64()), SPLIT: pa.array([name] * len(split.rows))}
        )
        answers = answer_table(split.errors, split.codes, threshold)
        for column in answers.column_names:
            head = head.append_column(column, answers.column(column))
        tables.append(head)
    table = pa.concat_tables(tables)
    write_predictions(table, files.predictions)
    _write_codes(table.sort_by(ROW), labels, files.codes)


def _write_codes(table: pa.Table, labels: Labels | None, path: Path) -> None:
    names = [name for name in table.column_names if name.startswith(CODE_PREFIX)]
    columns = {ROW: table.column(ROW)}
    if labels is not None:
        texts = labels.texts[table.column(ROW).to_numpy()]
        label = labels.column if labels.column not in (ROW, *names) else f"label_{labels.column}"
        columns[label] = pa.array(texts, pa.string())
    columns |= {name: table.column(name) for name in names}
    with written_whole(path) as partial:
        pa_csv.write_csv(pa.table(columns), partial)
