"""The report of a run: scores by split and what lies behind them."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.reports.evaluation import (
    ClassificationDetails,
    ClassReport,
    Curve,
    EvaluationReport,
    RegressionDetails,
    SplitReport,
)
from dlstudio.reports.metrics import METRICS, metric_info
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.records import RunRecord
from dlstudio.ui.charts import SPLIT_ORDER, show_heatmap, show_histogram, show_lines, show_scatter
from dlstudio.ui.formats import count, escape_markdown, number
from dlstudio.ui.headline import metric_text
from dlstudio.ui.percent_columns import in_percent, percent_column
from dlstudio.ui.report_anomaly import show_anomaly
from dlstudio.ui.report_forecast import show_forecast
from dlstudio.ui.report_generation import show_generation
from dlstudio.ui.report_reconstruction import (
    show_codes,
    show_reconstructed_examples,
    show_reconstruction,
)
from dlstudio.ui.train_alarms import show_alarms

MOST_CARDS = 6
SPLIT_TITLES = {"train": "Training rows", "validation": "Validation rows", "test": "Test rows"}
SPLIT_HELP = (
    "Test rows were never used while training, so they tell how good the network really is. "
    "Training rows are those it learned from: a much better score there means overfitting."
)


def read_report(folder: RunFolder) -> EvaluationReport | None:
    """Read a run's report; None while there is none.

    Args:
        folder: The run's folder.
    """
    if not folder.report.is_file():
        return None
    return EvaluationReport.model_validate_json(folder.report.read_text(encoding="utf-8"))


def show_report(report: EvaluationReport, run: RunRecord) -> None:
    """Show scores, and what lies behind them for each task, of one split at a time.

    Args:
        report: The report of a run that is over.
        run: The run.
    """
    offered = [name for name in reversed(SPLIT_ORDER) if name in report.splits]
    chosen = st.segmented_control(
        "Scores on",
        offered,
        default=offered[0],
        required=True,
        format_func=lambda name: SPLIT_TITLES[name],
        key="scores",
        bind="query-params",
        help=SPLIT_HELP,
    )
    name = chosen or offered[0]
    split = report.splits[name]
    show_alarms(report.alarms)
    _show_cards(split)
    if split.classification:
        _show_classification(split.classification)
    for target in split.regression:
        _show_regression(target)
    for forecast in split.forecast:
        show_forecast(forecast)
    if split.anomaly:
        show_anomaly(split.anomaly, split.metrics, run, name)
    if split.reconstruction:
        show_reconstruction(split.reconstruction)
        show_reconstructed_examples(run)
    if report.generation:
        show_generation(report.generation, run)
    if report.codes:
        show_codes(report.codes, run)
    with st.expander("All scores, all parts", icon=":material/table:"):
        _show_all_scores(report)


def _show_cards(split: SplitReport) -> None:
    names = [name for name in METRICS if name in split.metrics][:MOST_CARDS]
    with st.container(horizontal=True):
        for name in names:
            info = metric_info(name)
            text = metric_text(name, split.metrics[name])
            st.metric(info.title, text, help=info.help, border=True)
    notes = escape_markdown(" ".join(split.notes))  # they name classes
    st.caption(f"From {count(split.num_rows, 'row')}. {notes}")


def _show_classification(details: ClassificationDetails) -> None:
    left, right = st.columns(2)
    with left:
        if details.confusion:
            _show_confusion(details)
        show_classes(details.classes)
    with right:
        if details.roc:
            st.subheader("ROC curve", help=_ROC_HELP, anchor=False)
            _show_curves(details.roc, ("False alarms", "Found"), "roc")
        if details.precision_recall:
            st.subheader("Precision and recall", help=_PR_HELP, anchor=False)
            _show_curves(details.precision_recall, ("Recall", "Precision"), "precision_recall")


_ROC_HELP = (
    "How many rows of a class are found at the price of how many false alarms, as the threshold "
    "moves. The further to the upper left, the better; the area below the curve (ROC AUC) says "
    "it in one number."
)
_PR_HELP = (
    "How pure the answers stay (precision) as more rows of the class are found (recall). "
    "The further to the upper right, the better; the area below the curve says it in one number."
)


def _show_confusion(details: ClassificationDetails) -> None:
    st.subheader(
        "What was taken for what",
        help="Confusion matrix: each line is a true class, each column what was predicted. "
        "The diagonal holds the rows that were right.",
        anchor=False,
    )
    show_heatmap(
        details.confusion,
        details.class_names,
        ("Predicted", "True"),
        "Confusion matrix: rows are true classes, columns predicted ones.",
        "confusion",
    )


def show_classes(classes: Sequence[ClassReport]) -> None:
    """Show the scores of each class or label as a table.

    Args:
        classes: One or more.
    """
    st.dataframe(
        {
            "Class": [entry.name for entry in classes],
            "Precision": in_percent(entry.precision for entry in classes),
            "Recall": in_percent(entry.recall for entry in classes),
            "F1": in_percent(entry.f1 for entry in classes),
            "Rows": [entry.num_rows for entry in classes],
        },
        hide_index=True,
        key="class_scores",
        column_config={
            name: percent_column(help=METRICS[name.lower()].help)
            for name in ("Precision", "Recall", "F1")
        },
    )


def _show_curves(curves: Sequence[Curve], axes: tuple[str, str], key: str) -> None:
    lines = {_curve_name(curve): list(zip(curve.x, curve.y, strict=True)) for curve in curves}
    show_lines(lines, axes, f"{axes[1]} against {axes[0]}", key)


def _curve_name(curve: Curve) -> str:
    return f"{curve.name} (area {number(curve.area, 3)})" if curve.area is not None else curve.name


def _show_regression(details: RegressionDetails) -> None:
    st.subheader(escape_markdown(details.target), anchor=False)
    left, right = st.columns(2)
    with left:
        show_scatter(
            list(zip(details.actual, details.predicted, strict=True)),
            ("True value", "Predicted value"),
            "Predicted against true values; good predictions lie on the diagonal.",
            f"scatter_{details.target}",
        )
        st.caption("Each point is a row. On the line, the prediction is exactly right.")
    with right:
        show_histogram(
            details.residual_edges,
            details.residual_counts,
            "How often errors of each size occur.",
            f"residuals_{details.target}",
            height=360,
        )
        st.caption("Errors: predicted minus true. They should be small and centred on zero.")


def _show_all_scores(report: EvaluationReport) -> None:
    splits = [name for name in SPLIT_ORDER if name in report.splits]
    names = dict.fromkeys(name for split in splits for name in report.splits[split].metrics)
    table = {"Score": [metric_info(name).title for name in names]}
    for split in splits:
        metrics = report.splits[split].metrics
        table[SPLIT_TITLES[split]] = [metric_text(name, metrics.get(name)) for name in names]
    table["What it means"] = [metric_info(name).help for name in names]
    st.dataframe(table, hide_index=True, key="all_scores")
