"""The optimizer of a run, built from its spec."""

from typing import Any

import keras

from dlstudio.spec.training import GradientClipping, Optimizer, TrainingSpec
from dlstudio.training.flat_adam import FlatAdam, FlatAdamW
from dlstudio.training.schedules import build_schedule

CLASSES: dict[Optimizer, type[keras.optimizers.Optimizer]] = {
    Optimizer.ADAMW: FlatAdamW,
    Optimizer.ADAM: FlatAdam,
    Optimizer.SGD: keras.optimizers.SGD,
    Optimizer.RMSPROP: keras.optimizers.RMSprop,
    Optimizer.NADAM: keras.optimizers.Nadam,
    Optimizer.ADAGRAD: keras.optimizers.Adagrad,
    Optimizer.ADADELTA: keras.optimizers.Adadelta,
    Optimizer.ADAMAX: keras.optimizers.Adamax,
    Optimizer.ADAFACTOR: keras.optimizers.Adafactor,
    Optimizer.FTRL: keras.optimizers.Ftrl,
    Optimizer.LION: keras.optimizers.Lion,
    Optimizer.LAMB: keras.optimizers.Lamb,
    Optimizer.MUON: keras.optimizers.Muon,
}

CLIPPING_ARGUMENT = {
    GradientClipping.NORM: "clipnorm",
    GradientClipping.GLOBAL_NORM: "global_clipnorm",
    GradientClipping.VALUE: "clipvalue",
}

# Decay is for the weights that multiply features; shrinking offsets and scales only biases.
NEVER_DECAYED = ["bias", "gamma", "beta"]


def build_optimizer(spec: TrainingSpec, num_steps: int) -> keras.optimizers.Optimizer:
    """Build the optimizer of a run.

    Args:
        spec: Optimizer, learning rate, schedule, momentum, weight decay and clipping.
        num_steps: Training steps of all epochs together, at least 1.

    Returns:
        An optimizer without variables yet. Weight decay leaves biases and the scales and offsets
        of normalisation alone.
    """
    options: dict[str, Any] = {"weight_decay": spec.weight_decay or None}
    if spec.optimizer is Optimizer.ADAMW:
        options = {"weight_decay": spec.weight_decay}
    if spec.optimizer is Optimizer.SGD:
        options |= {"momentum": spec.momentum, "nesterov": spec.momentum > 0}
    if spec.optimizer is Optimizer.RMSPROP:
        options |= {"momentum": spec.momentum}
    if spec.optimizer is Optimizer.MUON:
        options |= {"weight_decay": spec.weight_decay, "adam_weight_decay": spec.weight_decay}
    if spec.gradient_clipping is not GradientClipping.NONE:
        options[CLIPPING_ARGUMENT[spec.gradient_clipping]] = spec.clip_at
    rate = build_schedule(spec, num_steps)
    optimizer = CLASSES[spec.optimizer](learning_rate=rate, **options)
    if spec.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=NEVER_DECAYED)
    return optimizer
