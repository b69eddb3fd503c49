"""Samples of a trained VAE or GAN, drawn with the run's seed and judged by held-out rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dlstudio.evaluation.canvas_rows import canvas_rows, canvas_rows_of, classes_of
from dlstudio.evaluation.compared_tables import ComparedTables
from dlstudio.evaluation.generation import JudgedRows, judge_samples
from dlstudio.evaluation.sample_features import LARGEST_SIDE, learn_feature_space, smaller_images
from dlstudio.evaluation.sample_quality import draw_rows
from dlstudio.evaluation.sample_rivals import image_rivals
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.models.table_columns import table_of
from dlstudio.models.table_values import TableValues, fit_table_values
from dlstudio.reports.generation import GenerationReport
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation

NUM_SAMPLES = 2_000
MOST_ROWS = 10_000
MOST_CELLS = 60_000_000
# Looking for copies among as many takes about half a minute.
MOST_SEARCHED, SEARCHED_CELLS = 200_000, 150_000_000
PART_CELLS = 8_000_000
# A predictor of more classes takes minutes.
MOST_CLASSES = 20


@dataclass(frozen=True)
class DrawnSamples:
    """Samples in the canvas's units.

    Attributes:
        values: Float32 `(n, *canvas.shape)`.
        classes: Class numbers, int32 `(n,)`; None without classes.
        table: Of a table, the samples as its columns.
    """

    values: np.ndarray
    classes: np.ndarray | None
    table: pa.Table | None = None


@dataclass(frozen=True)
class JudgedSamples:
    """What was found, and the rows, by number in the dataset, that the places of copies are of."""

    report: GenerationReport
    searched: np.ndarray


def draw_samples(preparation: CanvasPreparation, spec: RunSpec) -> DrawnSamples:
    """Draw the samples that a run is judged by, with its seed.

    Args:
        preparation: What was trained.
        spec: The run's spec.

    Returns:
        About as many of each class as the training rows have.
    """
    canvas, seed = preparation.canvas, spec.training.seed
    sampler = sampler_of(preparation.network, spec, canvas)
    count = max(64, min(NUM_SAMPLES, MOST_CELLS // canvas.size))
    classes = None
    if sampler.num_classes:
        known = classes_of(preparation, preparation.learned.train)
        classes = np.random.default_rng(seed).choice(known, count).astype("int32")
    noise = draw_noise(count, sampler.latent_size, seed)
    values = sampler.sample(noise, classes)
    back = way_back(preparation)
    return DrawnSamples(values, classes, table_of(back, values) if back else None)


def way_back(preparation: CanvasPreparation) -> TableValues | None:
    """Find the way from a table's canvas back to values; None for what is no table."""
    if preparation.canvas.kind is not CanvasKind.TABLE:
        return None
    names = preparation.preprocessor.columns.names
    raw = preparation.source.take(names, preparation.learned.train)
    return fit_table_values(preparation.preprocessor, preparation.canvas, raw)


def judge_drawn(
    preparation: CanvasPreparation, spec: RunSpec, drawn: DrawnSamples
) -> JudgedSamples:
    """Judge samples by held-out rows.

    Args:
        preparation: What was trained.
        spec: The run's spec.
        drawn: The samples.
    """
    canvas, seed = preparation.canvas, spec.training.seed
    most = max(64, min(MOST_ROWS, MOST_CELLS // canvas.size))
    train = draw_rows(preparation.learned.train, most, seed)
    held_out = draw_rows(_held_out(preparation), most, seed)
    labels = classes_of(preparation, train)
    has_labels = preparation.labels is not None and bool((labels >= 0).all())
    values = canvas_rows(preparation, train)
    is_image = canvas.kind is CanvasKind.IMAGE
    searched = _searched(preparation, seed)
    rows = JudgedRows(
        samples=_handed_out(preparation, drawn),
        train=values,
        held_out=canvas_rows(preparation, held_out),
        labels=labels if has_labels else None,
        class_names=preparation.labels.classes if preparation.labels and has_labels else (),
        rivals=image_rivals(values, len(drawn.values), seed) if is_image else (),
        learned=lambda: _in_parts(preparation, searched),
    )
    space = learn_feature_space(values, rows.labels, seed)
    tables = _tables(preparation, drawn, train, held_out) if drawn.table is not None else None
    report = judge_samples(rows, space, tables, seed)
    num_learned = len(preparation.learned.train)
    if len(searched) < num_learned:
        note = _SEARCHED.format(searched=len(searched), learned=num_learned)
        report = report.model_copy(update={"notes": (*report.notes, note)})
    return JudgedSamples(report, searched)


_SEARCHED = (
    "Copies were looked for among {searched:,} of {learned:,} training rows, drawn at random: "
    "copies of the others would not be noticed."
)


def _searched(preparation: CanvasPreparation, seed: int) -> np.ndarray:
    """Rows that samples may be copies of: all that were learned from, unless that takes minutes."""
    rows, shape = preparation.learned.train, preparation.canvas.shape
    compared = smaller_images(np.zeros((1, *shape)), LARGEST_SIDE) if len(shape) == 3 else None
    size = preparation.canvas.size if compared is None else compared.size
    most = min(MOST_SEARCHED, SEARCHED_CELLS // max(1, size))
    return rows if len(rows) <= most else np.sort(draw_rows(rows, most, seed))


def _in_parts(preparation: CanvasPreparation, rows: np.ndarray) -> Iterator[np.ndarray]:
    step = max(1, PART_CELLS // preparation.canvas.size)
    for start in range(0, len(rows), step):
        yield canvas_rows(preparation, rows[start : start + step])


def _handed_out(preparation: CanvasPreparation, drawn: DrawnSamples) -> np.ndarray:
    """Samples as a person gets them: rows of a table with whole numbers and one of the categories.

    What the network makes lies between: 1.97 children, 98 % red. No real row does, so that every
    distance would be larger than it is.
    """
    if drawn.table is None:
        return drawn.values
    is_finite = np.isfinite(drawn.values).all(axis=1, keepdims=True)
    return np.where(is_finite, canvas_rows_of(preparation, drawn.table), drawn.values)


def _held_out(preparation: CanvasPreparation) -> np.ndarray:
    """Test rows; validation rows where there are none."""
    split = preparation.split
    return split.test if len(split.test) else split.validation


def _tables(
    preparation: CanvasPreparation, drawn: DrawnSamples, train: np.ndarray, held_out: np.ndarray
) -> ComparedTables:
    assert drawn.table is not None
    columns, labels = preparation.preprocessor.columns, preparation.labels
    samples = drawn.table
    real = [_real_table(preparation, rows) for rows in (train, held_out)]
    categories = [column.name for column in columns.categories]
    if drawn.classes is not None and labels is not None:
        names = pa.array(np.asarray(labels.classes, object)[drawn.classes], pa.string())
        samples = samples.append_column(labels.column, names)
        parts = zip(real, (train, held_out), strict=True)
        real = [
            table.append_column(labels.column, pa.array(labels.texts[rows], pa.string()))
            for table, rows in parts
        ]
        categories.append(labels.column)
    numbers = tuple(column.name for column in columns.numbers)
    few = [column.name for column in columns.categories if column.info.num_distinct <= MOST_CLASSES]
    classes = [labels.column] if drawn.classes is not None and labels is not None else []
    target = next(reversed((*numbers, *few, *classes)), None)
    return ComparedTables(samples, real[0], real[1], numbers, tuple(categories), target)


def _real_table(preparation: CanvasPreparation, rows: np.ndarray) -> pa.Table:
    columns = preparation.preprocessor.columns
    raw = preparation.source.take(columns.names, rows)
    numbers = {column.name for column in columns.numbers}
    return pa.table(
        {
            name: pa.array(raw[name].astype("float64"))
            if name in numbers
            else pa.array([text or None for text in raw[name].tolist()], pa.string())
            for name in columns.names
        }
    )
