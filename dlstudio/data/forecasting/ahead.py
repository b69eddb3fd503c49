"""Series carried on behind their last measured value, as far as a forecast reaches.

What is known in advance stands there if somebody gave it, with the history or in a table of its
own; where nobody did, it can be assumed to stay as it is.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from dlstudio.data.forecasting.history import History
from dlstudio.data.forecasting.origins import last_measured
from dlstudio.data.forecasting.regular import SeriesTable


@dataclass(frozen=True)
class AheadTable:
    """Series that go on for a horizon behind their last measured value.

    Attributes:
        table: The end of each series and the steps to forecast; `has_value` says for which of them
            a column that is known in advance was given. A series that was never measured has no
            place.
        origins: The first step to forecast of each series that has one, int64 `(n,)`.
        horizon: Steps to forecast.
    """

    table: SeriesTable
    origins: np.ndarray
    horizon: int

    @property
    def series(self) -> np.ndarray:
        """The series of each origin, int64 `(n,)`."""
        return self.table.series[self.origins]

    @property
    def lengths(self) -> np.ndarray:
        """Steps before each origin, int64 `(n,)`."""
        return self.origins - self.table.bounds[self.series]

    @property
    def future(self) -> np.ndarray:
        """Places of all steps to forecast, int64 `(n, horizon)`."""
        return self.origins[:, None] + np.arange(self.horizon)


@dataclass(frozen=True)
class KnownUse:
    """What became of a table of values that are known in advance.

    Attributes:
        num_outside: Rows that are none of the steps to forecast.
        unknown_series: Names of series that have no history.
    """

    num_outside: int
    unknown_series: tuple[str, ...]


def carry_on(table: SeriesTable, horizon: int, num_kept: int) -> AheadTable:
    """Cut series behind their last measured target and add the steps to forecast.

    Args:
        table: The series; rows behind the last measured target may hold what is known in advance.
        horizon: Steps to forecast, at least 1.
        num_kept: Steps of each series that are kept at most, at least 1.

    Returns:
        The end of each series with a horizon behind it; there every column takes the last value
        before it unless the table has one.
    """
    ends = last_measured(table)
    begins = np.maximum(table.bounds[:-1], ends - num_kept)
    lengths = np.maximum(ends - begins, 0)
    added = np.where(lengths > 0, lengths + horizon, 0)
    bounds = np.concatenate([[0], np.cumsum(added)]).astype(np.int64)
    series = np.repeat(np.arange(table.num_series), added)
    wanted = begins[series] + np.arange(bounds[-1]) - bounds[:-1][series]
    last = table.bounds[1:][series] - 1
    source, is_there = np.minimum(wanted, last), wanted <= last
    carried = SeriesTable(
        names=table.names,
        bounds=bounds,
        steps=table.steps[source] + (wanted - source),
        step=table.step,
        columns={name: values[source] for name, values in table.columns.items()},
        has_value={name: values[source] & is_there for name, values in table.has_value.items()},
        is_observed=table.is_observed[source] & is_there[:, None],
        rows=np.where(is_there, table.rows[source], -1),
    )
    return AheadTable(carried, (bounds[:-1] + lengths)[lengths > 0], horizon)


def only(ahead: AheadTable, is_kept: np.ndarray) -> AheadTable:
    """Leave out origins; their series stay in the table.

    Args:
        ahead: The series.
        is_kept: Which origins stay, bool `(n,)`.
    """
    return replace(ahead, origins=ahead.origins[is_kept])


def with_known(ahead: AheadTable, given: History) -> tuple[AheadTable, KnownUse]:
    """Write what is known in advance into the steps to forecast; it replaces what stood there.

    Args:
        ahead: The series.
        given: Rows with the columns that are known in advance. Without series of their own they
            hold for every series.

    Returns:
        The series with these values, and what was of no use.
    """
    rows, series, unknown = _matched(ahead, given)
    table = ahead.table
    first = table.steps[np.minimum(table.bounds[:-1], len(table.steps) - 1)]
    places = table.bounds[series] + table.step.index_of(given.times[rows]) - first[series]
    origin = np.full(table.num_series, np.iinfo(np.int64).max)
    origin[ahead.series] = ahead.origins
    is_ahead = (places >= origin[series]) & (places < table.bounds[series + 1])
    columns, has_value = dict(table.columns), dict(table.has_value)
    for name, values in given.columns.items():
        cells = values[rows]
        is_given = is_ahead & ((cells != "") if cells.dtype == object else np.isfinite(cells))
        columns[name], has_value[name] = columns[name].copy(), has_value[name].copy()
        columns[name][places[is_given]] = cells[is_given]
        has_value[name][places[is_given]] = True
    filled = replace(table, columns=columns, has_value=has_value)
    num_outside = len(np.unique(rows)) - len(np.unique(rows[is_ahead]))
    return replace(ahead, table=filled), KnownUse(num_outside, unknown)


def with_assumed(ahead: AheadTable, columns: tuple[str, ...]) -> tuple[AheadTable, dict[str, int]]:
    """Assume what nobody said of columns that are known in advance.

    Args:
        ahead: The series.
        columns: Columns that are known in advance.

    Returns:
        The series, where a number stays as it was last and a category takes the most frequent
        value of its series, and how many values were assumed by column, where any were.
    """
    table, future = ahead.table, ahead.future
    values, counts = dict(table.columns), dict[str, int]()
    for name in columns:
        is_open = ~table.has_value[name][future]
        if is_open.any():
            counts[name] = int(is_open.sum())
        if values[name].dtype == object:
            values[name] = _with_usual(ahead, values[name], is_open)
    return replace(ahead, table=replace(table, columns=values)), counts


def _with_usual(ahead: AheadTable, values: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Categories with the most frequent one of each series where a step to forecast is open."""
    filled, future, lengths = values.copy(), ahead.future, ahead.lengths
    for place, origin in enumerate(ahead.origins.tolist()):
        before = values[origin - lengths[place] : origin]
        usual = Counter(before[before != ""].tolist()).most_common(1)
        filled[future[place][is_open[place]]] = usual[0][0] if usual else ""
    return filled


def _matched(ahead: AheadTable, given: History) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Rows that have a time, the series that each is for, and names of series without history."""
    rows = np.flatnonzero(np.isfinite(given.times) & (given.series >= 0))
    if given.names == ("",):
        every = np.unique(ahead.series)
        return np.repeat(rows, len(every)), np.tile(every, len(rows)), ()
    place_of = {name: place for place, name in enumerate(ahead.table.names)}
    places = np.asarray([place_of.get(name, -1) for name in given.names], np.int64)
    series = places[given.series[rows]]
    unknown = tuple(name for name in given.names if name not in place_of)
    return rows[series >= 0], series[series >= 0], unknown
