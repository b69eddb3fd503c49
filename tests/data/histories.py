"""Small histories for the tests of series."""

from collections.abc import Sequence

import numpy as np

from dlstudio.data.forecasting.history import History

DAY_S = 86_400.0


def history(
    days: Sequence[float], values: Sequence[float] | range, series: Sequence[str] | None = None
) -> History:
    """Rows of one column "y" at days since 1970; an empty name is a missing series."""
    times = np.asarray(days, np.float64) * DAY_S
    if series is None:
        codes, names = np.zeros(len(times), np.int64), ("",)
    else:
        found = sorted(set(series) - {""})
        names = tuple(found)
        codes = np.asarray([found.index(name) if name else -1 for name in series], np.int64)
    columns = {"y": np.asarray(list(values), np.float32)}
    return History(times, codes, names, columns, is_calendar=True)
