"""As many convolutions of a GAN as the size of its examples asks for."""

import math

from dlstudio.spec.architectures.gan import GanSpec, discriminator_block, generator_block
from dlstudio.spec.canvas_sides import canvas_sides
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.task import TaskSpec

# The generator draws its first picture this wide at most; larger ones hold no shape together.
FIRST_SIDE = 8
MOST_DOUBLINGS = 5
MOST_FILTERS = 256


def fit_blocks(network: GanSpec, info: DatasetInfo, task: TaskSpec) -> GanSpec:
    """Give a GAN as many blocks as lead to examples from a picture of 4 to 8 places each way.

    Args:
        network: The network to begin with; the first block of its discriminator says how wide.
        info: The dataset.
        task: Its input is made up.

    Returns:
        The network with 1 to 5 blocks a side (28 pixels take 2, 64 take 3), each twice as wide as
        the one nearer to the example; as it was for a table.
    """
    columns = [column for column in info.columns if column.name in task.inputs]
    sides = canvas_sides(columns[0], {}) if len(columns) == 1 else None
    if sides is None or not network.discriminator_blocks:
        return network
    first = network.discriminator_blocks[0].filters
    most = max(first, MOST_FILTERS)
    num_blocks = min(MOST_DOUBLINGS, max(1, math.ceil(math.log2(min(sides) / FIRST_SIDE))))
    filters = [min(most, first * 2**number) for number in range(num_blocks)]
    return network.model_copy(
        update={
            "generator_blocks": tuple(generator_block(size) for size in reversed(filters)),
            "discriminator_blocks": tuple(discriminator_block(size) for size in filters),
        }
    )
