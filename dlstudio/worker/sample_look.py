"""A look at the samples of a GAN that is still in training: do they vary as real rows do?"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.missing_kinds import MOST_ROWS, RealKinds, find_kinds, missing_share
from dlstudio.evaluation.mode_coverage import advised, low_variety, partial_collapse
from dlstudio.evaluation.neighbour_variety import (
    RealNeighbours,
    neighbour_variety,
    real_neighbours,
)
from dlstudio.evaluation.sample_features import LARGEST_SIDE, bounded, flat, smaller_images
from dlstudio.evaluation.sample_quality import diversity, draw_rows
from dlstudio.models.adversarial import GanNetwork
from dlstudio.models.canvas import CONDITION
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.reports.generation import Alarm, SampleScores
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare_unsupervised import CanvasPreparation

MOST_COMPARED, FEWEST_COMPARED = 512, 128
MOST_CELLS = 8_000_000
UNKNOWN = SampleScores(kid=None, kid_low=None, kid_high=None, precision=None, recall=None)


@dataclass(frozen=True)
class RealRows:
    """Training rows that samples are compared with.

    Attributes:
        compared: Float32 `(n, d)`.
        neighbours: As many other rows; None if there are too few.
        kinds: The kinds of rows that there are; None if there are too few rows.
        num_samples: How many samples to draw: at least n.
        classes: Classes of the compared rows, int32 `(n,)`; None where the network is told none.
    """

    compared: np.ndarray
    neighbours: RealNeighbours | None
    kinds: RealKinds | None
    num_samples: int
    classes: np.ndarray | None


def real_rows(preparation: CanvasPreparation, seed: int) -> RealRows:
    """Draw the rows that all looks at a training compare samples with.

    Args:
        preparation: What is trained: a GAN, and its rows.
        seed: What rows are drawn with.
    """
    network, features = preparation.network, preparation.data.train.features
    assert isinstance(network, GanNetwork)
    num_rows = len(preparation.data.train)
    most = max(FEWEST_COMPARED, min(MOST_COMPARED, MOST_CELLS // preparation.canvas.size))
    num_drawn = max(2 * most, min(MOST_ROWS, MOST_CELLS // preparation.canvas.size))
    rows = draw_rows(np.arange(num_rows), num_drawn, seed)
    parts = [
        _compact(
            preparation, network.real_examples({name: features[name][part] for name in features})
        )
        for part in np.array_split(rows, range(FEWEST_COMPARED, len(rows), FEWEST_COMPARED))
    ]
    real, half = np.concatenate(parts), (min(2 * most, len(rows)) + 1) // 2
    compared, others = real[:half].copy(), real[half : 2 * half]
    classes = features[CONDITION][rows[:half], 0] if CONDITION in features else None
    kinds = find_kinds(real, most, seed)
    return RealRows(compared, real_neighbours(compared, others), kinds, most, classes)


def sample_alarms(
    preparation: CanvasPreparation, spec: RunSpec, real: RealRows
) -> tuple[Alarm, ...]:
    """Draw samples with the run's seed and judge how much they vary.

    Args:
        preparation: What is trained: a GAN, with its present weights.
        spec: The run's spec.
        real: The rows to compare with.

    Returns:
        At most one alarm: "low_diversity" if samples are all alike, else "partial_collapse" if
        they are like a part of the real rows only.
    """
    seed = spec.training.seed
    sampler = sampler_of(preparation.network, spec, preparation.canvas)
    noise = draw_noise(real.num_samples, sampler.latent_size, seed)
    classes = None if real.classes is None else np.resize(real.classes, real.num_samples)
    samples = _compact(preparation, sampler.sample(noise, classes))
    found = low_variety(UNKNOWN, UNKNOWN, diversity(samples, real.compared, seed))
    if not found:
        missing = missing_share(samples, real.kinds) if real.kinds else None
        found = partial_collapse(missing, _variety(samples, real))
    return advised(found, spec.architecture)


def _variety(samples: np.ndarray, real: RealRows) -> float | None:
    if real.neighbours is None:
        return None
    return neighbour_variety(samples[: real.neighbours.num_compared], real.neighbours)


def _compact(preparation: CanvasPreparation, rows: np.ndarray) -> np.ndarray:
    is_image = preparation.canvas.kind is CanvasKind.IMAGE
    return bounded(flat(smaller_images(rows, LARGEST_SIDE) if is_image else rows))
