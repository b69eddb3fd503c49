"""Which fields of a network the inputs leave without use, and a decoder's rows; no Streamlit."""

from dlstudio.spec.architectures.cnn import Backbone, CnnSpec
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.table import ArchitectureSpec
from dlstudio.spec.bodies import body_for, unused_rows
from dlstudio.spec.canvas import CanvasKind, canvas_kind
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.task import TaskSpec

TRANSFER_FIELDS = frozenset(
    {"backbone", "trained_layers", "frozen_epochs", "fine_tuning_rate", "weights_folder"}
)


def has_images(task: TaskSpec, info: DatasetInfo) -> bool:
    """Whether an input is an image, which pretrained networks are for."""
    kinds = {column.kind for column in info.columns if column.name in task.inputs}
    return ColumnKind.IMAGE in kinds


def hidden_rows(network: ArchitectureSpec, task: TaskSpec, info: DatasetInfo) -> frozenset[str]:
    """The fields that the inputs leave without use, such as convolutions of a table."""
    if isinstance(network, CnnSpec):
        is_chosen = network.backbone is not Backbone.NONE
        return frozenset() if is_chosen or has_images(task, info) else TRANSFER_FIELDS
    if isinstance(network, GanSpec):
        is_table = _canvas(task, info) is CanvasKind.TABLE
        return frozenset({"generator_blocks", "discriminator_blocks"} if is_table else ())
    body = _body(network, task, info)
    return frozenset() if body is None else unused_rows(body)


def follow_mirror(
    before: ArchitectureSpec, after: ArchitectureSpec, task: TaskSpec, info: DatasetInfo
) -> ArchitectureSpec:
    """Write the decoder's rows out when a person begins to set them, and back.

    Args:
        before: The network before an edit.
        after: The network as the form says.
        task: Its inputs decide which kind of layers is in use.
        info: The dataset.

    Returns:
        The network with the mirrored rows to begin with if the decoder is mirrored no longer;
        without them if it is again.
    """
    body = _body(after, task, info)
    if body is None or not isinstance(before, CoderSpec) or not isinstance(after, CoderSpec):
        return after
    if before.mirrored == after.mirrored:
        return after
    return (
        after.with_decoder_mirrored(body)
        if after.mirrored
        else after.with_decoder_written_out(body)
    )


def _body(network: ArchitectureSpec, task: TaskSpec, info: DatasetInfo) -> Body | None:
    """The kind of layers in use; None if there is none, or if the inputs cannot be rebuilt."""
    kind = _canvas(task, info)
    if kind is None or not isinstance(network, CoderSpec):
        return None
    return body_for(network, kind)


def _canvas(task: TaskSpec, info: DatasetInfo) -> CanvasKind | None:
    """The form of an example; None if the inputs cannot be rebuilt."""
    return canvas_kind([column for column in info.columns if column.name in task.inputs])
