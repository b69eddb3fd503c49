"""Where to start with a task that learns the inputs themselves."""

import math
from collections.abc import Sequence

from dlstudio.spec.architectures.autoencoder import AutoencoderSpec
from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.table import ARCHITECTURES, ArchitectureSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.batch_size import resolve_batch_size
from dlstudio.spec.canvas import CanvasKind, canvas_inputs, canvas_kind
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.game_blocks import fit_blocks
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.spec.training import EarlyStopping, KeptWeights, Optimizer, Schedule, TrainingSpec

SMALLEST_LATENT, LARGEST_LATENT = 1, 16
# A text has thousands of words to be described by.
TEXT_INPUTS = 32
FEWEST_CLASSES, MOST_LABEL_CLASSES = 2, 100
# Samples of digits are best from 3 to 6; reconstructions are for autoencoders.
IMAGE_BETA = 4.0
# Few rows have few steps an epoch, and need as many in all.
VAE_STEPS, AUTOENCODER_STEPS = 3_500, 6_000
FEWEST_CODER_EPOCHS, MOST_CODER_EPOCHS = 10, 300
# Samples get better for long after the validation loss: KID of a VAE on 2,000 digits 0.16, and 0.05
# at the end; on JapaneseVowels 0.42, 0.32, 0.26 (three seeds), and 0.24, 0.26, 0.22 at the end.
GROWING = (CanvasKind.IMAGE, CanvasKind.SERIES)
TRAINING_SHARE = 0.7
GAME_BATCH, GAME_STEPS = 64, 5_500
# Mescheder et al. 2018; with 1 samples of sequences come close to fewer of the real ones.
SERIES_R1 = 10.0
FEWEST_EPOCHS, MOST_EPOCHS = 4, 1_000


def default_unsupervised(
    info: DatasetInfo, kind: TaskKind, targets: Sequence[str], usable: Sequence[str]
) -> TaskSpec:
    """Choose the columns of such a task.

    Args:
        info: The dataset.
        kind: A kind that `is_unsupervised`.
        targets: The column that helps to judge; by default the one with the role target.
        usable: Columns that a network can learn from.
    """
    label = tuple(targets) or _usual_label(info)
    inputs = canvas_inputs(info, kind, [name for name in usable if name not in label])
    task = TaskSpec(kind=kind, inputs=inputs, targets=label)
    if kind is not TaskKind.ANOMALY or len(label) != 1 or not info.has_column(label[0]):
        return task
    rarest = anomalous_values(task, info)
    return task.model_copy(update={"anomalies": rarest})


def anomalous_values(task: TaskSpec, info: DatasetInfo) -> tuple[str, ...]:
    """The values of the target that mean an anomaly: those named, else the rarest one."""
    if task.anomalies or task.label is None:
        return task.anomalies
    counts = info.column(task.label).class_counts
    if len(counts) < 2:
        return ()  # if all rows are the same, none is an anomaly
    return (min(counts, key=lambda entry: entry.num_rows).value,)


def unsupervised_architecture(
    info: DatasetInfo, task: TaskSpec, architecture: str
) -> ArchitectureSpec:
    """The network to begin with.

    Args:
        info: The dataset.
        task: A task that `is_unsupervised`.
        architecture: A key of `ARCHITECTURES`.

    Returns:
        For tables a code of at most half as many numbers as there are inputs, a text counting as
        many; a GAN of anything else with as many convolutions as its size asks for, and of
        sequences with a stronger R1 penalty. Conditional only where there are classes to choose
        from.
    """
    network: ArchitectureSpec = ARCHITECTURES[architecture]()
    if isinstance(network, (VaeSpec, GanSpec)) and _makes_one_class(info, task):
        network = network.model_copy(update={"conditional": False})
    columns = [column for column in info.columns if column.name in task.inputs]
    if isinstance(network, GanSpec):
        if canvas_kind(columns) is CanvasKind.SERIES:
            network = network.model_copy(update={"r1_penalty": SERIES_R1})
        return fit_blocks(network, info, task)
    if isinstance(network, VaeSpec) and _made(info, task) is CanvasKind.IMAGE:
        return network.model_copy(update={"beta": IMAGE_BETA})
    if canvas_kind(columns) is not CanvasKind.TABLE or not isinstance(
        network, (AutoencoderSpec, VaeSpec)
    ):
        return network
    num_inputs = sum(TEXT_INPUTS if column.kind is ColumnKind.TEXT else 1 for column in columns)
    latent = max(SMALLEST_LATENT, min(LARGEST_LATENT, num_inputs // 2))
    layers = (DenseLayer(units=128), DenseLayer(units=64))
    return network.model_copy(update={"latent_size": latent, "layers": layers})


def unsupervised_training(
    info: DatasetInfo, task: TaskSpec, architecture: ArchitectureSpec
) -> TrainingSpec:
    """The training to begin with.

    Args:
        info: The dataset.
        task: A task that `is_unsupervised`.
        architecture: The network.
    """
    num_rows = info.num_rows
    if isinstance(architecture, GanSpec):
        # A game takes about as many steps to settle on few rows as on many.
        steps_per_epoch = math.ceil(max(1.0, TRAINING_SHARE * num_rows) / GAME_BATCH)
        return TrainingSpec(
            optimizer=Optimizer.ADAM,
            learning_rate=0.0005,
            schedule=Schedule.CONSTANT,
            weight_decay=0.0,
            batch_size=GAME_BATCH,
            epochs=min(max(GAME_STEPS // steps_per_epoch, FEWEST_EPOCHS), MOST_EPOCHS),
            early_stopping=None,
            keep=KeptWeights.LAST,
        )
    num_examples = max(1, round(TRAINING_SHARE * num_rows))
    steps_per_epoch = math.ceil(num_examples / resolve_batch_size("auto", num_examples))
    num_steps = VAE_STEPS if isinstance(architecture, VaeSpec) else AUTOENCODER_STEPS
    num_epochs = min(max(num_steps // steps_per_epoch, FEWEST_CODER_EPOCHS), MOST_CODER_EPOCHS)
    training = TrainingSpec(
        learning_rate=0.002,
        weight_decay=0.01,
        epochs=num_epochs,
        early_stopping=EarlyStopping(patience=max(10, num_epochs // 5)),
    )
    if not isinstance(architecture, VaeSpec) or _made(info, task) not in GROWING:
        return training
    return training.model_copy(update={"early_stopping": None, "keep": KeptWeights.LAST})


def _made(info: DatasetInfo, task: TaskSpec) -> CanvasKind | None:
    """What is made up; None if the task is another one."""
    columns = [column for column in info.columns if column.name in task.inputs]
    return canvas_kind(columns) if task.kind is TaskKind.GENERATION else None


def _makes_one_class(info: DatasetInfo, task: TaskSpec) -> bool:
    """Whether samples are made whose label tells nothing: it is the same in all rows."""
    if task.kind is not TaskKind.GENERATION or task.label not in info.column_names:
        return False
    return info.column(task.label).num_classes < FEWEST_CLASSES


def _usual_label(info: DatasetInfo) -> tuple[str, ...]:
    """The column with the role target if it tells classes apart."""
    targets = info.with_role(ColumnRole.TARGET)
    if len(targets) != 1:
        return ()
    return targets if _has_classes(info.column(targets[0])) else ()


def _has_classes(column: ColumnInfo) -> bool:
    return FEWEST_CLASSES <= column.num_classes <= MOST_LABEL_CLASSES
