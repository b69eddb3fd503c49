"""What a forecast knows of the series that it learned from, for files that come later."""

from dlstudio.spec.frozen import Frozen


class FittedSeries(Frozen):
    """The step of the series and how hard each of them is.

    `unit`, `size`, `phase` and `first_month` are those of `data.forecasting.steps.TimeStep`.
    `naive_errors` holds, by series, the mean error of the seasonal naive forecast in the training
    part for each target, None where there is none: mase is measured in it.
    """

    unit: str
    size: float
    phase: float
    first_month: int
    naive_errors: dict[str, tuple[float | None, ...]]
