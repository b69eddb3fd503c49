"""What a spec's network looks like, layer by layer, before it is trained."""

import math
from collections.abc import Iterator
from typing import Any

import keras

from dlstudio.models.adversarial import EXAMPLE, GanNetwork
from dlstudio.models.architectures.backbones import reusing_backbones
from dlstudio.models.canvas import CONDITION, NOISE, canvas_of
from dlstudio.models.code_notes import code_notes
from dlstudio.models.columns import input_columns
from dlstudio.models.estimates import epoch_seconds, memory_bytes, table_bytes
from dlstudio.models.forecast_window import FUTURE, HISTORY
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.network import build_network
from dlstudio.models.tensors import layers, output_shape
from dlstudio.reports.preview import LayerPreview, NetworkPreview
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind

PRETRAINED = "Pretrained"
_FORECAST_INPUTS = {HISTORY: "the past", FUTURE: "known in advance", "dense": "calendar"}
# Building one takes most of a second.
_BACKBONES: dict[tuple[object, ...], keras.Model] = {}


def preview(spec: RunSpec, info: DatasetInfo) -> NetworkPreview:
    """Build the network of a spec and describe it.

    Args:
        spec: A spec without problems.
        info: The dataset it names.

    Returns:
        The layers in the order of computation, with the shapes and numbers of parameters that the
        trained network will have. Memory and time are estimates (`dlstudio.models.estimates`).

    Raises:
        SpecError: The network would not fit into this machine's memory.
    """
    with reusing_backbones(_BACKBONES):
        network = build_network(spec, info)
    num_rows = max(1, round(info.num_rows * spec.split.fractions[0]))
    batch_size = min(resolve_batch_size(spec.training.batch_size, num_rows), num_rows)
    num_kept = max(num_rows, round(info.num_rows * sum(spec.split.fractions[:2])))
    num_trainable = sum(weight.shape.num_elements() for weight in network.trainable_variables)
    # A forecast's windows are read from the series when they are needed.
    num_copied = 0 if spec.task.kind is TaskKind.FORECASTING else num_kept
    return NetworkPreview(
        layers=tuple(_named(layer, spec, info) for layer in _layers(network)),
        num_parameters=network.count_params(),
        num_trainable=num_trainable,
        memory_bytes=memory_bytes(network, batch_size, num_copied)
        + table_bytes(info, (*spec.task.inputs, *spec.task.targets)),
        epoch_s=epoch_seconds(network, batch_size, num_rows),
        batch_size=batch_size,
        steps_per_epoch=-(-num_rows // batch_size),
        notes=_notes(spec, info),
    )


def _notes(spec: RunSpec, info: DatasetInfo) -> tuple[str, ...]:
    if not spec.task.kind.is_unsupervised:
        return ()
    return tuple(code_notes(spec, canvas_of(spec, info)))


def _named(layer: LayerPreview, spec: RunSpec, info: DatasetInfo) -> LayerPreview:
    """Say what comes in at an input: the column, or the part of a forecast."""
    if layer.inputs or layer.kind != "InputLayer":
        return layer
    if layer.name == CONDITION:
        return layer.model_copy(update={"detail": "class"})
    if spec.task.kind is TaskKind.FORECASTING:
        names = _FORECAST_INPUTS
    else:
        blocks = describe_blocks(input_columns(spec, info).structured)
        names = {block.name: block.column.name for block in blocks}
        names |= {"index": "categories", "dense": "other columns" if blocks else ""}
    return layer.model_copy(update={"detail": names.get(layer.name, layer.detail)})


def _layers(network: keras.Model) -> Iterator[LayerPreview]:
    if not isinstance(network, GanNetwork):
        yield from map(_layer, network.operations)
        return
    for operation in network.generator.operations:
        layer = _layer(operation)
        is_first = operation.name == NOISE
        start = {"kind": "Generator", "detail": "random numbers"}
        yield layer.model_copy(update=start) if is_first else layer
    made: Any = network.generator.output
    sample = made._keras_history.operation.name
    for operation in network.discriminator.operations:
        layer = _layer(operation)
        start = {"kind": "Discriminator", "inputs": (sample,), "detail": "sees samples and data"}
        if operation.name != CONDITION:  # drawn once: both networks are told the same classes
            yield layer.model_copy(update=start) if operation.name == EXAMPLE else layer


def _layer(operation: keras.Operation) -> LayerPreview:
    is_layer = isinstance(operation, keras.Layer)
    return LayerPreview(
        name=operation.name,
        kind=PRETRAINED if isinstance(operation, keras.Model) else type(operation).__name__,
        output_shape=output_shape(operation),
        num_parameters=operation.count_params() if is_layer else 0,
        detail=_detail(operation),
        inputs=_sources(operation),
        is_layer=is_layer and not _is_dice(operation),
    )


def _is_dice(operation: keras.Operation) -> bool:
    """Whether a layer only draws a random number for an augmentation, see `models.chance`."""
    is_noise = isinstance(operation, layers.GaussianNoise)
    return is_noise and math.prod(output_shape(operation)) == 1


def _detail(operation: keras.Operation) -> str:
    """The one setting that tells the most, such as the activation's name."""
    match operation:
        case layers.Activation() | layers.Dropout() | layers.GaussianNoise():
            config = operation.get_config()
            return str(config.get("activation") or config.get("rate") or config.get("stddev"))
        case layers.Conv1D() | layers.Conv2D() | layers.Conv3D():
            return " × ".join(str(size) for size in operation.kernel_size)
        case layers.Conv1DTranspose() | layers.Conv2DTranspose():
            return " × ".join(str(size) for size in operation.kernel_size)
        case layers.SpectralNormalization():
            return type(operation.layer).__name__
        case layers.MultiHeadAttention():
            return f"{operation.get_config()['num_heads']} heads"
        case layers.Bidirectional():
            return type(operation.forward_layer).__name__
        case keras.Model():
            return f"{len(operation.layers)} layers"
        case _:
            return ""


def _sources(operation: keras.Operation) -> tuple[str, ...]:
    if isinstance(operation, layers.InputLayer):
        return ()
    tensors = keras.tree.flatten(operation.input)
    return tuple(tensor._keras_history.operation.name for tensor in tensors)
