"""What generator and discriminator play for, as formulas over the discriminator's verdicts.

A verdict is any number: large for examples that look real, small for those that look made up.
"""

from dlstudio.models.tensors import Tensor, ops
from dlstudio.spec.architectures.gan import GanLoss

# What the discriminator's loss is while it cannot tell real examples from samples.
_GUESSING = {GanLoss.NON_SATURATING: 1.3862944, GanLoss.LEAST_SQUARES: 0.25, GanLoss.HINGE: 2.0}


def discriminator_loss(kind: GanLoss, real: Tensor, fake: Tensor) -> Tensor:
    """How badly the discriminator tells real examples from samples.

    Sources: Goodfellow et al. 2014 (non-saturating), Mao et al. 2017 (least squares), Lim and Ye
    2017 (hinge), Arjovsky et al. 2017 (Wasserstein).

    Args:
        kind: The game.
        real: Verdicts on real examples, `(batch, 1)`.
        fake: Verdicts on samples, `(batch, 1)`.

    Returns:
        A scalar.
    """
    match kind:
        case GanLoss.NON_SATURATING:
            return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))
        case GanLoss.LEAST_SQUARES:
            return 0.5 * (ops.mean(ops.square(real - 1.0)) + ops.mean(ops.square(fake)))
        case GanLoss.HINGE:
            return ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + fake))
        case GanLoss.WASSERSTEIN:
            return ops.mean(fake) - ops.mean(real)


def generator_loss(kind: GanLoss, fake: Tensor) -> Tensor:
    """How little the samples convince the discriminator; sources as above.

    Args:
        kind: The game.
        fake: Verdicts on samples, `(batch, 1)`.

    Returns:
        A scalar.
    """
    match kind:
        case GanLoss.NON_SATURATING:
            return ops.mean(ops.softplus(-fake))
        case GanLoss.LEAST_SQUARES:
            return 0.5 * ops.mean(ops.square(fake - 1.0))
        case GanLoss.HINGE | GanLoss.WASSERSTEIN:
            return -ops.mean(fake)


def r1_penalty(slopes: Tensor) -> Tensor:
    """How fast the verdict changes around real examples: R1 of Mescheder et al. 2018.

    Args:
        slopes: Gradients of the verdicts by their examples, `(batch, ...)`.

    Returns:
        Half the mean squared length, a scalar.
    """
    return 0.5 * ops.mean(_squared_lengths(slopes))


def gradient_penalty(slopes: Tensor) -> Tensor:
    """How far the verdict's slope is from 1: WGAN-GP of Gulrajani et al. 2017.

    Args:
        slopes: Gradients of the verdicts by points between real examples and samples,
            `(batch, ...)`.

    Returns:
        The mean squared difference of the lengths from 1, a scalar.
    """
    # The root of exactly zero has no gradient.
    lengths = ops.sqrt(_squared_lengths(slopes) + 1e-12)
    return ops.mean(ops.square(lengths - 1.0))


def guessing_loss(kind: GanLoss) -> float | None:
    """The discriminator's loss while it only guesses; None where there is no such level."""
    return _GUESSING.get(kind)


def _squared_lengths(slopes: Tensor) -> Tensor:
    return ops.sum(ops.square(slopes), axis=tuple(range(1, len(slopes.shape))))
