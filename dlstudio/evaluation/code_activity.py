"""Whether the codes of a VAE say anything about their rows, and the alarm if they do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dlstudio.evaluation.canvas_rows import feature_batches
from dlstudio.evaluation.mode_coverage import more_free_bits
from dlstudio.models.architectures.vae import LOG_VARIANCE, VaeNetwork
from dlstudio.models.rebuilding import CODE
from dlstudio.reports.generation import ACTIVE_NATS, Alarm
from dlstudio.training.prepare_unsupervised import CanvasPreparation

FEW_ACTIVE = 0.1


@dataclass(frozen=True)
class CodeActivity:
    """How many of the latent numbers of a VAE say something about the row they stand for.

    Attributes:
        num_latent: Latent numbers in all.
        num_active: Those that say more than 0.01 nats.
        num_values: Numbers that an example holds: no more can be needed to describe it.
        information: What each of them says, in nats, in their order; empty if nobody asked.
        free_bits: Nats that each of them had for free in training.
    """

    num_latent: int
    num_active: int
    num_values: int
    information: tuple[float, ...] = ()
    free_bits: float = 0.0


def code_information(means: np.ndarray, log_variances: np.ndarray) -> np.ndarray:
    """How much each latent number says about its row.

    It is the mutual information of number and row if all codes together are normal, and at most
    that otherwise: half the log of the spread of all codes over that of one row's. The KL
    divergence, part of which only says that codes of all rows lie elsewhere than random ones,
    would take free bits for information.

    Args:
        means: Centre of each row's code; float `(n, latent_size)`, n at least 1.
        log_variances: Log of its variance; the same shape.

    Returns:
        Nats, at least 0; float64 `(latent_size,)`.
    """
    means, log_variances = means.astype("float64"), log_variances.astype("float64")
    together = np.exp(log_variances).mean(axis=0) + means.var(axis=0)
    return np.maximum(0.0, 0.5 * (np.log(together) - log_variances.mean(axis=0)))


def code_activity(network: VaeNetwork, batches: Iterable[Mapping[str, np.ndarray]]) -> CodeActivity:
    """Count the latent numbers that are used.

    Args:
        network: The VAE.
        batches: What it takes, by name; at least one batch.
    """
    means, log_variances = [], []
    for batch in batches:
        outputs: Any = network(dict(batch), training=False)
        means.append(keras.ops.convert_to_numpy(outputs[CODE]))
        log_variances.append(keras.ops.convert_to_numpy(outputs[LOG_VARIANCE]))
    said = code_information(np.concatenate(means), np.concatenate(log_variances))
    said = np.nan_to_num(said)
    num_active = int((said > ACTIVE_NATS).sum())
    information = tuple(said.tolist())
    free_bits = network.spec.free_bits
    return CodeActivity(len(said), num_active, network.canvas.size, information, free_bits)


def validation_activity(preparation: CanvasPreparation) -> CodeActivity | None:
    """Look at the codes of the validation rows.

    Args:
        preparation: What was trained.

    Returns:
        What is used of them; None for networks other than a VAE.
    """
    network = preparation.network
    if not isinstance(network, VaeNetwork):
        return None
    return code_activity(network, feature_batches(preparation, preparation.learned.validation))


def code_alarms(preparation: CanvasPreparation) -> tuple[Alarm, ...]:
    """The alarm of a VAE whose codes of the validation rows collapsed; none for other networks."""
    activity = validation_activity(preparation)
    return collapse_alarms(activity) if activity else ()


def collapse_alarms(activity: CodeActivity) -> tuple[Alarm, ...]:
    """Alarm if nearly all latent numbers are ignored (posterior collapse).

    Args:
        activity: The numbers. More than an example holds are spare, and not counted as ignored.
    """
    useful = min(activity.num_latent, activity.num_values)
    if useful == 0 or activity.num_active > FEW_ACTIVE * useful:
        return ()
    return (
        Alarm(
            code="posterior_collapse",
            problem=f"Only {activity.num_active} of {activity.num_latent} latent numbers say "
            "anything about the row: the decoder ignores the others.",
            fix="Make Beta smaller, raise Warm-up, or "
            f"{more_free_bits(activity.free_bits)}, and train again.",
        ),
    )
