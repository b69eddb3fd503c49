"""Raw columns to features: fitted on the training rows, run in batches, part of the saved model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from dlstudio.models.blocks import Block
from dlstudio.models.columns import InputColumns, input_columns
from dlstudio.models.inputs.category import build_categories
from dlstudio.models.inputs.datetime import build_datetimes
from dlstudio.models.inputs.number import build_numbers
from dlstudio.models.inputs.table import block_input, describe_blocks
from dlstudio.models.inputs.text import build_texts
from dlstudio.models.joining import join
from dlstudio.models.names import SHAPED, input_names
from dlstudio.models.tensors import Tensor, new_input, ops
from dlstudio.models.text_batches import batch_slices
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

RawColumns = Mapping[str, np.ndarray]
# Values that one batch of the transformation may hold: each of its dozen operations makes as many.
BATCH_VALUES = 2**21


@dataclass(frozen=True)
class Preprocessor:
    """The fitted way from raw columns to features.

    Attributes:
        columns: The input columns by kind.
        blocks: The structured columns as blocks; their raw values are decoded ones, see `Block`.
        core: A model of built-in layers and `keras.ops`. It takes all numbers as one matrix
            "numbers", all datetimes as "datetimes", and each category, text and block by itself,
            because Keras needs 10 s to build and 40 s to trace a model of 5,000 inputs.
    """

    columns: InputColumns
    blocks: tuple[Block, ...]
    core: keras.Model

    @property
    def features(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Shape, without the batch, and type of each feature by name."""
        outputs = self.core.output
        return {name: (tuple(tensor.shape[1:]), tensor.dtype) for name, tensor in outputs.items()}

    def transform(self, raw: RawColumns) -> dict[str, np.ndarray]:
        """Compute the features of rows.

        Args:
            raw: The input columns: one 1-D array each, for structured columns the decoded values.

        Returns:
            "dense", float32 `(num_rows, num_dense)`, "index", int32 `(num_rows, num_index)`, and
            each block by its name; a feature of width 0 is left out.
        """
        inputs = _stacked(self.columns, self.blocks, raw)
        num_rows = len(next(iter(inputs.values())))
        features = {
            name: np.empty((num_rows, *shape), dtype)
            for name, (shape, dtype) in self.features.items()
        }
        texts = [values for values in inputs.values() if values.dtype == object]
        for rows in batch_slices(num_rows, self._batch_rows, texts) if num_rows else ():
            part = {name: ops.convert_to_tensor(values[rows]) for name, values in inputs.items()}
            for name, values in self.core(part, training=False).items():
                features[name][rows] = ops.convert_to_numpy(values)
        return features

    @property
    def _batch_rows(self) -> int:
        row_values = sum(math.prod(shape) for shape, _ in self.features.values())
        long = [math.prod(block.decoded_shape) for block in self.blocks if block.long_shape]
        if long:  # the Fourier transform of a minute takes hundreds of times the window's memory
            return max(1, BATCH_VALUES // max(row_values, *long))
        return max(64, BATCH_VALUES // max(1, row_values))

    def raw_inputs(self) -> dict[str, Tensor]:
        """Make a symbolic input for each column, named as in `input_names`.

        Structured columns take values of any size, as a program would have them; the others
        `(batch, 1)`.
        """
        names = input_names(self.columns.names)
        blocks = {block.column.name: block for block in self.blocks}
        dtypes = {
            **{column.name: "float32" for column in self.columns.numbers},
            **{column.name: "float64" for column in self.columns.datetimes},
        }
        inputs: dict[str, Tensor] = {}
        for column in self.columns.names:
            if column in blocks:
                block = blocks[column]
                inputs[column] = block_input(block).raw_input(block, names[column])
            else:
                dtype = dtypes.get(column, "string")
                inputs[column] = new_input((1,), name=names[column], dtype=dtype)
        return inputs

    def features_of_inputs(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Build the features of symbolic raw inputs.

        Args:
            inputs: What `raw_inputs` made.

        Returns:
            Symbolic features as `transform` gives them.
        """
        columns = self.columns
        parts: dict[str, Tensor] = {}
        if columns.numbers:
            numbers = [inputs[column.name] for column in columns.numbers]
            parts["numbers"] = join(numbers, "all_numbers", "float32")
        if columns.datetimes:
            datetimes = [inputs[column.name] for column in columns.datetimes]
            parts["datetimes"] = join(datetimes, "all_datetimes", "float64")
        for index, column in enumerate(columns.categories):
            parts[f"category_{index}"] = inputs[column.name]
        for index, column in enumerate(columns.texts):
            parts[f"text_{index}"] = inputs[column.name]
        for block in self.blocks:
            parts[block.name] = _brought_to_shape(block, inputs[block.column.name])
        return self.core(parts)


def fit_preprocessor(spec: RunSpec, info: DatasetInfo, raw_train: RawColumns) -> Preprocessor:
    """Fit the preprocessing of all input columns.

    Args:
        spec: A spec without problems.
        info: The dataset it names.
        raw_train: The training rows of the input columns, and of no other rows; of structured
            columns decoded values, perhaps of only some of the rows.

    Returns:
        The preprocessor; its features have the widths that `features_of` tells.
    """
    columns = input_columns(spec, info)
    blocks = describe_blocks(columns.structured)
    rows = _stacked(columns, blocks, raw_train)
    dtypes = _INPUT_DTYPES | {block.name: block.decoded_dtype for block in blocks}
    inputs = {
        name: new_input(values.shape[1:], name=name, dtype=dtypes.get(name, "string"))
        for name, values in rows.items()
    }
    dense, index = _build_features(columns, rows, inputs)
    features: dict[str, Tensor] = {}
    if dense:
        features["dense"] = dense[0] if len(dense) == 1 else ops.concatenate(dense, axis=1)
    if index:
        features["index"] = index[0] if len(index) == 1 else ops.concatenate(index, axis=1)
    for block in blocks:
        build = block_input(block).build
        features[block.name] = build(block, rows[block.name], inputs[block.name])
    return Preprocessor(columns, blocks, keras.Model(inputs, features, name="preprocessing"))


def _brought_to_shape(block: Block, raw: Tensor) -> Tensor:
    """In a model of its own, so that the names of its operations leave columns theirs."""
    inner = new_input(raw.shape[1:], name="raw", dtype=raw.dtype)
    shaped = block_input(block).bring_to_shape(block, inner)
    if shaped is inner:
        return raw
    return keras.Model(inner, shaped, name=f"{SHAPED}_{block.name}")(raw)


_INPUT_DTYPES = {"numbers": "float32", "datetimes": "float64"}


def _build_features(
    columns: InputColumns, rows: Mapping[str, np.ndarray], inputs: Mapping[str, Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    dense: list[Tensor] = []
    if columns.numbers:
        dense += build_numbers(columns.numbers, rows["numbers"], inputs["numbers"])
    categories = [f"category_{index}" for index in range(len(columns.categories))]
    one_hot, index = build_categories(
        columns.categories,
        [rows[name][:, 0] for name in categories],
        [inputs[name] for name in categories],
    )
    dense += one_hot
    if columns.datetimes:
        dense += build_datetimes(columns.datetimes, rows["datetimes"], inputs["datetimes"])
    texts = [f"text_{index}" for index in range(len(columns.texts))]
    dense += build_texts(
        columns.texts, [rows[name][:, 0] for name in texts], [inputs[name] for name in texts]
    )
    return dense, index


def _stacked(
    columns: InputColumns, blocks: tuple[Block, ...], raw: RawColumns
) -> dict[str, np.ndarray]:
    """The inputs of the core: matrices of numbers and datetimes, decoded values of blocks.

    Everything else is `(num_rows, 1)`.
    """
    stacked: dict[str, np.ndarray] = {}
    if columns.numbers:
        numbers = [np.asarray(raw[column.name], "float32") for column in columns.numbers]
        stacked["numbers"] = np.stack(numbers, axis=1)
    if columns.datetimes:
        datetimes = [np.asarray(raw[column.name], "float64") for column in columns.datetimes]
        stacked["datetimes"] = np.stack(datetimes, axis=1)
    for index, column in enumerate(columns.categories):
        stacked[f"category_{index}"] = np.asarray(raw[column.name], object)[:, None]
    for index, column in enumerate(columns.texts):
        stacked[f"text_{index}"] = np.asarray(raw[column.name], object)[:, None]
    for block in blocks:
        values = raw[block.column.name]
        stacked[block.name] = values.reshape(len(values), *block.decoded_shape)
    return stacked
