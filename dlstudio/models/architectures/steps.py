"""A block as steps that follow each other, for networks that read in one direction."""

import math

from dlstudio.models.blocks import Block, BlockKind, Entered
from dlstudio.models.tensors import layers


def steps_of(block: Block, entered: Entered) -> Entered:
    """Lay a block out along time.

    Args:
        block: The block.
        entered: The block inside the network.

    Returns:
        `(batch, steps, channels)`: an image's rows and a video's frames are the steps, everything
        else has them already. Frames are first halved in size twice, by averaging.
    """
    tensor = entered.tensor
    if block.kind is BlockKind.VIDEO:
        tensor = layers.AveragePooling3D((1, 4, 4), padding="same", name=f"{block.name}_small")(
            tensor
        )
    if len(tensor.shape) > 3:
        _, steps, *rest = tensor.shape
        tensor = layers.Reshape((steps, math.prod(rest)), name=f"{block.name}_steps")(tensor)
    return Entered(tensor, entered.mask)


def num_steps(block: Block) -> tuple[int, int]:
    """Steps of a block, and the channels of a step, as `steps_of` gives them."""
    if block.kind is BlockKind.TOKENS:
        return block.shape[0], block.column.settings.model_dump()["embedding_dim"]
    if block.kind is BlockKind.VIDEO:
        frames, height, width, channels = block.shape
        return frames, math.ceil(height / 4) * math.ceil(width / 4) * channels
    return block.shape[0], math.prod(block.shape[1:])
