"""The one number that says most about a run."""

from dlstudio.reports.metrics import metric_info, shown_metric
from dlstudio.runs.records import RunRecord
from dlstudio.ui.formats import number, share

_SPLITS = ("test", "validation", "train")


def metric_text(name: str, value: float | None) -> str:
    """Write a metric's value: shares in percent, the rest as numbers, a dash for none."""
    if value is None:
        return "–"
    return share(value, 1.0) if metric_info(name).is_share else number(value)


def headline_of(run: RunRecord) -> str:
    """Write the number that sums a run up, such as "Accuracy **96.7 %** (test)", or nothing.

    Args:
        run: The run; the test split counts before validation and training.
    """
    for split in _SPLITS:
        metrics = run.metrics.get(split, {})
        for name in (shown_metric(run.task, run.metrics), "loss"):
            if name in metrics:
                value = metric_text(name, metrics[name])
                return f"{metric_info(name).title} **{value}** ({split})"
    return ""
