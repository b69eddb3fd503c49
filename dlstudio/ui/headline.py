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
    found = _headline(run)
    if found is None:
        return ""
    split, name = found
    return f"{metric_info(name).title} **{metric_text(name, run.metrics[split][name])}** ({split})"


def headline_help(run: RunRecord) -> str | None:
    """Say what the number that sums a run up measures; None if there is none."""
    found = _headline(run)
    return metric_info(found[1]).help if found else None


def _headline(run: RunRecord) -> tuple[str, str] | None:
    """The split and the metric that sum a run up."""
    for split in _SPLITS:
        for name in (shown_metric(run.task, run.metrics), "loss"):
            if name in run.metrics.get(split, {}):
                return split, name
    return None
