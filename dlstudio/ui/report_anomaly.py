"""The report of an anomaly detection: scores and their threshold, rivals, what stands out."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import plotly.graph_objects as go
import streamlit as st

from dlstudio.reports.anomaly import (
    ISOLATION_FOREST,
    PCA,
    AnomalousRow,
    AnomalyDetails,
    Blame,
    RivalScores,
    ScoreGroup,
    Standing,
    ThresholdScores,
)
from dlstudio.reports.metrics import METRICS
from dlstudio.runs.records import RunRecord
from dlstudio.spec.task import ThresholdRule
from dlstudio.ui.charts import MARK, draw
from dlstudio.ui.formats import escape_markdown, number, share
from dlstudio.ui.report_row import dataset_of, image_column, read_pictures, show_row
from dlstudio.ui.train_alarms import show_alarms
from dlstudio.ui.word_weights import show_words_of_row

GROUP_TITLES = {
    ScoreGroup.ALL: "All rows",
    ScoreGroup.NORMAL: "Normal rows",
    ScoreGroup.ANOMALOUS: "Known anomalies",
}
RIVAL_TITLES = {ISOLATION_FOREST: "Isolation forest", PCA: "PCA error"}
_IN_WORDS = {ISOLATION_FOREST: "the isolation forest", PCA: "PCA error"}
RIVAL_HELP = (
    "Other ways to find anomalies, on the same prepared rows. An isolation forest asks how few "
    "random cuts set a row apart; PCA error is the reconstruction error of straight directions."
)
MOST_PICTURES = 12
FEWEST_DIGITS, MOST_DIGITS = 3, 17  # 17 tell any two floats apart
HEIGHT = 320


def show_anomaly(
    details: AnomalyDetails, metrics: dict[str, float], run: RunRecord, split: str
) -> None:
    """Show how anomaly scores part the rows of one split.

    Args:
        details: What the report knows of it.
        metrics: The metrics of the split.
        run: The run.
        split: The split's name: what is chosen of one says nothing about another.
    """
    show_alarms(details.alarms)
    st.markdown(threshold_words(details))
    tried = _tried_threshold(details, run, split)
    _show_histogram(details, tried.threshold)
    _show_cards(tried)
    left, right = st.columns([2, 3])
    with left:
        _show_rivals(details, metrics)
    with right:
        _show_rows(details, run)


def threshold_words(details: AnomalyDetails) -> str:
    """Say where the threshold comes from and what it does here."""
    chosen = details.chosen
    if details.rule is ThresholdRule.BEST_F1:
        source = "it parts the known anomalies of the validation rows best (highest F1)"
    else:
        kept = share(details.quantile or 0.0, 1.0)
        is_labelled = any(counts.group is ScoreGroup.NORMAL for counts in details.histograms)
        rows = "normal validation rows" if is_labelled else "validation rows"
        source = f"{kept} of the {rows} have a smaller error"
    said = (
        f"A row is flagged if its reconstruction error is above **{number(chosen.threshold, 3)}**: "
        f"{source}. Here that flags **{share(chosen.flagged, 1.0)}** of the rows"
    )
    if chosen.precision is None or chosen.recall is None:
        return f"{said}."
    return (
        f"{said}; **{share(chosen.recall, 1.0)}** of the known anomalies are found, and "
        f"**{share(chosen.precision, 1.0)}** of the flagged rows are anomalies."
    )


def blame_words(blames: Sequence[Blame]) -> str:
    """Name what causes an error, the worst first."""
    return ", ".join(f"{blame.column} ({100 * blame.share:.0f}\xa0%)" for blame in blames) or "–"


def _tried_threshold(details: AnomalyDetails, run: RunRecord, split: str) -> ThresholdScores:
    table = details.threshold_table
    if len(table) < 2:
        return details.chosen
    chosen = min(
        range(len(table)), key=lambda at: abs(table[at].threshold - details.chosen.threshold)
    )
    texts = threshold_texts([entry.threshold for entry in table])
    place = st.select_slider(
        "Try another threshold",
        range(len(table)),
        value=chosen,
        format_func=texts.__getitem__,
        key=f"threshold.{run.id}.{split}",
        help="Only tries: the saved model keeps its threshold. How another one is used is said "
        "below as soon as you choose it.",
    )
    if place != chosen and table[place].threshold > 0.0:
        st.caption(use_words(table[place].threshold, run))
    return table[place]


def threshold_texts(thresholds: Sequence[float]) -> list[str]:
    """Write thresholds with few digits, and with more where two would read the same.

    Args:
        thresholds: All different. A slider knows its places by what they read.
    """
    texts = [number(threshold, FEWEST_DIGITS) for threshold in thresholds]
    for digits in range(FEWEST_DIGITS + 1, MOST_DIGITS + 1):
        counts = Counter(texts)
        texts = [
            number(threshold, digits) if counts[text] > 1 else text
            for threshold, text in zip(thresholds, texts, strict=True)
        ]
    return texts


def use_words(threshold: float, run: RunRecord) -> str:
    """Say how a threshold is used that is not the run's own, without training again."""
    asked = f"--threshold {threshold:.6g}"
    return (
        f"To use it: type {threshold:.6g} as Threshold on the Predict page, or "
        f"`dlstudio predict {run.id} FILE {asked}`. "
        f"`dlstudio export {run.id} {asked} -o model.keras` writes a model that has it."
    )


def _show_histogram(details: AnomalyDetails, threshold: float) -> None:
    edges = details.edges
    if len(edges) < 3:
        st.caption("All rows have the same score.")
        return
    bars = [
        go.Bar(
            x=[(low + high) / 2 for low, high in zip(edges[:-1], edges[1:], strict=True)],
            width=[high - low for low, high in zip(edges[:-1], edges[1:], strict=True)],
            y=list(counts.counts),
            name=GROUP_TITLES[counts.group],
            opacity=0.75,
            hovertemplate="%{y:,} rows near %{x:.3g}",
        )
        for counts in details.histograms
    ]
    figure = go.Figure(bars)
    line = {"dash": "dash", "width": 2, "color": MARK}
    words = {"text": "threshold", "y": 1.0, "yanchor": "bottom"}  # above the bars
    figure.add_vline(x=threshold, line=line, annotation=words)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.1, "x": 0.0}
    figure.update_layout(barmode="overlay", bargap=0, legend=legend, showlegend=len(bars) > 1)
    figure.update_xaxes(title="reconstruction error", type="log" if details.is_log else "linear")
    # A few anomalies beside thousands of normal rows would not be seen on an even scale.
    most = max(max(counts.counts) for counts in details.histograms)
    figure.update_yaxes(title="rows", type="log" if most > 200 else "linear")
    draw(figure, "How often anomaly scores of each size occur", "score_histogram", HEIGHT)


def _show_cards(tried: ThresholdScores) -> None:
    with st.container(horizontal=True):
        st.metric("Flagged", share(tried.flagged, 1.0), help="Share of rows above it.", border=True)
        for name in ("precision", "recall", "f1"):
            value = getattr(tried, name)
            if value is not None:
                info = METRICS[name]
                st.metric(info.title, share(value, 1.0), help=_CARD_HELP[name], border=True)


_CARD_HELP = {
    "precision": "Of the flagged rows, the share that are known anomalies.",
    "recall": "Of the known anomalies, the share that is flagged.",
    "f1": METRICS["f1"].help,
}


def _show_rivals(details: AnomalyDetails, metrics: dict[str, float]) -> None:
    st.markdown("**Beside other methods**", help=RIVAL_HELP)
    if "roc_auc" not in metrics:
        st.caption(_unjudged_words(details))
        return
    names = ["This network", *map(_title, details.rivals)]
    st.dataframe(
        {
            "Method": names,
            "ROC AUC": [metrics["roc_auc"], *(one.roc_auc for one in details.rivals)],
            "PR AUC": [metrics.get("pr_auc"), *(one.pr_auc for one in details.rivals)],
        },
        hide_index=True,
        key="anomaly_rivals",
        column_config={
            METRICS[name].title: st.column_config.NumberColumn(
                format="%.4f", help=METRICS[name].help
            )
            for name in ("roc_auc", "pr_auc")
        },
    )
    st.caption(rival_words(details))


def _unjudged_words(details: AnomalyDetails) -> str:
    if any(counts.group is not ScoreGroup.ALL for counts in details.histograms):
        return "Methods can be compared only where there are known anomalies and normal rows."
    return (
        "Nobody knows which of these rows are anomalies, so methods cannot be compared. A column "
        "that says so can be chosen as the target."
    )


def rival_words(details: AnomalyDetails) -> str:
    """Say which methods rank the rows better or worse than the network, beyond chance."""
    named = {
        standing: [
            _IN_WORDS.get(rival.name, rival.name)
            for rival in details.rivals
            if rival.standing is standing
        ]
        for standing in Standing
    }
    said = []
    if named[Standing.BETTER]:
        better = named[Standing.BETTER]
        verb = "ranks" if len(better) == 1 else "rank"
        said_first = " and ".join(better)
        said_first = said_first[:1].upper() + said_first[1:]
        said.append(
            f"{said_first} {verb} these rows better than the network: a smaller latent "
            "size, or noise in training, may help."
        )
    if named[Standing.WORSE]:
        said.append(
            f"The network ranks these rows better than {' and '.join(named[Standing.WORSE])}."
        )
    if named[Standing.CANNOT_TELL]:
        others = " and ".join(named[Standing.CANNOT_TELL])
        said.append(
            f"These rows are too few to tell whether {others} or the network ranks better: the "
            "difference may be chance."
        )
    return " ".join(said)


def _title(rival: RivalScores) -> str:
    return RIVAL_TITLES.get(rival.name, rival.name)


def _show_rows(details: AnomalyDetails, run: RunRecord) -> None:
    rows = details.most_anomalous
    st.markdown(
        "**The most anomalous rows**",
        help="The highest scores of this part, as a multiple of the threshold, and the columns or "
        "regions that cause most of the error. Tick a row to see it.",
    )
    table: dict[str, list[Any]] = {
        "Row": [entry.row + 1 for entry in rows],
        "Score": [entry.score / max(details.chosen.threshold, 1e-12) for entry in rows],
    }
    if any(entry.is_anomalous is not None for entry in rows):
        table["Known"] = [_known(entry) for entry in rows]
    table["To blame"] = [blame_words(entry.blames) for entry in rows]
    event = st.dataframe(
        table,
        hide_index=True,
        key="most_anomalous",
        height=320,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Score": st.column_config.NumberColumn(format="%.2f ×")},
    )
    dataset = dataset_of(run)
    if dataset is None:
        st.caption("The dataset was removed, so that rows cannot be shown.")
        return
    picked = cast("Any", event).selection.rows
    if picked:
        entry = rows[picked[0]]
        row, blamed = entry.row, [blame.column for blame in entry.blames]
        show_row(run, dataset, row, "most_anomalous.row", blamed)
        show_words_of_row(run, dataset, row, "most_anomalous.row")
        return
    column = image_column(run, dataset)
    if column is not None:
        shown = rows[:MOST_PICTURES]
        pictures = read_pictures(dataset, column, [entry.row for entry in shown])
        st.image(pictures, caption=[_caption(entry, details) for entry in shown], width=110)


def _known(entry: AnomalousRow) -> str:
    return "anomaly" if entry.is_anomalous else "normal"


def _caption(entry: AnomalousRow, details: AnomalyDetails) -> str:
    times = entry.score / max(details.chosen.threshold, 1e-12)
    blamed = escape_markdown(entry.blames[0].column) if entry.blames else ""
    return f"{times:.1f} × · {blamed}"
