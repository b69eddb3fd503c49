"""Where to start with images, sounds, videos, sequences and texts."""

from collections.abc import Sequence

from dlstudio.spec.architectures.cnn import CnnSpec, ConvBlock, Pooling
from dlstudio.spec.architectures.table import ArchitectureSpec
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.training import EarlyStopping, TrainingSpec

# The first kind that is among the inputs decides.
_ARCHITECTURES = (
    (ColumnKind.VIDEO, "cnn"),
    (ColumnKind.IMAGE, "cnn"),
    (ColumnKind.AUDIO, "cnn"),
    (ColumnKind.SEQUENCE, "cnn"),
)
LEARNING_RATE = 0.002
EPOCHS = 40
PATIENCE = 10


def suggest_architecture(info: DatasetInfo, inputs: Sequence[str]) -> str:
    """The kind of network that suits the inputs best.

    Args:
        info: The dataset.
        inputs: Input columns of it.

    Returns:
        A key of `ARCHITECTURES`: convolutional if there are images, sounds, videos or sequences,
        feed-forward for tables, short texts (as bags of words) among them.
    """
    kinds = {info.column(name).kind for name in inputs}
    return next((name for kind, name in _ARCHITECTURES if kind in kinds), "fnn")


def structured_training() -> TrainingSpec:
    """Training for networks that read images, sounds, sequences or texts in order."""
    return TrainingSpec(
        learning_rate=LEARNING_RATE,
        epochs=EPOCHS,
        early_stopping=EarlyStopping(patience=PATIENCE),
    )


def structured_architecture(
    architecture: ArchitectureSpec, info: DatasetInfo, inputs: Sequence[str]
) -> ArchitectureSpec:
    """Fit the default network to the kind of input.

    Args:
        architecture: The default of its kind.
        info: The dataset.
        inputs: Input columns of it.

    Returns:
        For videos a smaller network: convolutions in three dimensions cost much; otherwise the
        network as it was.
    """
    kinds = {info.column(name).kind for name in inputs}
    if isinstance(architecture, CnnSpec) and ColumnKind.VIDEO in kinds:
        rows = (
            ConvBlock(filters=16, stride=2),
            ConvBlock(filters=32),
            ConvBlock(filters=64, pooling=Pooling.NONE),
        )
        return architecture.model_copy(update={"layers": rows})
    return architecture
