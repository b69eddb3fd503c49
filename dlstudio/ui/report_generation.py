"""The report of a VAE or GAN: how like real rows its samples are, and what went wrong."""

import streamlit as st

from dlstudio.reports.generation import (
    MODEL,
    RESAMPLED,
    GenerationReport,
    ModeCoverage,
    SampleScores,
    TableSimilarity,
)
from dlstudio.reports.metrics import METRICS
from dlstudio.runs.records import RunRecord
from dlstudio.ui.charts import show_bars
from dlstudio.ui.formats import escape_markdown, number, share
from dlstudio.ui.percent_columns import in_percent, percent_column
from dlstudio.ui.report_copies import show_copies
from dlstudio.ui.report_samples import show_drawing
from dlstudio.ui.train_alarms import show_alarms

NAMES = {MODEL: "This network", RESAMPLED: "Training rows drawn again"}
MOST_BARS = 15
SCORES_HELP = (
    "All compare samples with rows that were held out. Training rows drawn again are what a "
    "perfect copy of the data would reach: aim at them, but not by copying. The other lines are "
    "cheap ways to make samples, which the network should beat."
)


CLASSES_HELP = (
    "A small classifier of real rows says which class each sample looks like, and of the held-out "
    "rows, too. A class is missing if it has less than a tenth of the samples that it has of real "
    "rows. One that is too rare, or that the classifier hardly finds in real rows, cannot be told."
)
_FOUND = {True: "yes", False: "no", None: "cannot tell"}


def show_generation(report: GenerationReport, run: RunRecord) -> None:
    """Show what is known of the samples, and let a person draw more.

    Args:
        report: The report of a run that is over.
        run: The run.
    """
    show_alarms(report.alarms)
    show_drawing(run, report.code_information)
    st.subheader("How like real rows samples are", help=SCORES_HELP, anchor=False)
    st.markdown(verdict_words(report))
    _show_scores(report)
    left, right = st.columns(2)
    with left:
        show_copies(report.memorisation, run)
    with right:
        if report.modes is not None:
            _show_classes(report)
    if report.tables is not None:
        _show_table(report.tables)
    for note in report.notes:
        st.caption(escape_markdown(note))


def verdict_words(report: GenerationReport) -> str:
    """Say in a sentence how the network stands beside its rivals."""
    model = report.scores.get(MODEL)
    if model is None or model.kid is None:
        return "There are too few samples or held-out rows to tell."
    said = f"KID is **{number(model.kid, 3)}**: 0 would be the same distribution as real rows"
    again = report.scores.get(RESAMPLED)
    if again is not None and again.kid is not None:
        said += f", and training rows drawn again have {number(again.kid, 3)}"
    rivals = {
        name: scores
        for name, scores in report.scores.items()
        if name not in NAMES and scores.kid is not None
    }
    if not rivals:
        return f"{said}."
    best = min(rivals, key=lambda name: rivals[name].kid or 0.0)
    return f"{said}. {_beside(model, rivals[best], best)}"


def _beside(model: SampleScores, rival: SampleScores, name: str) -> str:
    """Better or worse only where the intervals of both do not meet."""
    assert model.kid is not None and rival.kid is not None
    worth = number(rival.kid, 3)
    if (model.kid_high or model.kid) < (rival.kid_low or rival.kid):
        times = rival.kid / model.kid if model.kid > 0 else None
        much = f", {number(times, 2)} times as far" if times and times < 1_000 else ""
        return f"Better than the best cheap rival: {name} has {worth}{much}."
    if (model.kid_low or model.kid) > (rival.kid_high or rival.kid):
        return f"**Worse than a cheap rival**: {name} has {worth}."
    return f"Cannot be told from a cheap rival: {name} has {worth}."


def _show_scores(report: GenerationReport) -> None:
    rows = report.scores.items()
    st.dataframe(
        {
            "Samples": [NAMES.get(name, name) for name, _ in rows],
            "KID": [scores.kid for _, scores in rows],
            "95 % interval": [_interval(scores) for _, scores in rows],
            "Precision": in_percent(scores.precision for _, scores in rows),
            "Recall": in_percent(scores.recall for _, scores in rows),
        },
        hide_index=True,
        key="generation_scores",
        column_config={
            "KID": st.column_config.NumberColumn(format="%.4f", help=METRICS["kid"].help),
            "Precision": percent_column(help=METRICS["sample_precision"].help),
            "Recall": percent_column(help=METRICS["sample_recall"].help),
        },
    )
    st.caption(
        f"From {report.num_samples:,} samples, compared in {report.feature_space}. "
        + missing_words(report.missing_share)
    )


def missing_words(missing_share: float | None) -> str:
    """Say how much of the data has nothing like it among the samples; "" if that is unknown."""
    if missing_share is None:
        return ""
    return f"{share(missing_share, 1.0)} of the training rows are of kinds that samples lack."


def _interval(scores: SampleScores) -> str:
    if scores.kid_low is None or scores.kid_high is None:
        return "–"
    return f"{scores.kid_low:.4f} to {scores.kid_high:.4f}"


def _show_classes(report: GenerationReport) -> None:
    assert report.modes is not None
    modes = report.modes
    st.markdown(f"**{classes_words(modes)}**", help=CLASSES_HELP)
    st.dataframe(
        {
            "Class": [mode.name for mode in modes.classes],
            "Samples": in_percent(
                mode.num_samples / max(report.num_samples, 1) for mode in modes.classes
            ),
            "Real rows": in_percent(mode.real_share for mode in modes.classes),
            "Found": [_FOUND[mode.is_found] for mode in modes.classes],
        },
        hide_index=True,
        key="generation_classes",
        column_config={name: percent_column() for name in ("Samples", "Real rows")},
    )


def classes_words(modes: ModeCoverage) -> str:
    """Say how many classes appear among the samples."""
    if not modes.num_judged:
        return "Which classes appear among the samples cannot be told"
    return f"{modes.num_found} of {modes.num_judged} classes appear among the samples"


def _show_table(tables: TableSimilarity) -> None:
    st.subheader("Column by column", anchor=False)
    score = tables.synthetic_score
    if score is not None:
        measure = METRICS.get(score.measure)
        title = measure.title if measure else score.measure
        st.markdown(
            f"A predictor of **{escape_markdown(score.target)}** that learned from samples alone "
            f"reaches {title} **{number(score.synthetic, 3)}** on real rows; one that learned from "
            f"real rows reaches {number(score.real, 3)}, always guessing the same "
            f"{number(score.baseline, 3)}."
        )
    left, right = st.columns(2)
    with left:
        worst = sorted(tables.columns, key=lambda column: -column.model)[:MOST_BARS]
        st.markdown("**Distance of each column**", help=METRICS["column_distance"].help)
        names = [column.column for column in worst]
        apart = [round(column.model, 3) for column in worst]
        show_bars(names, apart, "Distance by column", "columns_apart")
        _show_means(tables.column_distance, tables.column_distance_resampled)
    with right:
        pairs = sorted(tables.pairs, key=lambda pair: -pair.model)[:MOST_BARS]
        st.markdown("**How columns go together**", help=METRICS["pair_distance"].help)
        names = [f"{pair.first}, {pair.second}" for pair in pairs]
        if pairs:
            values = [round(pair.model, 3) for pair in pairs]
            show_bars(names, values, "Difference by pair of columns", "pairs_apart")
            _show_means(tables.pair_distance, tables.pair_distance_resampled)
    for note in tables.notes:
        st.caption(escape_markdown(note))


def _show_means(model: float | None, resampled: float | None) -> None:
    """The mean over all columns or pairs, and the level to aim at."""
    if model is not None and resampled is not None:
        st.caption(f"Mean {number(model, 2)}; of training rows drawn again {number(resampled, 2)}.")
