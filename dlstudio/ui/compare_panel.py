"""Several runs side by side: are they comparable, scores, curves, differences."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.reports.metrics import metric_info
from dlstudio.runs.records import RunCurve, RunRecord
from dlstudio.runs.same_data import data_differences, difference_words
from dlstudio.ui.charts import show_lines
from dlstudio.ui.comparison import (
    BETTER,
    SETTING,
    WORSE,
    ScoreCell,
    ScoreRow,
    difference_table,
    has_one_loss,
    score_rows,
)
from dlstudio.ui.csv_text import csv_text
from dlstudio.ui.fine_tuning import fine_tuning_marks
from dlstudio.ui.formats import count, escape_markdown, number
from dlstudio.ui.headline import metric_text
from dlstudio.ui.kept_room import CHOICE, keeping_room
from dlstudio.ui.recent_runs import recent_runs
from dlstudio.ui.report_panel import SPLIT_HELP, SPLIT_TITLES
from dlstudio.ui.run_names import distinct_names
from dlstudio.ui.run_status import STATUS_LOOKS
from dlstudio.ui.services import store
from dlstudio.ui.session import AddressKey

MOST_RUNS = 12
SCORE = "Score"
TABLE_ROW = 30  # height in pixels
_CHOSEN = "compared_runs"
MARKS = {BETTER: ("green", "▲"), WORSE: ("red", "▼")}


def choose_runs() -> list[RunRecord]:
    """Let a person choose runs; the choice is part of the address.

    Returns:
        The chosen runs, in the order they were chosen; those that no longer exist are left out.
    """
    named = st.query_params.get(AddressKey.RUNS, "").split(",")
    known = {run.id: run for run in recent_runs(named)}
    names = distinct_names(list(known.values()))
    found = [run_id for run_id in dict.fromkeys(named) if run_id in known]
    num_gone = len({run_id for run_id in named if run_id} - known.keys())
    if num_gone:
        st.warning(
            f"{count(num_gone, 'run')} that this page was to compare cannot be found: deleted "
            "meanwhile, perhaps in another window.",
            icon=":material/delete:",
        )
    if len(found) > MOST_RUNS:
        st.warning(
            f"Only the first {MOST_RUNS} of {len(found)} runs are shown: more curves and columns "
            "cannot be told apart. Choose others below.",
            icon=":material/warning:",
        )
    st.session_state[_CHOSEN] = found[:MOST_RUNS]
    chosen = st.multiselect(
        "Runs",
        list(known),
        format_func=lambda run_id: str(names.get(run_id, run_id)),
        max_selections=MOST_RUNS,
        placeholder="Choose two or more runs",
        help="The same runs can be ticked on the Runs page.",
        key=_CHOSEN,
        on_change=_keep_runs,
    )
    st.query_params[AddressKey.RUNS] = ",".join(chosen)
    return [known[run_id] for run_id in chosen]


def show_data_check(runs: Sequence[RunRecord]) -> None:
    """Say whether the scores of runs may be compared directly.

    Args:
        runs: Two or more runs.
    """
    differences = data_differences(runs)
    if not differences:
        asked = "target" if runs[0].spec.task.targets else "task"
        st.success(
            f"Same data, same {asked}, same split: these scores can be compared directly.",
            icon=":material/verified:",
        )
        return
    st.warning(difference_words(differences), icon=":material/warning:")


def show_scores(runs: Sequence[RunRecord], baseline: RunRecord) -> None:
    """Show metrics side by side with their difference to the baseline.

    Args:
        runs: Two or more runs.
        baseline: One of them.
    """
    with keeping_room(CHOICE):
        split = st.segmented_control(
            "Scores on",
            ["test", "validation", "train"],
            default="test",
            required=True,
            format_func=lambda name: SPLIT_TITLES[name],
            help=SPLIT_HELP,
            key="scores",
            bind="query-params",
        )
    rows = score_rows(runs, split or "test", baseline)
    if not rows:
        st.info("Scores come when training has ended.", icon=":material/hourglass:")
        return
    with keeping_room(TABLE_ROW * (len(rows) + 1)):
        st.table(_score_table(runs, rows, baseline))
    st.caption(
        "▲ better and ▼ worse than the baseline, of percentages in percentage points. Small "
        "differences may be chance: train again with other seeds before you trust them."
    )
    with st.expander("What these scores mean", icon=":material/help:", type="compact"):
        known = [row for row in rows if row.help]
        st.markdown("\n".join(f"- **{escape_markdown(row.title)}**: {row.help}" for row in known))
    st.download_button(
        "CSV",
        lambda: _score_csv(runs, rows),
        "comparison.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def show_curves(runs: Sequence[RunRecord]) -> None:
    """Show the curves of runs over each other.

    Args:
        runs: Two or more runs.
    """
    controls = st.container(horizontal=True)
    with controls:
        split = st.segmented_control(
            "Rows",
            ["validation", "train"],
            default="validation",
            required=True,
            format_func=lambda name: SPLIT_TITLES[name],
            help="Validation rows tell how well new rows are answered; the network learns from "
            "training rows.",
            key="rows",
            bind="query-params",
        )
        axis = st.segmented_control(
            "Against",
            ["epoch", "seconds"],
            default="epoch",
            required=True,
            help="Over epochs (all training rows seen once) or over the time that training took.",
            key="against",
            bind="query-params",
        )
    curves = store().read_curves([run.id for run in runs])
    shown = [curve for curve in curves if curve.split == split]
    present = {curve.name for curve in shown}
    names = ["loss", *sorted(present - {"loss"})] if "loss" in present else sorted(present)
    if not names:
        st.info("There are no curves yet.", icon=":material/hourglass:")
        return
    with controls:
        name = st.selectbox(
            "Value",
            names,
            format_func=lambda name: metric_info(name).title,
            width=220,
            key="value",
            bind="query-params",
        )
    titles = distinct_names(runs)
    drawn, axis = [curve for curve in shown if curve.name == name], axis or "epoch"
    lines = {titles[curve.run_id]: _line(curve, axis) for curve in drawn}
    title = metric_info(name).title
    marks = fine_tuning_marks(runs, drawn, axis)
    alt = ". ".join([f"{title} of each run over its training", *(text for _, text in marks)])
    show_lines(lines, (axis, title), alt, "curves", marks)
    if name == "loss" and not has_one_loss(runs):
        st.caption(
            "These networks make different losses small: look at the shape of each curve, and tell "
            "which network is better by the scores above."
        )


def show_differences(runs: Sequence[RunRecord]) -> None:
    """Show only the settings in which runs differ.

    Args:
        runs: Two or more runs.
    """
    table = difference_table(runs)
    if not table[SETTING]:
        st.info("All settings are the same.", icon=":material/equal:")
        return
    st.dataframe(table, hide_index=True, key="differences")


def _keep_runs() -> None:
    st.query_params[AddressKey.RUNS] = ",".join(st.session_state[_CHOSEN])


def _line(curve: RunCurve, axis: str) -> list[tuple[float, float]]:
    xs = curve.epochs if axis == "epoch" else curve.times_s
    return [(float(x), y) for x, y in zip(xs, curve.values, strict=True)]


def _score_table(
    runs: Sequence[RunRecord], rows: Sequence[ScoreRow], baseline: RunRecord
) -> dict[str, list[str]]:
    table = {SCORE: [escape_markdown(row.title) for row in rows]}
    names = distinct_names(runs, [SCORE])
    for index, run in enumerate(runs):
        mark = " :material/flag:" if run.id == baseline.id else ""
        state = "" if run.status.is_over else f" {STATUS_LOOKS[run.status].badge}"
        heading = f"{escape_markdown(names[run.id])}{mark}{state}"
        table[heading] = [_cell_text(row.name, row.cells[index]) for row in rows]
    return table


def _cell_text(name: str, cell: ScoreCell) -> str:
    """A score as on other pages; differences of shares are in percentage points."""
    value = metric_text(name, cell.value)
    if cell.delta is None or cell.verdict not in MARKS:
        return value
    colour, sign = MARKS[cell.verdict]
    delta = abs(cell.delta) * (100 if metric_info(name).is_share else 1)
    return f"{value} :{colour}[{sign} {number(delta, 2)}]"


def _score_csv(runs: Sequence[RunRecord], rows: Sequence[ScoreRow]) -> str:
    names = distinct_names(runs, ["score"])
    header = ["score", *names.values()]
    return csv_text([header, *([row.name, *(cell.value for cell in row.cells)] for row in rows)])
