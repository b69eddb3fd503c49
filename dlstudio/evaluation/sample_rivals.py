"""Cheap ways to draw images, which a VAE or GAN should beat by far."""

import numpy as np

from dlstudio.evaluation.generation import Rival
from dlstudio.evaluation.pca import fit_pca
from dlstudio.evaluation.sample_quality import draw_rows

GAUSSIAN = "Gaussian over pixels"
PCA = "PCA-32 + Gaussian"
NUM_COMPONENTS = 32
MOST_CELLS = 10_000_000


def image_rivals(train: np.ndarray, num_samples: int, seed: int) -> tuple[Rival, ...]:
    """Draw images from a normal distribution over pixels, and from one over PCA codes.

    Args:
        train: Training images, float `(n, height, width, channels)`; of many or large ones a part.
        num_samples: Images to draw, at least 1.
        seed: What everything is drawn with.
    """
    size = int(np.prod(train.shape[1:]))
    rows = draw_rows(train, max(2, MOST_CELLS // size), seed).reshape(-1, size)
    random = np.random.default_rng(seed)
    pca = fit_pca(rows, min(NUM_COMPONENTS, size, len(rows) - 1 or 1), seed)
    shape = (num_samples, *train.shape[1:])
    pixels = _normal_like(rows, num_samples, random)
    codes = _normal_like(pca.encode(rows), num_samples, random)
    return (
        Rival(GAUSSIAN, pixels.astype("float32").reshape(shape)),
        Rival(PCA, pca.decode(codes).astype("float32").reshape(shape)),
    )


def _normal_like(rows: np.ndarray, num_samples: int, random: np.random.Generator) -> np.ndarray:
    """Draw from the normal distribution with the mean and the covariance of rows.

    A sum of centred rows with standard normal weights has their covariance: it need not be known.
    """
    mean = rows.mean(axis=0)
    weights = random.standard_normal((num_samples, len(rows))) / np.sqrt(len(rows))
    return (weights.astype(rows.dtype) @ (rows - mean)) + mean
