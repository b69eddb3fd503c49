"""From a spec to the network that is trained: features in, logits or standardised values out."""

import keras

from dlstudio.models.architectures.table import BUILDERS
from dlstudio.models.embeddings import build_embeddings, build_inputs
from dlstudio.models.forecast_network import build_forecast_network
from dlstudio.models.heads import build_head
from dlstudio.models.inputs.table import block_input
from dlstudio.models.layout import features_of
from dlstudio.models.seeds import layer_seeds
from dlstudio.models.size import check_size
from dlstudio.models.targets import codec_of, target_kind
from dlstudio.models.tensors import layers
from dlstudio.models.unsupervised_network import build_unsupervised_network
from dlstudio.models.windows import windowed_network
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind


def build_network(spec: RunSpec, info: DatasetInfo, num_outputs: int | None = None) -> keras.Model:
    """Build the network of a spec, with its first weights drawn from the spec's seed.

    Args:
        spec: A spec without problems.
        info: The dataset it names.
        num_outputs: Outputs of the network, at least 1; by default what `info` tells.

    Returns:
        An uncompiled model. It takes the features of `features_of` by name ("dense", "index" and
        the blocks), and gives float32 logits or values `(batch, num_outputs)`, for an ensemble
        `(batch, members, num_outputs)`.

    Raises:
        SpecError: The network would not fit into this machine's memory.
    """
    if spec.task.kind is TaskKind.FORECASTING:
        return build_forecast_network(spec, info)
    if spec.task.kind.is_unsupervised:
        return build_unsupervised_network(spec, info)
    layout = features_of(spec, info)
    outputs = num_outputs or max(1, codec_of(spec, info).num_outputs)
    check_size(spec.architecture, layout, outputs)
    seeds = layer_seeds(spec.training.seed)
    inputs = build_inputs(layout)
    parts = build_embeddings(layout, inputs, seeds)
    builder = BUILDERS[spec.architecture.kind]
    for block in layout.blocks:
        entered = block_input(block).enter(block, inputs[block.name], seeds)
        parts.append(builder.encode(spec.architecture, block, entered, seeds))
    features = parts[0] if len(parts) == 1 else layers.Concatenate(name="features")(parts)
    hidden = builder.build(spec.architecture, features, seeds)
    head = build_head(hidden, outputs, seeds)
    if any(block.long_shape for block in layout.blocks):
        return windowed_network(inputs, head, layout.blocks, target_kind(spec.task))
    return keras.Model(inputs, head, name="network")
