"""Frozen, then fine-tuned: a pretrained network joins in when the layers behind it can use it."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from dlstudio.models.architectures.backbones import train_last_layers
from dlstudio.spec.architectures.cnn import CnnSpec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.training import TrainingSpec

CompileFor = Callable[[TrainingSpec, int], None]


@dataclass(frozen=True)
class FineTuning:
    """The second part of a training.

    Attributes:
        after_epochs: Epochs before it, at least 1.
        learning_rate: The learning rate at the top of its schedule.
        begin: Lets the pretrained layers learn and compiles the network anew, for the epochs that
            are left: the optimizer begins anew, as its memory is of other gradients. What was
            traced before is of no use.
    """

    after_epochs: int
    learning_rate: float
    begin: Callable[[], None]


def freeze_first(network: keras.Model, spec: RunSpec, compile_for: CompileFor) -> FineTuning | None:
    """Freeze the pretrained part of a network if its spec asks for it, and plan what comes then.

    Frozen layers take no time for their gradients, so that tracing a second time pays.

    Args:
        network: A network of `build_network`, not compiled yet.
        spec: The run's spec.
        compile_for: Compiles the network for a training of as many epochs.

    Returns:
        The plan; None if all layers that learn do so from the start.
    """
    architecture, training = spec.architecture, spec.training
    if not isinstance(architecture, CnnSpec) or not architecture.is_frozen_first:
        return None
    if not train_last_layers(network, 0):
        return None
    rate = training.learning_rate * architecture.fine_tuning_rate
    after_epochs = architecture.frozen_epochs

    def begin() -> None:
        train_last_layers(network, architecture.trained_layers)
        slower = training.model_copy(update={"learning_rate": rate})
        with network.distribute_strategy.scope():
            compile_for(slower, training.epochs - after_epochs)

    return FineTuning(after_epochs, rate, begin)
