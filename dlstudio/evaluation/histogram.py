"""Histograms of errors and scores, which are never negative and often have a long tail."""

import numpy as np

from dlstudio.reports.reconstruction import Histogram

NUM_BINS = 40
# A largest value this many times the median would push all others into one or two bins.
LONG_TAIL = 20.0


def histogram_of(values: np.ndarray) -> Histogram:
    """Count values in bins of their own.

    Args:
        values: Finite, at least 0; float `(n,)`.
    """
    edges, is_log = histogram_edges(values)
    return Histogram(edges=tuple(edges.tolist()), counts=count_values(values, edges), is_log=is_log)


def histogram_edges(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """Choose the edges of bins.

    Args:
        values: Finite, at least 0; float `(n,)`.

    Returns:
        Rising edges, float64 `(k,)` with k up to 41: two equal ones where all values are the same,
        none where there are no values. Then whether they are equally far apart in their logarithm.
    """
    if not len(values):
        return np.empty(0), False
    low, high = float(values.min()), float(values.max())
    is_log = low > 0 and high > LONG_TAIL * float(np.median(values))
    make = np.geomspace if is_log else np.linspace
    edges = make(low, high, NUM_BINS + 1, dtype=np.float64)
    edges[[0, -1]] = low, high
    if (np.diff(edges) > 0).all():
        return edges, is_log
    return np.array([low, high]), False


def count_values(values: np.ndarray, edges: np.ndarray) -> tuple[int, ...]:
    """Count values between edges of `histogram_edges`, which hold all of them."""
    if len(edges) <= 2:
        return (len(values),) if len(edges) else ()
    return tuple(np.histogram(values, bins=edges)[0].tolist())
