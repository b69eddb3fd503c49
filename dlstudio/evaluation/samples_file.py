"""The samples that a report was made of, kept for pages and downloads."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from dlstudio.evaluation.canvas_rows import canvas_rows
from dlstudio.evaluation.drawn_samples import DrawnSamples, JudgedSamples
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.models.canvas import to_pixels
from dlstudio.models.table_columns import table_of_columns
from dlstudio.spec.canvas import CanvasKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation

SAMPLES_FILE, TABLE_FILE, PAIRS_FILE = "samples.npz", "samples.csv", "nearest_rows.csv"
PAIR, ORIGIN = "pair", "origin"
NUM_KEPT = 256
MOST_BYTES = 32 * 1024**2


def write_samples(
    preparation: CanvasPreparation, drawn: DrawnSamples, judged: JudgedSamples, folder: Path
) -> Iterator[Path]:
    """Keep samples, and those most like a training row beside it.

    Args:
        preparation: What was trained.
        drawn: The samples that were judged.
        judged: What was found.
        folder: The run's folder.

    Yields:
        The files. Of a table "samples.csv", and "nearest_rows.csv" with two rows a pair; else
        "samples.npz" with the arrays "values" (images uint8, others float32), "captions" (the class
        of each), "nearest_samples", "nearest_rows".
    """
    names = preparation.labels.classes if preparation.labels else ()
    captions = [] if drawn.classes is None else [names[number] for number in drawn.classes]
    if drawn.table is not None:
        table = drawn.table
        if captions and preparation.labels:
            table = table.append_column(preparation.labels.column, pa.array(captions, pa.string()))
        with written_whole(folder / TABLE_FILE) as partial:
            pv.write_csv(table, partial)
        yield folder / TABLE_FILE
        with written_whole(folder / PAIRS_FILE) as partial:
            pv.write_csv(_pairs(preparation, drawn.table, judged), partial)
        yield folder / PAIRS_FILE
        return
    kept = min(NUM_KEPT, max(1, MOST_BYTES // (4 * preparation.canvas.size)))
    samples, rows = _nearest(preparation, drawn, judged)
    with written_whole(folder / SAMPLES_FILE) as partial, partial.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            values=_shown(preparation, drawn.values[:kept]),
            captions=np.asarray(captions[:kept], np.str_),
            nearest_samples=_shown(preparation, samples),
            nearest_rows=_shown(preparation, rows),
        )
    yield folder / SAMPLES_FILE


def _pairs(preparation: CanvasPreparation, samples: pa.Table, judged: JudgedSamples) -> pa.Table:
    """Samples and the training rows nearest to them in turn, as the columns of the dataset."""
    nearest = judged.report.memorisation.nearest
    rows = judged.searched[np.asarray([pair.training_row for pair in nearest], "int64")]
    made = samples.take(pa.array([pair.sample for pair in nearest], pa.int64()))
    numbers = {field.name: field.type == pa.int64() for field in made.schema if _is_number(field)}
    raw = preparation.source.take(made.column_names, rows)
    real = table_of_columns({name: raw[name] for name in made.column_names}, numbers)
    in_turn = np.arange(2 * len(nearest)).reshape(2, -1).T.reshape(-1)
    both = pa.concat_tables([made, real]).take(pa.array(in_turn, pa.int64()))
    origins = [text for row in rows.tolist() for text in ("sample", f"row {row + 1}")]
    pairs = np.repeat(np.arange(1, len(nearest) + 1), 2)
    own = [pa.array(pairs), pa.array(origins, pa.string())]
    return pa.table([*own, *both.columns], [PAIR, ORIGIN, *both.column_names])


def _is_number(field: pa.Field) -> bool:
    return pa.types.is_integer(field.type) or pa.types.is_floating(field.type)


def _nearest(
    preparation: CanvasPreparation, drawn: DrawnSamples, judged: JudgedSamples
) -> tuple[np.ndarray, np.ndarray]:
    nearest = judged.report.memorisation.nearest
    rows = judged.searched[np.asarray([pair.training_row for pair in nearest], "int64")]
    samples = drawn.values[np.asarray([pair.sample for pair in nearest], "int64")]
    return samples, canvas_rows(preparation, rows)


def _shown(preparation: CanvasPreparation, values: np.ndarray) -> np.ndarray:
    if preparation.canvas.kind is CanvasKind.IMAGE:
        return to_pixels(values)
    return np.asarray(values, "float32")
