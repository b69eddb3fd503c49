"""Smallest, middle and largest of many values."""

from collections.abc import Sequence

import numpy as np

from dlstudio.spec.media import Spread


def spread(values: Sequence[float]) -> Spread:
    """Summarise values of the rows of a column.

    Args:
        values: At least one.
    """
    array = np.asarray(values, dtype=np.float64)
    return Spread(min=float(array.min()), median=float(np.median(array)), max=float(array.max()))
