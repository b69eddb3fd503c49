"""How many rows usually share a value of a column, such as the length of the usual series."""

import numpy as np

FEWEST_ROWS = 10
LEAST_SHARE = 0.1


def usual_count(sizes: np.ndarray, num_values: np.ndarray) -> int | None:
    """Find the median of the rows a value.

    Values of fewer than `FEWEST_ROWS` rows count only if they hold `LEAST_SHARE` of all rows: many
    remains of a few rows would else hide the series that there are.

    Args:
        sizes: Different numbers of rows, rising, integers `(n,)`.
        num_values: How many values have so many rows, integers `(n,)`.

    Returns:
        The lower median; None if there are no values.
    """
    if not len(sizes):
        return None
    rows = sizes * num_values
    is_short = sizes < FEWEST_ROWS
    if rows[is_short].sum() < LEAST_SHARE * rows.sum():
        sizes, num_values = sizes[~is_short], num_values[~is_short]
    up_to = np.cumsum(num_values)
    return int(sizes[np.searchsorted(up_to, up_to[-1] / 2)])
