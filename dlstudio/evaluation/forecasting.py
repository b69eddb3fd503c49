"""How far forecasts are from what came, over all origins and steps and for each step by itself.

With several targets `rmse`, `mae`, `smape` and `mase` are the means over the targets, and each
target's own stand beside them as `rmse_<target>` and so on. Steps that were never measured are
left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlstudio.reports.evaluation import ForecastDetails, ForecastSample, SplitReport

METRIC_NAMES = ("rmse", "mae", "smape", "mase")
MOST_SAMPLES = 4
MOST_SAMPLE_STEPS = 400


@dataclass(frozen=True)
class ForecastRows:
    """Forecasts of one split, one row a step; forecast after forecast, each in order of time.

    Attributes:
        targets: Names of the targets.
        actual: What came, float64 `(n, targets)`; NaN where nothing was measured.
        predicted: float64 `(n, targets)` in target units.
        scale: Mean error of the seasonal naive forecast in the training part of the row's series,
            float64 `(n, targets)`; NaN where it is not known.
        steps: Which step of its forecast each row is, from 1; int64 `(n,)`.
        series: Name of the series of each row, `(n,)`; empty without a series column.
        times: Seconds since 1970 or plain numbers, float64 `(n,)`.
        is_calendar: Whether times are points in time.
    """

    targets: tuple[str, ...]
    actual: np.ndarray
    predicted: np.ndarray
    scale: np.ndarray
    steps: np.ndarray
    series: np.ndarray
    times: np.ndarray
    is_calendar: bool


def report_forecast(rows: ForecastRows) -> SplitReport:
    """Score one split.

    Args:
        rows: Its forecasts.

    Returns:
        The report; what is undefined is left out of the metrics and noted.
    """
    num_rows = len(rows.actual)
    if not np.isfinite(rows.actual).any():
        return SplitReport(num_rows=num_rows, metrics={}, notes=("There are no measured values.",))
    if not np.isfinite(rows.predicted).all():
        return SplitReport(
            num_rows=num_rows,
            metrics={},
            notes=("Some forecasts are not finite numbers, so nothing could be scored.",),
        )
    notes: list[str] = []
    own = [_target_metrics(rows, place) for place in range(len(rows.targets))]
    for target, found in zip(rows.targets, own, strict=True):
        if "mase" not in found:
            notes.append(
                f"MASE is left out: {target!r} never changes in the training part, or its series "
                "is not in it."
            )
    metrics = own[0]
    if len(rows.targets) > 1:
        metrics = _with_means(rows.targets, own)
        notes.insert(0, "rmse, mae, smape and mase are means over the targets.")
    details = tuple(_details(rows, place) for place in range(len(rows.targets)))
    return SplitReport(num_rows=num_rows, metrics=metrics, forecast=details, notes=tuple(notes))


def score_values(actual: np.ndarray, predicted: np.ndarray, scale: np.ndarray) -> dict[str, float]:
    """Score values of one target.

    Args:
        actual: float64 `(n,)`; NaN is left out.
        predicted: float64 `(n,)`.
        scale: Mean error of the seasonal naive forecast in training, float64 `(n,)`.

    Returns:
        rmse and mae in units of the target; smape in [0, 2], as in the M4 competition without its
        percent; mase (Hyndman and Koehler 2006), 1 for a forecast as good as the seasonal naive
        one was in training. What is undefined is left out.
    """
    is_measured = np.isfinite(actual)
    actual, predicted, scale = (part[is_measured] for part in (actual, predicted, scale))
    if not len(actual):
        return {}
    errors = np.abs(predicted - actual)
    sizes = np.abs(actual) + np.abs(predicted)
    relative = np.divide(2.0 * errors, sizes, out=np.zeros(len(errors)), where=sizes > 0)
    found = {
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "mae": float(np.mean(errors)),
        "smape": float(np.mean(relative)),
    }
    is_scaled = np.isfinite(scale) & (scale > 0)
    if is_scaled.any():
        found["mase"] = float(np.mean(errors[is_scaled] / scale[is_scaled]))
    return found


def _target_metrics(rows: ForecastRows, place: int) -> dict[str, float]:
    return score_values(rows.actual[:, place], rows.predicted[:, place], rows.scale[:, place])


def _with_means(targets: tuple[str, ...], own: list[dict[str, float]]) -> dict[str, float]:
    metrics = {
        name: float(np.mean([found[name] for found in own]))
        for name in METRIC_NAMES
        if all(name in found for found in own)
    }
    for target, found in zip(targets, own, strict=True):
        metrics |= {f"{name}_{target}": value for name, value in found.items()}
    return metrics


def _details(rows: ForecastRows, place: int) -> ForecastDetails:
    horizon = int(rows.steps.max())
    by_step: Mapping[str, list[float]] = {name: [] for name in METRIC_NAMES}
    for step in range(1, horizon + 1):
        is_step = rows.steps == step
        found = score_values(
            rows.actual[is_step, place], rows.predicted[is_step, place], rows.scale[is_step, place]
        )
        for name in METRIC_NAMES:
            by_step[name].append(found.get(name, float("nan")))
    complete = {
        name: tuple(values) for name, values in by_step.items() if np.isfinite(values).all()
    }
    return ForecastDetails(
        target=rows.targets[place],
        num_origins=int((rows.steps == 1).sum()),
        by_step=complete,
        samples=_samples(rows, place),
    )


def _samples(rows: ForecastRows, place: int) -> tuple[ForecastSample, ...]:
    """For a few series, forecasts that follow each other without overlap, up to the last one."""
    begins = np.flatnonzero(rows.steps == 1)
    names = list(dict.fromkeys(rows.series[begins].tolist()))
    chosen = np.unique(np.linspace(0, len(names) - 1, MOST_SAMPLES).round().astype(int))
    ends = np.append(begins[1:], len(rows.steps))
    samples: list[ForecastSample] = []
    for name in (names[index] for index in chosen):
        own = np.flatnonzero(rows.series[begins] == name)
        parts = _without_overlap(rows, begins[own], ends[own])
        samples.append(_sample(rows, place, name, parts))
    return tuple(samples)


def _without_overlap(rows: ForecastRows, begins: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Rows of forecasts, the latest last, each ending before the next one begins."""
    parts: list[np.ndarray] = []
    earliest, num_steps = np.inf, 0
    for begin, end in zip(begins[::-1].tolist(), ends[::-1].tolist(), strict=True):
        if rows.times[end - 1] >= earliest:
            continue
        if parts and num_steps + end - begin > MOST_SAMPLE_STEPS:
            break
        parts.append(np.arange(begin, end))
        earliest = rows.times[begin]
        num_steps += end - begin
    return parts[::-1]


def _sample(rows: ForecastRows, place: int, series: str, parts: list[np.ndarray]) -> ForecastSample:
    chosen = np.concatenate(parts)
    actual = rows.actual[chosen, place].tolist()
    lengths = [len(part) for part in parts]
    return ForecastSample(
        series=series,
        times=time_texts(rows.times[chosen], is_calendar=rows.is_calendar),
        actual=tuple(value if np.isfinite(value) else None for value in actual),
        predicted=tuple(rows.predicted[chosen, place].tolist()),
        starts=tuple(int(start) for start in np.cumsum([0, *lengths[:-1]])),
    )


def time_texts(times: np.ndarray, *, is_calendar: bool) -> tuple[str, ...]:
    """Write times for people and for Plotly.

    Args:
        times: Seconds since 1970 in UTC, or plain numbers; float64 `(n,)`.
        is_calendar: Whether they are points in time.
    """
    if not is_calendar:
        return tuple(f"{time:.12g}" for time in times.tolist())
    points = np.rint(times).astype(np.int64).astype("datetime64[s]")
    return tuple(np.datetime_as_string(points).tolist())
