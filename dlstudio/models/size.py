"""Refuses networks that would not fit into memory, before Keras makes their weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from dlstudio.errors import Problem, SpecError
from dlstudio.models.architectures.table import BUILDERS
from dlstudio.models.blocks import BlockKind
from dlstudio.models.layout import FeatureLayout
from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.table import ArchitectureSpec

# Weight, gradient and two moments of the optimizer, in float32.
BYTES_A_PARAMETER = 16


@dataclass(frozen=True)
class Part:
    """Weights of one part of a network, the field that sets their number, and what to do."""

    num_weights: int
    where: str
    fix: str


def check_size(architecture: ArchitectureSpec, layout: FeatureLayout, num_outputs: int) -> None:
    """Refuse a network whose weights alone would fill the memory.

    Args:
        architecture: The layers.
        layout: The features.
        num_outputs: Outputs of the network.

    Raises:
        SpecError: It is too large; the problem names the layer with the most weights.
    """
    refuse_too_large(_parts(architecture, layout, num_outputs))


def refuse_too_large(parts: Sequence[Part]) -> None:
    """Refuse a network by the weights of its parts.

    Args:
        parts: All parts with many weights.

    Raises:
        SpecError: They would fill the memory; the problem names the largest part.
    """
    num_parameters = sum(part.num_weights for part in parts)
    total_bytes = psutil.virtual_memory().total
    if num_parameters * BYTES_A_PARAMETER <= total_bytes // 2:
        return
    largest = max(parts, key=lambda part: part.num_weights)
    raise SpecError(
        [
            Problem(
                f"The network has about {num_parameters:,} parameters and needs "
                f"{_gigabytes(num_parameters * BYTES_A_PARAMETER)} to train, more than half of "
                f"this machine's {_gigabytes(total_bytes)}.",
                largest.fix,
                largest.where,
            )
        ]
    )


def _parts(architecture: ArchitectureSpec, layout: FeatureLayout, num_outputs: int) -> list[Part]:
    width = layout.num_dense + sum(table.dim * len(table.columns) for table in layout.tables)
    tables = sum(table.num_entries * table.dim for table in layout.tables)
    parts = [Part(tables, "task.inputs", "Use fewer inputs, or shorter embeddings.")]
    for block in layout.blocks:
        if block.kind is BlockKind.TOKENS:
            dim = block.column.settings.model_dump()["embedding_dim"]
            field = f"preprocessing.{block.column.name}.max_tokens"
            parts.append(Part(block.num_tokens * dim, field, "Choose a smaller vocabulary."))
        size = BUILDERS[architecture.kind].count(architecture, block)
        fix = "Choose smaller inputs, or fewer filters or units."
        parts.append(Part(size.num_weights, "architecture.layers", fix))
        width += size.width
    assert not isinstance(architecture, (CoderSpec, GanSpec)), "see canvas_size"
    is_fnn = isinstance(architecture, FnnSpec)
    field = "layers" if is_fnn else "dense_layers"
    dense = architecture.layers if is_fnn else architecture.dense_layers
    for number, layer in enumerate(dense, start=1):
        fix = f"Give layer {number} fewer units, or use fewer inputs."
        where = f"architecture.{field}.{number - 1}.units"
        parts.append(Part(width * layer.units, where, fix))
        width = layer.units
    last = f"architecture.{field}.{len(dense) - 1}.units" if dense else "task.inputs"
    fix = f"Give layer {len(dense)} fewer units." if dense else "Use fewer inputs."
    return [*parts, Part(width * num_outputs, last, fix)]


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**3:,.1f} GB"
