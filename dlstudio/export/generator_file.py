"""The generator.keras file of a run: noise in, raw values out, loaded by plain Keras."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from dlstudio.evaluation.drawn_samples import way_back
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.generator_usage import write_generator_usage
from dlstudio.models.canvas import CONDITION, LARGEST_PIXEL, NOISE, Canvas
from dlstudio.models.class_numbers import class_numbers
from dlstudio.models.sampling import generator_of
from dlstudio.models.sequence_values import in_units
from dlstudio.models.table_columns import columns_of
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation

GENERATOR_FILE = "generator.keras"
CLASS, CLASS_NAMES, VALUES = "class", "generator_class_names", "values"
HALF, MADE = "generator", "made"


def write_generator(
    preparation: CanvasPreparation, spec: RunSpec, folder: Path
) -> tuple[Path, ...]:
    """Write the generator of a trained VAE or GAN; each file appears whole or not at all.

    Args:
        preparation: What was trained; the network holds its best weights.
        spec: The run's spec.
        folder: The run's folder.

    Returns:
        The paths of the generator and of the text that explains it.

    Raises:
        OSError: The disk is full or the folder cannot be written; older files stay.
    """
    paths = RunFolder(folder).generator, RunFolder(folder).generator_usage
    generator = build_generator(preparation, spec)
    with written_whole(paths[0]) as partial:
        generator.save(partial)
    given: Any = generator.input
    text = write_generator_usage(preparation, spec, int(given[NOISE].shape[-1]))
    with written_whole(paths[1]) as partial:
        partial.write_text(text, encoding="utf-8")
    return paths


def build_generator(preparation: CanvasPreparation, spec: RunSpec) -> keras.Model:
    """Join the half that makes examples with the way back to raw values.

    Args:
        preparation: What was trained; weights are shared, not copied.
        spec: The run's spec.

    Returns:
        A model of built-in layers and `keras.ops`. It takes a dict: "noise", standard normal
        float32 `(batch, latent_size)`, and with classes "class", string `(batch, 1)`; a class that
        there is not counts as the first. It gives a dict: of a table its columns, numbers float32
        `(batch,)` with NaN where missing and categories string `(batch,)` with "" where missing;
        else "values", float32: images `(batch, height, width, channels)` from 0 to 255, sequences
        `(batch, time, channels)` in the units of the data with NaN where one has not begun, sounds
        as spectrograms.
    """
    canvas = preparation.canvas
    half = generator_of(preparation.network, spec, canvas)
    given: Any = half.input
    inputs = {NOISE: new_input(tuple(given[NOISE].shape[1:]), name=NOISE)}
    parts = {NOISE: inputs[NOISE]}
    if canvas.num_classes and preparation.labels is not None:
        inputs[CLASS] = new_input((1,), name=CLASS, dtype="string")
        # The first class stands for unknown ones, too, whose number is 0.
        numbers = class_numbers(preparation.labels.classes, inputs[CLASS], CLASS_NAMES)
        parts[CONDITION] = ops.maximum(numbers, 0)
    made = layers.Identity(name=MADE)(half(parts, training=False))
    back = way_back(preparation)
    answers = columns_of(back, made) if back else {VALUES: _raw_values(preparation, canvas, made)}
    return keras.Model(inputs, answers, name="generator")


def _raw_values(preparation: CanvasPreparation, canvas: Canvas, made: Tensor) -> Tensor:
    if canvas.kind is CanvasKind.IMAGE:
        half = LARGEST_PIXEL / 2.0
        pixels = layers.Rescaling(half, offset=half, name="to_pixels")(made)
        return ops.clip(pixels, 0.0, LARGEST_PIXEL)
    if canvas.kind is CanvasKind.SERIES:
        assert canvas.block is not None
        rows = preparation.source.take([canvas.block.column.name], preparation.learned.train)
        return _readings(canvas, rows[canvas.block.column.name], made)
    return made


def _readings(canvas: Canvas, rows: np.ndarray, made: Tensor) -> Tensor:
    """Sequences in the units of the data; steps that one does not have, which are 0, as NaN."""
    assert canvas.block is not None
    if not canvas.has_padding:
        return in_units(canvas.block, rows, made)
    is_there = ops.any(made != 0.0, axis=-1, keepdims=True)
    # No sequence has no steps at all.
    is_there = ops.logical_or(is_there, ops.logical_not(ops.any(is_there, axis=1, keepdims=True)))
    values = in_units(canvas.block, rows, made, ops.cast(is_there, "float32"))
    return ops.where(is_there, values, float("nan"))
