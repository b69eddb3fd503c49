"""Rows of a decoder, from the code outwards: set by a person, or the encoder's turned around."""

from collections.abc import Sequence

from pydantic import Field

from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.layers import Activation, DenseLayer, Normalization
from dlstudio.spec.part import SpecPart

# The largest stride times the largest pooling of a block of the encoder.
LARGEST_FACTOR = 256
FEWEST_FILTERS = 8


class DecoderBlock(SpecPart):
    """One transposed convolution with what follows it."""

    filters: int = Field(
        default=32,
        ge=1,
        le=4_096,
        title="Filters",
        description="Patterns this block draws with, which are the channels that it hands on. "
        "More draw finer patterns and cost time; too few blur. Blocks near the code usually have "
        "more.",
    )
    kernel: int = Field(
        default=3,
        ge=1,
        le=63,
        title="Kernel",
        description="Pixels or time steps that each filter draws in each direction. Larger draws "
        "smoother and costs time, smaller draws finer. Rounded up to a multiple of Times larger, "
        "so that no checkerboards are drawn.",
    )
    stride: int = Field(
        default=2,
        ge=1,
        le=LARGEST_FACTOR,
        title="Times larger",
        description="How many times larger this block makes the picture or series, the stride of "
        "its convolution. 2 doubles the size, 1 keeps it; much more at once looks coarse.",
    )
    activation: Activation = Field(
        default=Activation.RELU,
        title="Activation",
        description="What each filter does with its sum. ReLU is a safe choice; leaky ReLU, GELU "
        "and SiLU are its relatives. Without one (linear) blocks add little to each other.",
    )
    normalization: Normalization = Field(
        default=Normalization.BATCH,
        title="Normalisation",
        description="Keeps numbers in a stable range. Batch makes deep networks train much "
        "faster; layer suits batches of a few rows. None is slower, and fine for one or two "
        "blocks.",
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of outputs switched off at random in training, against overfitting "
        "(learning the rows by heart). 0 is usual here; too much and reconstructions blur.",
    )


def mirrored_dense(rows: Sequence[DenseLayer]) -> tuple[DenseLayer, ...]:
    """Turn the dense layers of an encoder around.

    Args:
        rows: From the input to the code.

    Returns:
        From the code outwards, without dropout and skip connections.
    """
    return tuple(row.model_copy(update={"dropout": 0.0, "skip": False}) for row in reversed(rows))


def mirrored_blocks(rows: Sequence[ConvBlock]) -> tuple[DecoderBlock, ...]:
    """Turn the convolutions of an encoder around.

    Args:
        rows: From the input to the code.

    Returns:
        From the code outwards: each makes the picture as many times larger as its convolution
        makes it smaller, and hands on as many channels as that convolution takes; half of its own
        where that is the example itself.
    """
    incoming = [max(FEWEST_FILTERS, row.filters // 2) for row in rows[:1]]
    incoming += [row.filters for row in rows[:-1]]
    return tuple(
        DecoderBlock(
            filters=filters,
            kernel=row.kernel,
            stride=factor_of(row),
            activation=row.activation,
            normalization=row.normalization,
        )
        for row, filters in zip(reversed(rows), reversed(incoming), strict=True)
    )


def factor_of(row: ConvBlock) -> int:
    """How many times smaller a convolution makes a picture."""
    return row.stride * (row.pool_size if row.pooling is not Pooling.NONE else 1)
