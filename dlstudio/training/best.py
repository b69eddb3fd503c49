"""Which epoch is best, and when nothing gets better any more."""

import math

from dlstudio.spec.training import EarlyStopping, KeptWeights, TrainingSpec
from dlstudio.training.road import Metrics
from dlstudio.training.state import BestEpoch, Plateau

HIGHER_IS_BETTER = ("accuracy",)
PLATEAU_PATIENCE = 5
PLATEAU_FACTOR = 0.3
PLATEAU_MIN_DELTA = 1e-4  # relative
SMALLEST_RATE_SHARE = 1e-3


def follow_kept(best: BestEpoch, epoch: int, metrics: Metrics, spec: TrainingSpec) -> BestEpoch:
    """Take in an epoch, of which the best or simply the last is kept.

    Args:
        best: The epoch to keep before it.
        epoch: Its number, counted from 1.
        metrics: Its validation metrics, or training metrics if there is no validation.
        spec: Says which epoch is kept.

    Returns:
        The epoch to keep now.
    """
    if spec.keep is KeptWeights.LAST:
        return BestEpoch(epoch=epoch, value=metrics["loss"])
    return follow_best(best, epoch, metrics, spec.early_stopping)


def follow_best(
    best: BestEpoch, epoch: int, metrics: Metrics, stopping: EarlyStopping | None
) -> BestEpoch:
    """Take in an epoch.

    Args:
        best: The best epoch before it.
        epoch: Its number, counted from 1.
        metrics: Its validation metrics, or training metrics if there is no validation.
        stopping: Says which value is watched and which change counts; by default the loss, and
            any change.

    Returns:
        The best epoch now; `num_epochs_since` is 0 if it is the one taken in.
    """
    name = stopping.monitor if stopping else "loss"
    min_delta = stopping.min_delta if stopping else 0.0
    value = metrics[name]
    sign = -1.0 if name in HIGHER_IS_BETTER else 1.0
    if best.value is None or sign * value < sign * best.value - min_delta:
        return BestEpoch(epoch=epoch, value=value)
    return best.model_copy(update={"num_epochs_since": best.num_epochs_since + 1})


def is_stalled(best: BestEpoch, stopping: EarlyStopping | None) -> bool:
    """Whether early stopping ends the training."""
    return stopping is not None and best.num_epochs_since >= stopping.patience


def follow_plateau(plateau: Plateau, loss: float) -> tuple[Plateau, bool]:
    """Take in an epoch's loss, much as Keras's `ReduceLROnPlateau` does.

    The smallest gain that counts is a share of the best loss; Keras's is absolute, which means
    nothing for losses of any size.

    Args:
        plateau: How it was before.
        loss: Validation loss of the epoch.

    Returns:
        How it is now, and whether the learning rate should fall.
    """
    if plateau.best is None or loss < plateau.best - PLATEAU_MIN_DELTA * abs(plateau.best):
        return Plateau(best=loss), False
    since = plateau.num_epochs_since + 1
    if since < PLATEAU_PATIENCE:
        return plateau.model_copy(update={"num_epochs_since": since}), False
    return Plateau(best=plateau.best), True


def reduced_rate(rate: float, first_rate: float) -> float:
    """The next lower learning rate, at least a thousandth of the first one."""
    return max(rate * PLATEAU_FACTOR, first_rate * SMALLEST_RATE_SHARE)


def is_finite(metrics: Metrics) -> bool:
    """Whether all numbers of an epoch are numbers."""
    return all(math.isfinite(value) for value in metrics.values())
