"""Whether the layers of an autoencoder or a VAE suit the examples they rebuild."""

import math
from collections.abc import Iterator, Sequence

from dlstudio.errors import Problem
from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.architectures.coder import Body, CoderSpec
from dlstudio.spec.architectures.decoder import DecoderBlock
from dlstudio.spec.bodies import SUITED_BODIES, body_for
from dlstudio.spec.canvas import CanvasKind, canvas_kind
from dlstudio.spec.canvas_sides import canvas_sides
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.layers import Activation
from dlstudio.spec.run import RunSpec

_UNITS = {
    CanvasKind.IMAGE: "pixels",
    CanvasKind.SERIES: "steps",
    CanvasKind.SOUND: "steps and pitches",
}


def check_coder(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Find layers that do not suit the inputs; a part of `check_unsupervised`.

    Args:
        spec: A spec of any architecture; only a `CoderSpec` is looked at.
        info: The dataset.
    """
    columns = [column for column in info.columns if column.name in spec.task.inputs]
    kind, architecture = canvas_kind(columns), spec.architecture
    if kind is None or not isinstance(architecture, CoderSpec):
        return
    if architecture.body not in SUITED_BODIES[kind]:
        yield Problem(
            f"{architecture.body.value.capitalize()} layers do not suit a {kind.value}.",
            f"Choose {', '.join(body.value for body in SUITED_BODIES[kind])}.",
            "architecture.body",
        )
        return
    body = body_for(architecture, kind)
    if body is Body.RECURRENT and not architecture.recurrent_layers:
        yield Problem("There are no recurrent layers.", "Add one.", "architecture.recurrent_layers")
    if body is Body.CONVOLUTIONAL:
        yield from _halved(architecture.blocks, "architecture.blocks")
    if body is Body.CONVOLUTIONAL and architecture.has_own_blocks:
        yield from _halved(architecture.decoder_blocks, "architecture.decoder_blocks")
        sides = canvas_sides(columns[0], spec.preprocessing.get(columns[0].name, {}))
        if sides is not None:
            yield from _idle(architecture.decoder_blocks, max(sides), _size(sides, kind))


def _size(sides: tuple[int, ...], kind: CanvasKind) -> str:
    if sides == (1,):
        return "1 step"
    return f"{' x '.join(f'{side:,}' for side in sides)} {_UNITS[kind]}"


def _halved(blocks: Sequence[ConvBlock | DecoderBlock], where: str) -> Iterator[Problem]:
    for index, block in enumerate(blocks):
        if block.activation is Activation.GLU and block.filters % 2:
            yield Problem(
                f"The activation glu halves the filters, but block {index + 1} has "
                f"{block.filters}, an odd number.",
                "Choose an even number of filters.",
                f"{where}.{index}.filters",
            )


def _idle(blocks: Sequence[DecoderBlock], side: int, size: str) -> Iterator[Problem]:
    """Find blocks of which nothing would be left: a single place is enough for those after them."""
    for index, block in enumerate(blocks):
        later = math.prod(after.stride for after in blocks[index + 1 :])
        if block.stride == 1 or later < side:
            continue
        after = f" and the blocks after it make {later:,} times larger" if later > 1 else ""
        yield Problem(
            f"Block {index + 1} of the decoder has nothing to enlarge: examples are {size}{after}.",
            f"Set Times larger of block {index + 1} to 1 or delete it, or enlarge less after it.",
            f"architecture.decoder_blocks.{index}.stride",
        )
