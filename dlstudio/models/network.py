"""From a spec to the network that is trained: features in, logits or standardised values out."""

import keras
import psutil

from dlstudio.errors import Problem, SpecError
from dlstudio.models.architectures.table import BUILDERS
from dlstudio.models.embeddings import build_embeddings, build_inputs
from dlstudio.models.heads import build_head
from dlstudio.models.layout import FeatureLayout, features_of
from dlstudio.models.seeds import layer_seeds
from dlstudio.models.targets import codec_of
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

# Weight, gradient and two moments of the optimizer, in float32.
BYTES_A_PARAMETER = 16


def build_network(spec: RunSpec, info: DatasetInfo, num_outputs: int | None = None) -> keras.Model:
    """Build the network of a spec, with its first weights drawn from the spec's seed.

    Args:
        spec: A spec without problems.
        info: The dataset it names.
        num_outputs: Outputs of the network, at least 1; by default what `info` tells.

    Returns:
        An uncompiled model. It takes the features of `features_of` by name ("dense", "index"), and
        gives float32 logits or values `(batch, num_outputs)`, for an ensemble
        `(batch, members, num_outputs)`.

    Raises:
        SpecError: The network would not fit into this machine's memory.
    """
    layout = features_of(spec, info)
    outputs = num_outputs or max(1, codec_of(spec, info).num_outputs)
    check_size(spec.architecture, layout, outputs)
    seeds = layer_seeds(spec.training.seed)
    inputs = build_inputs(layout)
    features = build_embeddings(layout, inputs, seeds)
    hidden = BUILDERS[spec.architecture.kind](spec.architecture, features, seeds)
    return keras.Model(inputs, build_head(hidden, outputs, seeds), name="network")


def check_size(architecture: FnnSpec, layout: FeatureLayout, num_outputs: int) -> None:
    """Refuse a network whose weights alone would fill the memory, before Keras makes them.

    Args:
        architecture: The layers.
        layout: The features.
        num_outputs: Outputs of the network.

    Raises:
        SpecError: It is too large; the problem names the layer with the most weights.
    """
    tables = sum(table.num_entries * table.dim for table in layout.tables)
    widths = [
        layout.num_dense + sum(table.dim * len(table.columns) for table in layout.tables),
        *(layer.units for layer in architecture.layers),
        num_outputs,
    ]
    weights = [first * second for first, second in zip(widths, widths[1:], strict=False)]
    num_parameters = tables + sum(weights)
    limit = psutil.virtual_memory().total // 2
    if num_parameters * BYTES_A_PARAMETER <= limit:
        return
    largest = min(weights.index(max(weights)), max(0, len(architecture.layers) - 1))
    raise SpecError(
        [
            Problem(
                f"The network has about {num_parameters:,} parameters and needs "
                f"{_gigabytes(num_parameters * BYTES_A_PARAMETER)} to train, more than half of "
                f"this machine's {_gigabytes(psutil.virtual_memory().total)}.",
                f"Give layer {largest + 1} fewer units, or use fewer inputs."
                if architecture.layers
                else "Use fewer inputs, or shorter embeddings.",
                f"architecture.layers.{largest}.units" if architecture.layers else "task.inputs",
            )
        ]
    )


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**3:,.1f} GB"
