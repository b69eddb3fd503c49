"""Which classes appear among samples, and the alarms over what samples lack."""

from collections.abc import Sequence

import numpy as np

from dlstudio.evaluation.notes import list_names
from dlstudio.reports.generation import Alarm, ModeCount, ModeCoverage, SampleScores
from dlstudio.spec.architectures.gan import GanLoss, GanSpec
from dlstudio.spec.architectures.vae import VaeSpec
from dlstudio.spec.part import SpecPart

PARTIAL_COLLAPSE = "partial_collapse"
LEAST_OF_EXPECTED = 0.1
FEWEST_EXPECTED = 5.0
LOW_DIVERSITY = 0.5
LOW_RECALL = 0.5
# Digits of three of ten classes reach 0.60; the default GAN after half of its epochs has 0.71 on
# 1,400 digits (0.60 after a fifth), 0.88 on 7,000, and 0.91 or more on tables.
LOW_NEIGHBOUR_VARIETY = 0.62
# Lowest of ten draws: 5 of 10 digits 0.21 (1,000 rows), 0.23 (3,000); highest: real, noisy, blurred
# digits 0.05, ten components of them 0.11, a Gaussian of 50 components 0.16. The
# default GAN of 2,000 digits had at most 0.06 from a fifth to half of its epochs (one seed).
MUCH_MISSING = 0.2

USUAL_FREE_BITS = 0.1
MORE_VARIETY = "Train for more Epochs with a smaller Learning rate."


def count_modes(
    probabilities: np.ndarray, real: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...]
) -> ModeCoverage:
    """Count the classes that a classifier sees among samples, beside those it sees in real rows.

    A class is found if it has a tenth of the samples that its share of the real rows would give.
    That share is what the same classifier sees: one that takes a rare class, or one that it cannot
    tell from others, for another class does so in real rows, too. A class that would have fewer
    than five samples is not judged: it may be missing by chance.

    Args:
        probabilities: What the classifier says of each sample; float `(n, len(class_names))`.
        real: The same of held-out rows, which it did not learn from; `(h, len(class_names))`.
        labels: Classes of the training rows, in [0, len(class_names)); int `(m,)`, m at least 1.
        class_names: Names of the classes.
    """
    num_classes = len(class_names)
    counts = np.bincount(probabilities.argmax(axis=1), minlength=num_classes)
    seen = np.bincount(real.argmax(axis=1), minlength=num_classes) / max(1, len(real))
    shares = np.bincount(labels, minlength=num_classes) / len(labels)
    # Of few held-out rows one may give a class a share far above its own.
    expected = np.minimum(seen, shares) * len(probabilities)
    is_judged = expected >= FEWEST_EXPECTED
    is_found = counts >= LEAST_OF_EXPECTED * expected
    num_judged, num_found = int(is_judged.sum()), int((is_found & is_judged).sum())
    return ModeCoverage(
        classes=tuple(
            ModeCount(
                name=name,
                num_samples=int(counts[index]),
                real_share=float(seen[index]),
                is_found=bool(is_found[index]) if is_judged[index] else None,
            )
            for index, name in enumerate(class_names)
        ),
        num_found=num_found,
        num_judged=num_judged,
        share_found=num_found / num_judged if num_judged else None,
    )


def missing_modes(modes: ModeCoverage | None) -> tuple[Alarm, ...]:
    """Alarm if classes of the real rows are missing among the samples."""
    if modes is None or modes.num_found == modes.num_judged:
        return ()
    missing = [mode.name for mode in modes.classes if mode.is_found is False]
    return (
        Alarm(
            code="missing_classes",
            problem=f"Only {modes.num_found} of {modes.num_judged} classes appear among the "
            f"samples; missing: {list_names(missing)}.",
            fix=MORE_VARIETY,
        ),
    )


def low_variety(
    model: SampleScores, resampled: SampleScores, diversity: float | None
) -> tuple[Alarm, ...]:
    """Alarm if samples vary much less than real rows do.

    Args:
        model: Scores of the samples.
        resampled: Scores of training rows drawn again: the recall that can be had.
        diversity: Typical distance between samples over that between real rows.
    """
    alarms = []
    if diversity is not None and diversity < LOW_DIVERSITY:
        alarms.append(
            Alarm(
                code="low_diversity",
                problem="The samples are much alike: two of them are typically "
                f"{100 * diversity:.0f} % as far apart as two real rows.",
                fix=MORE_VARIETY,
            )
        )
    if model.recall is None or resampled.recall is None:
        return tuple(alarms)
    if model.recall < LOW_RECALL * resampled.recall:
        alarms.append(
            Alarm(
                code="low_recall",
                problem=f"Samples come close to {100 * model.recall:.0f} % of the real rows only; "
                f"training rows drawn again come close to {100 * resampled.recall:.0f} %.",
                fix=MORE_VARIETY,
            )
        )
    return tuple(alarms)


def partial_collapse(
    missing_share: float | None, neighbour_variety: float | None = None
) -> tuple[Alarm, ...]:
    """Alarm if samples are like a part of the real rows only.

    Args:
        missing_share: Share of the real rows that are of kinds which samples lack; None if unknown.
        neighbour_variety: Different real rows nearest to the samples, over those nearest to
            equally many real rows; None if unknown.
    """
    if missing_share is not None and missing_share >= MUCH_MISSING:
        return (
            Alarm(
                code=PARTIAL_COLLAPSE,
                problem=f"About {100 * missing_share:.0f} % of the rows in your data are of kinds "
                "that hardly ever appear among the samples.",
                fix=MORE_VARIETY,
            ),
        )
    if neighbour_variety is None or neighbour_variety >= LOW_NEIGHBOUR_VARIETY:
        return ()
    return (
        Alarm(
            code=PARTIAL_COLLAPSE,
            problem="The samples are like a part of the data only: "
            f"{100 * neighbour_variety:.0f} % as many different real rows are nearest to them as "
            "to equally many real rows.",
            fix=MORE_VARIETY,
        ),
    )


def advised(alarms: Sequence[Alarm], architecture: SpecPart) -> tuple[Alarm, ...]:
    """Give alarms over a lack of variety the way out that a network has.

    Args:
        alarms: Any alarms; others stay as they are.
        architecture: Such as a `VaeSpec`; what it has already is not advised.
    """
    fix = _more_variety(architecture)
    return tuple(
        alarm.model_copy(update={"fix": fix}) if alarm.fix == MORE_VARIETY else alarm
        for alarm in alarms
    )


def more_free_bits(free_bits: float) -> str:
    """Advise more free bits than a VAE has.

    Args:
        free_bits: What it has, in nats a latent number, at least 0.
    """
    if free_bits < USUAL_FREE_BITS:
        return f"set Free bits to {USUAL_FREE_BITS:g}"
    return f"raise Free bits above {free_bits:g}"


def _more_variety(architecture: SpecPart) -> str:
    match architecture:
        case GanSpec(loss=GanLoss.WASSERSTEIN, gradient_penalty=penalty):
            even = "" if penalty else "set the Gradient penalty to 10, "
            return f"{MORE_VARIETY[:-1]}, {even}or take more Discriminator steps."
        case GanSpec():
            return (
                f"{MORE_VARIETY[:-1]}, raise the R1 penalty, or choose the Loss wasserstein with "
                "a Gradient penalty of 10."
            )
        case VaeSpec(free_bits=free_bits):
            return f"Train for more Epochs, make Beta smaller, or {more_free_bits(free_bits)}."
    return MORE_VARIETY
