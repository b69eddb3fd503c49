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
from dlstudio.spec.canvas import CanvasKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation

SAMPLES_FILE, TABLE_FILE = "samples.npz", "samples.csv"
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
        The files: "samples.csv" of a table, else "samples.npz" with the arrays "values" (images
        uint8, others float32), "captions" (the class of each), "nearest_samples", "nearest_rows".
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


def _nearest(
    preparation: CanvasPreparation, drawn: DrawnSamples, judged: JudgedSamples
) -> tuple[np.ndarray, np.ndarray]:
    nearest = judged.report.memorisation.nearest
    rows = judged.train[np.asarray([pair.training_row for pair in nearest], "int64")]
    samples = drawn.values[np.asarray([pair.sample for pair in nearest], "int64")]
    return samples, canvas_rows(preparation, rows)


def _shown(preparation: CanvasPreparation, values: np.ndarray) -> np.ndarray:
    if preparation.canvas.kind is CanvasKind.IMAGE:
        return to_pixels(values)
    return np.asarray(values, "float32")
