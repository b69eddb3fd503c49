"""What keeps an architecture from being built, whatever it is trained on."""

from collections.abc import Iterator, Sequence

from dlstudio.errors import Problem
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.architectures.fnn import FnnSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.table import ArchitectureSpec
from dlstudio.spec.architectures.transformer import TransformerSpec
from dlstudio.spec.layers import Activation, DenseLayer


def check_architecture(architecture: ArchitectureSpec) -> Iterator[Problem]:
    """Find every problem of an architecture.

    Args:
        architecture: Settings whose fields are valid by themselves.
    """
    if isinstance(architecture, GanSpec):
        yield from _dense(architecture.generator_layers, "architecture.generator_layers")
        yield from _dense(architecture.discriminator_layers, "architecture.discriminator_layers")
    elif isinstance(architecture, CoderSpec):
        yield from _dense(architecture.layers, "architecture.layers")
        if not architecture.mirrored:
            yield from _dense(architecture.decoder_layers, "architecture.decoder_layers")
    elif isinstance(architecture, FnnSpec):
        yield from _dense(architecture.layers, "architecture.layers")
    else:
        yield from _dense(architecture.dense_layers, "architecture.dense_layers")
    if isinstance(architecture, TransformerSpec):
        yield from _attention(architecture)


def check_fine_tuning(architecture: ArchitectureSpec, num_epochs: int) -> Iterator[Problem]:
    """Find a pretrained network whose fine-tuning would never begin.

    Args:
        architecture: Settings whose fields are valid by themselves.
        num_epochs: Epochs of the training.
    """
    if not isinstance(architecture, CnnSpec) or not architecture.is_frozen_first:
        return
    frozen = architecture.frozen_epochs
    if frozen >= num_epochs:
        yield Problem(
            f"Fine-tuning begins after {_epochs(frozen)}, but the training has {num_epochs:,}.",
            f"Choose fewer frozen epochs than {num_epochs:,}, or more epochs; or set Fine-tuned "
            "layers to 0 to leave the pretrained network as it is.",
            "architecture.frozen_epochs",
        )


def _epochs(count: int) -> str:
    return f"{count:,} frozen epoch" if count == 1 else f"{count:,} frozen epochs"


def _dense(layers: Sequence[DenseLayer], where: str) -> Iterator[Problem]:
    for index, layer in enumerate(layers):
        if layer.activation is Activation.GLU and layer.units % 2:
            yield Problem(
                f"The activation glu halves the units, but layer {index + 1} has {layer.units}, an "
                "odd number.",
                "Choose an even number of units.",
                f"{where}.{index}.units",
            )


def _attention(architecture: TransformerSpec) -> Iterator[Problem]:
    for index, block in enumerate(architecture.layers):
        if architecture.width % block.heads:
            yield Problem(
                f"The width {architecture.width} cannot be shared by the {block.heads} heads of "
                f"block {index + 1}.",
                "Choose a width that is a multiple of the heads, such as "
                f"{block.heads * max(1, architecture.width // block.heads)}.",
                f"architecture.layers.{index}.heads",
            )
