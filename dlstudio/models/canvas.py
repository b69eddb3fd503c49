"""What an autoencoder, VAE or GAN rebuilds or makes up, as one tensor around zero."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from dlstudio.models.blocks import Block
from dlstudio.models.columns import InputColumns, input_columns
from dlstudio.models.inputs.category import category_features
from dlstudio.models.inputs.datetime import datetime_features
from dlstudio.models.inputs.number import number_features, scaled_columns
from dlstudio.models.inputs.table import block_input, describe_blocks
from dlstudio.models.inputs.text import text_features
from dlstudio.models.layout import features_of
from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.canvas import CanvasKind, canvas_kind, told_column
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

LARGEST_PIXEL = 255.0
CONDITION, NOISE = "condition", "noise"
# A text is a row of length 1 over thousands of words, too faint to be learned: with its own length
# an autoencoder explained 0.2 % of reviews, with this one 10 % (PCA 9 %). It weighs as 32 numbers.
TEXT_LENGTH = math.sqrt(32.0)


class PlaceKind(StrEnum):
    """What one number of a table's row stands for."""

    NUMBER = "number"
    MISSING = "missing"
    CATEGORY = "category"
    OTHER = "other"
    WORD = "word"


@dataclass(frozen=True)
class Place:
    """One number of a table's row: the column that it comes from and what it says of it."""

    column: str
    kind: PlaceKind


@dataclass(frozen=True)
class Canvas:
    """The form of an example.

    Attributes:
        kind: What its axes are.
        feature: Name of the feature that holds it.
        feature_shape: Shape of the feature, without the batch.
        feature_dtype: Type of the feature.
        shape: Shape of the example inside the network, without the batch: `(width,)` of a table,
            `(height, width, channels)` of an image, `(time, channels)` of a series,
            `(time, pitches, 1)` of a sound.
        columns: The column that each number comes from: of a table one entry a number, of the
            others one entry in all.
        places: Of a table, what each number stands for.
        has_padding: Whether the feature's last channel says which steps hold values.
        block: The structured column, if it is one.
        num_classes: Classes that the network is told, as the feature "condition", int32
            `(batch, 1)`; 0 if it is told none.
    """

    kind: CanvasKind
    feature: str
    feature_shape: tuple[int, ...]
    feature_dtype: str
    shape: tuple[int, ...]
    columns: tuple[str, ...]
    places: tuple[Place, ...] = ()
    has_padding: bool = False
    block: Block | None = None
    num_classes: int = 0

    @property
    def size(self) -> int:
        """Numbers of an example."""
        return int(np.prod(self.shape))


def canvas_of(spec: RunSpec, info: DatasetInfo) -> Canvas:
    """Tell the canvas of a spec without looking at the data.

    Args:
        spec: A spec without problems, whose task `is_unsupervised`.
        info: The dataset it names.
    """
    columns = input_columns(spec, info)
    kind = canvas_kind([info.column(name) for name in spec.task.inputs])
    num_classes = info.column(spec.task.targets[0]).num_classes if is_conditional(spec) else 0
    if kind is None or kind is CanvasKind.TABLE:
        places = tuple(_places(columns))
        width = features_of(spec, info).num_dense
        names = tuple(place.column for place in places)
        return Canvas(
            CanvasKind.TABLE,
            "dense",
            (width,),
            "float32",
            (width,),
            names,
            places=places,
            num_classes=num_classes,
        )
    (block,) = describe_blocks(columns.structured)
    return Canvas(
        kind,
        block.name,
        block.shape,
        block.dtype,
        _inner_shape(kind, block),
        (block.column.name,),
        has_padding=block.has_padding,
        block=block,
        num_classes=num_classes,
    )


def is_conditional(spec: RunSpec) -> bool:
    """Whether the network is told the class of each example; only to make examples of a class."""
    return told_column(spec) is not None


def to_canvas(canvas: Canvas, feature: Tensor, seeds: Iterator[int]) -> Tensor:
    """Bring a feature around zero; changed at random in training where its column asks for it.

    Args:
        canvas: Its form.
        feature: `(batch, *canvas.feature_shape)`, as the preprocessor gives it.
        seeds: Source of seeds.

    Returns:
        Float32 `(batch, *canvas.shape)`; pixels from -1 to 1, texts of length `TEXT_LENGTH`.
    """
    if canvas.block is not None:
        feature = block_input(canvas.block).enter(canvas.block, feature, seeds).tensor
    if any(place.kind is PlaceKind.WORD for place in canvas.places):
        is_word = np.asarray([place.kind is PlaceKind.WORD for place in canvas.places])
        return feature * np.where(is_word, TEXT_LENGTH, 1.0).astype("float32")
    if canvas.kind is CanvasKind.SOUND:
        return ops.expand_dims(feature, -1) if len(canvas.feature_shape) == 2 else feature
    if canvas.has_padding:
        return feature[..., :-1]
    return feature


def known_places(canvas: Canvas, feature: Tensor) -> Tensor | None:
    """Which numbers of the canvas hold a value, 1 or 0, `(batch, time, 1)`; None if all do."""
    return feature[..., -1:] if canvas.has_padding else None


def with_presence(canvas: Canvas) -> Canvas:
    """The canvas with one channel more, which is to say how likely each step is to hold values."""
    return replace(canvas, shape=(*canvas.shape[:-1], canvas.shape[-1] + 1))


def to_pixels(values: np.ndarray) -> np.ndarray:
    """Turn numbers from -1 to 1 into pixels, uint8; what lies beyond is cut."""
    return np.clip(np.round((values + 1.0) * (LARGEST_PIXEL / 2.0)), 0, LARGEST_PIXEL).astype(
        "uint8"
    )


def _inner_shape(kind: CanvasKind, block: Block) -> tuple[int, ...]:
    if kind is CanvasKind.SOUND and len(block.shape) == 2:
        return (*block.shape, 1)
    if block.has_padding:
        return (*block.shape[:-1], block.shape[-1] - 1)
    return block.shape


def _places(columns: InputColumns) -> list[Place]:
    """In the order of `FeatureLayout.dense_names`."""
    numbers = columns.numbers
    found = [Place(column.name, PlaceKind.NUMBER) for column in scaled_columns(numbers)]
    # Ranges of numbers are for predictors alone; what is left says that a value is missing.
    for column in numbers:
        num_rest = len(number_features([column])) - 1
        found += [Place(column.name, PlaceKind.MISSING)] * num_rest
    for category in columns.categories:
        found += [Place(category.name, PlaceKind.CATEGORY)] * len(category_features([category]))
    for date in columns.datetimes:
        found += [Place(date.name, PlaceKind.OTHER)] * len(datetime_features([date]))
    for text in columns.texts:
        found += [Place(text.name, PlaceKind.WORD)] * len(text_features([text]))
    return found
