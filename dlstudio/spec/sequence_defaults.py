"""Where to start with sequences of sensor readings."""

import math

from dlstudio.spec.architectures.cnn import CnnSpec, ConvBlock, Pooling
from dlstudio.spec.architectures.rnn import RnnSpec
from dlstudio.spec.architectures.table import ArchitectureSpec
from dlstudio.spec.dataset import ColumnInfo
from dlstudio.spec.inputs.sequence import SequencePreprocessing, resolve_sequence
from dlstudio.spec.training import EarlyStopping, TrainingSpec

# A filter sees this many steps; 7 was better than 3 on short and long sequences alike.
KERNEL = 7
# Recurrent layers read step by step, which takes long and forgets: more steps are halved first.
MOST_READ_STEPS = 128
FIRST_FILTERS, MOST_FILTERS = 32, 64


def sequence_training() -> TrainingSpec:
    """Training for sequences, of which there are often few: a batch is soon a whole epoch."""
    return TrainingSpec(learning_rate=0.002, epochs=80, early_stopping=EarlyStopping(patience=20))


def sequence_architecture(architecture: ArchitectureSpec, column: ColumnInfo) -> ArchitectureSpec:
    """Fit the default network to sequences.

    Args:
        architecture: The default of its kind.
        column: The column of sequences.

    Returns:
        Convolutions that see more steps; in front of recurrent layers as many as bring long
        sequences to at most 128 steps; otherwise the network as it was.
    """
    if isinstance(architecture, CnnSpec):
        rows = (
            ConvBlock(filters=32, kernel=KERNEL),
            ConvBlock(filters=64, kernel=KERNEL),
            ConvBlock(filters=128, kernel=KERNEL, pooling=Pooling.NONE),
        )
        return architecture.model_copy(update={"layers": rows})
    if isinstance(architecture, RnnSpec):
        return architecture.model_copy(update={"convolutions": _halvings(column)})
    return architecture


def _halvings(column: ColumnInfo) -> tuple[ConvBlock, ...]:
    length = resolve_sequence(SequencePreprocessing(), column.sequence).length or 1
    number = max(0, math.ceil(math.log2(length / MOST_READ_STEPS)))
    return tuple(
        ConvBlock(filters=min(MOST_FILTERS, FIRST_FILTERS * 2**place), kernel=KERNEL)
        for place in range(number)
    )
