"""Distances between rows and their nearest neighbours, in bounded memory.

Products of matrices find the neighbours; the distances of those found are then taken by subtraction
in float64, because a product cannot tell a copy from a near copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

CHUNK_CELLS = 4_000_000


@dataclass(frozen=True)
class Neighbours:
    """The nearest reference rows of each row, nearest first.

    Attributes:
        indices: Their places among the reference rows; int64 `(n, k)`.
        distances: Euclidean; float64 `(n, k)`, at least 0, rising along each row.
    """

    indices: np.ndarray
    distances: np.ndarray


def nearest_rows(rows: np.ndarray, reference: np.ndarray, k: int) -> Neighbours:
    """Find the nearest reference rows of each row.

    Args:
        rows: Float `(n, d)`, finite.
        reference: Float `(m, d)`, finite, m at least k.
        k: How many neighbours; at least 1.
    """
    found = [
        np.argpartition(squared, k - 1, axis=1)[:, :k]
        for _, squared in squared_distances(rows, reference)
    ]
    indices = np.concatenate(found) if found else np.empty((0, k), dtype=np.int64)
    distances = np.stack(
        [exact_distances(rows, reference[indices[:, place]]) for place in range(k)], axis=1
    )
    order = np.argsort(distances, axis=1, kind="stable")
    return Neighbours(
        indices=np.take_along_axis(indices, order, axis=1),
        distances=np.take_along_axis(distances, order, axis=1),
    )


def neighbour_radius(rows: np.ndarray, k: int) -> np.ndarray:
    """Distance from each row to its k-th nearest other row.

    Args:
        rows: Float `(n, d)`, finite, n above k.
        k: At least 1.

    Returns:
        Float64 `(n,)`; 0 where k other rows are the same.
    """
    # The row itself is found too, or one that is the same: both at distance 0.
    return nearest_rows(rows, rows, k + 1).distances[:, k]


def squared_distances(
    rows: np.ndarray, reference: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Squared Euclidean distances, some rows at a time.

    Args:
        rows: Float `(n, d)`.
        reference: Float `(m, d)`.

    Yields:
        Which rows, and their float32 `(number of them, m)` distances, at least 0 and rounded.
    """
    middle = reference.mean(axis=0, dtype=np.float64)
    centred = (reference - middle).astype(np.float32)
    lengths = np.einsum("ij,ij->i", centred, centred)
    size = max(1, CHUNK_CELLS // max(1, len(reference)))
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        own = (rows[part] - middle).astype(np.float32)
        squared = lengths - 2.0 * (own @ centred.T)
        squared += np.einsum("ij,ij->i", own, own)[:, None]
        yield part, np.maximum(squared, 0.0, out=squared)


def exact_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Distance of each row from the row beside it; float64 `(n,)` for two float `(n, d)`."""
    difference = first.astype(np.float64) - second
    return np.sqrt(np.einsum("ij,ij->i", difference, difference))
