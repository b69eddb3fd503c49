"""How far predicted numbers are from the actual ones, in target units.

With several targets `rmse`, `mae` and `r2` are the means over the targets (scikit-learn's uniform
average), and each target's own stand beside them as `rmse_<target>` and so on.
"""

import numpy as np

from dlstudio.reports.evaluation import RegressionDetails, SplitReport
from dlstudio.reports.metrics import metric_info

MOST_SAMPLES = 2_000
NUM_RESIDUAL_BINS = 40
SAMPLE_SEED = 7


def report_regression(
    targets: tuple[str, ...], actual: np.ndarray, predicted: np.ndarray
) -> SplitReport:
    """Score one split.

    Args:
        targets: Names of the targets.
        actual: float64 `(n, num_targets)` in target units, finite.
        predicted: float64 `(n, num_targets)` in target units.

    Returns:
        The report; what is undefined is left out of the metrics and noted.
    """
    num_rows = len(actual)
    if num_rows == 0:
        return SplitReport(num_rows=0, metrics={}, notes=("There are no rows.",))
    if not np.isfinite(predicted).all():
        return SplitReport(
            num_rows=num_rows,
            metrics={},
            notes=("Some predictions are not finite numbers, so nothing could be scored.",),
        )
    notes: list[str] = []
    own = [
        _target_metrics(name, actual[:, index], predicted[:, index], notes)
        for index, name in enumerate(targets)
    ]
    details = tuple(
        _details(name, actual[:, index], predicted[:, index]) for index, name in enumerate(targets)
    )
    metrics = own[0]
    if len(targets) > 1:
        metrics = _with_means(targets, own)
        notes.insert(0, "rmse, mae and r2 are means over the targets.")
    return SplitReport(num_rows=num_rows, metrics=metrics, regression=details, notes=tuple(notes))


def _with_means(targets: tuple[str, ...], own: list[dict[str, float]]) -> dict[str, float]:
    metrics = {
        name: float(np.mean([entry[name] for entry in own]))
        for name in ("rmse", "mae", "r2")
        if all(name in entry for entry in own)
    }
    for target, entry in zip(targets, own, strict=True):
        metrics |= {f"{name}_{target}": value for name, value in entry.items()}
    return metrics


def _target_metrics(
    target: str, actual: np.ndarray, predicted: np.ndarray, notes: list[str]
) -> dict[str, float]:
    # Values near the end of what a float holds overflow when squared; then the error is left out.
    with np.errstate(over="ignore", invalid="ignore"):
        residual = predicted - actual
        squared_error = np.mean(residual**2)
        spread = np.mean((actual - actual.mean()) ** 2)
        found = {"rmse": np.sqrt(squared_error), "mae": np.mean(np.abs(residual))}
        if np.ptp(actual) > 0 and spread > 0:
            found["r2"] = 1.0 - squared_error / spread if np.isfinite(spread) else np.nan
        else:
            notes.append(f"R² is left out: {target!r} has the same value in every row.")
    too_large = [name for name, value in found.items() if not np.isfinite(value)]
    if too_large:
        titles = " and ".join(metric_info(name).title for name in too_large)
        names = titles + (" is" if len(too_large) == 1 else " are")
        notes.append(f"{names} left out: the values of {target!r} are too large for a float.")
    return {name: float(value) for name, value in found.items() if name not in too_large}


def _details(target: str, actual: np.ndarray, predicted: np.ndarray) -> RegressionDetails:
    rows = np.arange(len(actual))
    if len(rows) > MOST_SAMPLES:
        rows = np.sort(np.random.default_rng(SAMPLE_SEED).choice(rows, MOST_SAMPLES, replace=False))
    edges, counts = _histogram(predicted - actual)
    return RegressionDetails(
        target=target,
        actual=tuple(actual[rows].tolist()),
        predicted=tuple(predicted[rows].tolist()),
        residual_edges=edges,
        residual_counts=counts,
    )


def _histogram(residual: np.ndarray) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Count residuals in equal bins; in one bin where they are too close together to be parted."""
    low, high = float(residual.min()), float(residual.max())
    edges = np.linspace(low, high, NUM_RESIDUAL_BINS + 1)
    if not np.isfinite(edges).all():
        return (), ()
    if not (np.diff(edges) > 0).all():
        return (low, high), (len(residual),)
    counts, _ = np.histogram(residual, bins=edges)
    return tuple(edges.tolist()), tuple(counts.tolist())
