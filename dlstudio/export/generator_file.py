"""The generator.keras file of a run: noise in, raw values out, loaded by plain Keras."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from dlstudio.evaluation.drawn_samples import way_back
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.models.canvas import CONDITION, LARGEST_PIXEL, NOISE, Canvas
from dlstudio.models.sampling import generator_of
from dlstudio.models.table_columns import columns_of
from dlstudio.models.tensors import Tensor, layers, new_input, ops
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.inputs.sequence import SequencePreprocessing, SequenceScaling
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation

GENERATOR_FILE = "generator.keras"
CLASS, CLASS_NAMES, VALUES = "class", "generator_class_names", "values"
# Scalings of sequences whose way back is a straight line.
STRAIGHT = (SequenceScaling.STANDARD, SequenceScaling.MIN_MAX, SequenceScaling.NONE)


def write_generator(preparation: CanvasPreparation, spec: RunSpec, folder: Path) -> Path:
    """Write the generator of a trained VAE or GAN; the file appears whole or not at all.

    Args:
        preparation: What was trained; the network holds its best weights.
        spec: The run's spec.
        folder: The run's folder.

    Returns:
        The path of the file.

    Raises:
        OSError: The disk is full or the folder cannot be written; an older file stays.
    """
    path = folder / GENERATOR_FILE
    with written_whole(path) as partial:
        build_generator(preparation, spec).save(partial)
    return path


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
        `(batch, time, channels)` in the units of the data, sounds as spectrograms.
    """
    canvas = preparation.canvas
    half = generator_of(preparation.network, spec, canvas)
    given: Any = half.input
    inputs = {NOISE: new_input(tuple(given[NOISE].shape[1:]), name=NOISE)}
    parts = {NOISE: inputs[NOISE]}
    if canvas.num_classes and preparation.labels is not None:
        inputs[CLASS] = new_input((1,), name=CLASS, dtype="string")
        # The first class stands for unknown ones, too, whose number is 0.
        numbers = _class_lookup(preparation.labels.classes)(inputs[CLASS])
        parts[CONDITION] = ops.cast(ops.maximum(numbers - 1, 0), "int32")
    made = half(parts, training=False)
    back = way_back(preparation)
    answers = columns_of(back, made) if back else {VALUES: _raw_values(preparation, canvas, made)}
    return keras.Model(inputs, answers, name="generator")


def _class_lookup(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a layer
    unseen = "unseen"
    while unseen in names:  # Keras refuses a vocabulary that holds the word for others
        unseen += "_"
    return layers.StringLookup(
        vocabulary=list(names), mask_token=None, oov_token=unseen, name=CLASS_NAMES
    )


def _raw_values(preparation: CanvasPreparation, canvas: Canvas, made: Tensor) -> Tensor:
    if canvas.kind is CanvasKind.IMAGE:
        half = LARGEST_PIXEL / 2.0
        pixels = layers.Rescaling(half, offset=half, name="to_pixels")(made)
        return ops.clip(pixels, 0.0, LARGEST_PIXEL)
    if canvas.kind is CanvasKind.SERIES:
        return _in_units(preparation, canvas, made)
    return made


def _in_units(preparation: CanvasPreparation, canvas: Canvas, made: Tensor) -> Tensor:
    """Undo the scaling of channels, found by sending two constant sequences through it."""
    block = canvas.block
    assert block is not None
    settings = block.column.settings
    assert isinstance(settings, SequencePreprocessing)
    if settings.scaling not in STRAIGHT or settings.differencing:
        return made
    name = block.column.name
    raw = preparation.source.take([name], preparation.learned.train[:1_000])[name]
    low, high = (np.nanquantile(raw, level, axis=(0, 1)) for level in (0.25, 0.75))
    high = np.where(high > low, high, low + 1.0)
    constant = np.stack([np.broadcast_to(level, raw.shape[1:]) for level in (low, high)])
    sent = preparation.preprocessor.transform({name: constant.astype("float32")})[canvas.feature]
    scaled = sent[:, -1, : canvas.shape[-1]]
    rise = scaled[1] - scaled[0]
    # A channel that never changed is scaled to 0, and comes back as what it always was.
    factor = np.where(rise > 0, (high - low) / np.where(rise > 0, rise, 1.0), 0.0)
    offset = low - scaled[0] * factor
    return made * factor.astype("float32") + offset.astype("float32")
