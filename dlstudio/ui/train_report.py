"""The short report of a run that is over."""

import streamlit as st

from dlstudio.reports.metrics import metric_info, shown_metric
from dlstudio.runs.records import RunRecord
from dlstudio.spec.task import TaskKind
from dlstudio.spec.training import KeptWeights
from dlstudio.ui.headline import metric_text
from dlstudio.ui.kept_room import show_figure

SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}


def show_scores(run: RunRecord) -> None:
    """Show the main metric of a run that is over on each split, one tile a split."""
    main = metric_info(shown_metric(run.task, run.metrics))
    for split, title in SPLITS.items():
        value = run.metrics.get(split, {}).get(main.name)
        if value is None and run.spec.task.kind is TaskKind.GENERATION:
            continue  # samples are judged by held-out rows alone
        show_figure(f"{main.title}, {title.lower()}", metric_text(main.name, value), main.help)


def show_report(run: RunRecord) -> None:
    """Show every metric of a run that is over; nothing while it goes on or if there is none."""
    if not run.status.is_over or not run.metrics:
        return
    kept = "last" if run.spec.training.keep is KeptWeights.LAST else "best"
    st.markdown("**How good it is**", help=f"Computed with the weights of the {kept} epoch.")
    _show_table(run)
    st.caption(_SAMPLES if run.spec.task.kind is TaskKind.GENERATION else _ROWS)


_ROWS = (
    "Only the test rows were never looked at: their score is what to expect of new rows. Far "
    "better on training than on test rows means that rows were learned by heart."
)
_SAMPLES = (
    "Samples are compared with test rows, which were never looked at. What the scores mean, and "
    "those of cheap rivals, is in the full report."
)


def _show_table(run: RunRecord) -> None:
    names = list(dict.fromkeys(name for metrics in run.metrics.values() for name in metrics))
    table = {"Metric": [metric_info(name).title for name in names]}
    for split, title in SPLITS.items():
        if split in run.metrics:
            values = run.metrics[split]
            table[title] = [metric_text(name, values.get(name)) for name in names]
    st.table(
        table,
        border="horizontal",
        hide_index=True,
        alt="Every metric on training, validation and test rows",
    )
