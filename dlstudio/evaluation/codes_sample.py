"""The codes of some rows, for a scatter plot beside PCA's."""

import numpy as np

from dlstudio.evaluation.pca import fit_pca
from dlstudio.reports.reconstruction import CodesSample

MOST_ROWS = 2_000
MOST_AXES = 3
SAMPLE_SEED = 7


def sample_codes(rows: np.ndarray, codes: np.ndarray, pca_codes: np.ndarray) -> CodesSample:
    """Choose rows for a scatter plot.

    Args:
        rows: Row numbers in the dataset; int64 `(n,)`.
        codes: Codes of the network; float `(n, latent_size)`, finite.
        pca_codes: Codes of a PCA of the input, the first axis first; float64 `(n, k)`.

    Returns:
        A fixed random sample of at most 2,000 rows, in the order given.
    """
    num_codes = codes.shape[1]
    num_axes = min(max(2, num_codes), MOST_AXES)
    is_projected = num_codes > MOST_AXES
    drawn = np.arange(len(rows))
    if len(rows) > MOST_ROWS:
        drawn = np.random.default_rng(SAMPLE_SEED).choice(len(rows), MOST_ROWS, replace=False)
        drawn.sort()
    shown = codes[drawn]
    if is_projected and len(rows):
        shown = fit_pca(codes, num_axes, SAMPLE_SEED).encode(shown)
    return CodesSample(
        rows=tuple(rows[drawn].tolist()),
        codes=_points(shown, num_axes),
        pca=_points(pca_codes[drawn], num_axes),
        num_codes=num_codes,
        is_projected=is_projected,
    )


def _points(codes: np.ndarray, num_axes: int) -> tuple[tuple[float, ...], ...]:
    """The first numbers of each code, 0 where it has fewer."""
    points = np.zeros((len(codes), num_axes))
    num_kept = min(num_axes, codes.shape[1])
    points[:, :num_kept] = codes[:, :num_kept]
    return tuple(tuple(point) for point in points.tolist())
