"""What the network learns about its inputs: vectors for categories, frequencies for numbers."""

import math
from collections.abc import Iterator

import keras
import numpy as np

from dlstudio.models.inputs.category import EmbeddingTable
from dlstudio.models.layout import FeatureLayout, PeriodicNumbers
from dlstudio.models.tensors import Tensor, layers, new_input, ops

PERIODIC_DIM = 4
FREQUENCY_SPREAD = 0.1


def build_inputs(layout: FeatureLayout) -> dict[str, Tensor]:
    """Make the symbolic features that a network takes, by name."""
    inputs: dict[str, Tensor] = {}
    if layout.num_dense:
        inputs["dense"] = new_input((layout.num_dense,), name="dense", dtype="float32")
    if layout.num_index:
        inputs["index"] = new_input((layout.num_index,), name="index", dtype="int32")
    for block in layout.blocks:
        inputs[block.name] = new_input(block.feature_shape, name=block.name, dtype=block.dtype)
    return inputs


def build_embeddings(
    layout: FeatureLayout, inputs: dict[str, Tensor], seeds: Iterator[int]
) -> list[Tensor]:
    """Build what the network takes of columns without a structure.

    Args:
        layout: Where everything is.
        inputs: What `build_inputs` made.
        seeds: Source of seeds.

    Returns:
        Float32 `(batch, num_features)` tensors, to be joined; none if all columns are structured.
    """
    parts: list[Tensor] = []
    if layout.num_dense:
        parts.append(inputs["dense"])
        parts += [_periodic(each, inputs["dense"], seeds) for each in layout.periodic]
    for table in layout.tables:
        parts.append(_categories(table, inputs["index"], layout.num_index, next(seeds)))
    return parts


def _categories(table: EmbeddingTable, index: Tensor, num_index: int, seed: int) -> Tensor:
    first, end = table.positions
    if end - first < num_index:
        index = ops.take(index, np.arange(first, end, dtype="int32"), axis=1)
    name = f"categories_{table.dim}"
    vectors = layers.Embedding(
        table.num_entries,
        table.dim,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=0.1, seed=seed),
        name=name,
    )(index)
    return layers.Flatten(name=f"{name}_flat")(vectors)


def _periodic(numbers: PeriodicNumbers, dense: Tensor, seeds: Iterator[int]) -> Tensor:
    """Each number as waves of learned length and phase, then as a few learned sums of them.

    Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", with
    the phases of RealMLP (Holzmüller et al. 2024).
    """
    name = f"waves_{numbers.num_frequencies}"
    num_columns, width = len(numbers.positions), numbers.num_frequencies
    values = ops.take(dense, np.asarray(numbers.positions, "int32"), axis=1)
    angles = layers.EinsumDense(
        "bc,cf->bcf",
        output_shape=(num_columns, width),
        bias_axes="cf",
        kernel_initializer=keras.initializers.RandomNormal(
            stddev=2.0 * math.pi * FREQUENCY_SPREAD, seed=next(seeds)
        ),
        bias_initializer=keras.initializers.RandomUniform(-math.pi, math.pi, seed=next(seeds)),
        name=name,
    )(values)
    limit = 1.0 / math.sqrt(width)
    sums = layers.EinsumDense(
        "bcf,cfd->bcd",
        output_shape=(num_columns, PERIODIC_DIM),
        bias_axes="cd",
        kernel_initializer=keras.initializers.RandomUniform(-limit, limit, seed=next(seeds)),
        name=f"{name}_sums",
    )(ops.cos(angles))
    return layers.Flatten(name=f"{name}_flat")(sums)
