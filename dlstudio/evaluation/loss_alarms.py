"""Alarms over the losses of a GAN: what went wrong in training, and what to try."""

from dataclasses import dataclass

import numpy as np

from dlstudio.reports.generation import Alarm

RECENT_SHARE = 0.2
FEWEST_POINTS = 10
WON_SHARE = 0.05
EXPLODED_TIMES = 20.0


@dataclass(frozen=True)
class GanLosses:
    """Losses of a GAN so far, one entry an epoch, oldest first.

    Attributes:
        generator: Float `(n,)`; may hold NaN.
        discriminator: Float `(n,)`; may hold NaN.
        guessing: What the discriminator's loss is while it only guesses: 1.386 for the
            non-saturating loss, 2 for hinge, its own for least squares; None for Wasserstein,
            which has no such level, so that nobody can be said to win.
        num_epochs: Epochs that are planned. Ten make a judgement, or half of them if these are
            fewer, as for many rows, whose epochs have many steps.
        is_limited: Whether the discriminator has spectral normalisation already.
    """

    generator: np.ndarray
    discriminator: np.ndarray
    guessing: float | None
    num_epochs: int
    is_limited: bool = False

    @property
    def fewest(self) -> int:
        """Entries without which nothing is said."""
        return max(2, min(FEWEST_POINTS, self.num_epochs // 2))


def gan_alarms(losses: GanLosses) -> tuple[Alarm, ...]:
    """Judge the losses of a GAN so far.

    Args:
        losses: Both losses; with few entries only NaN alarms.

    Returns:
        Alarms "not_a_number", "discriminator_wins" and "generator_explodes"; with the Wasserstein
        loss "discriminator_explodes" instead of both.
    """
    broken = number_alarms(losses.generator, losses.discriminator)
    if broken or len(losses.generator) < losses.fewest:
        return broken
    return (*_discriminator_wins(losses), *_explodes(losses))


def number_alarms(*losses: np.ndarray) -> tuple[Alarm, ...]:
    """Alarm if any loss is not a finite number."""
    if all(np.isfinite(values).all() for values in losses):
        return ()
    return (
        Alarm(
            code="not_a_number",
            problem="A loss is no longer a number: training has diverged.",
            fix="Choose a Learning rate a tenth as large, or Gradient clipping by norm.",
        ),
    )


def _discriminator_wins(losses: GanLosses) -> tuple[Alarm, ...]:
    if losses.guessing is None:
        return ()
    recent = _recent(losses.discriminator, losses.fewest)
    if np.mean(recent < WON_SHARE * losses.guessing) < 0.9:
        return ()
    limit = "" if losses.is_limited else "turn on Spectral normalisation, "
    return (
        Alarm(
            code="discriminator_wins",
            problem="The discriminator has told samples from real rows almost perfectly for "
            f"{len(recent):,} epochs, so that the generator learns little.",
            fix=f"Make the Discriminator's learning rate smaller, raise the R1 penalty, {limit}"
            "or choose the Loss wasserstein with a Gradient penalty of 10.",
        ),
    )


def _explodes(losses: GanLosses) -> tuple[Alarm, ...]:
    """Only differences of verdicts mean something to the Wasserstein loss: its generator's drifts.

    The discriminator's loss is such a difference; where it explodes, the game has diverged.
    """
    is_wasserstein = losses.guessing is None
    sizes = np.abs(losses.discriminator if is_wasserstein else losses.generator)
    usual = float(np.median(sizes[: len(sizes) // 2]))
    now = float(np.median(_recent(sizes, losses.fewest)))
    if now <= EXPLODED_TIMES * max(usual, 0.1):
        return ()
    whose = "The size of the discriminator's loss" if is_wasserstein else "The generator's loss"
    return (
        Alarm(
            code="discriminator_explodes" if is_wasserstein else "generator_explodes",
            problem=f"{whose} has grown from about {usual:.3g} to {now:.3g}.",
            fix="Choose a smaller Learning rate, or a larger "
            f"{'Gradient' if is_wasserstein else 'R1'} penalty.",
        ),
    )


def _recent(values: np.ndarray, fewest: int) -> np.ndarray:
    """The last fifth, but so many entries at least."""
    return values[-max(fewest, round(RECENT_SHARE * len(values))) :]
