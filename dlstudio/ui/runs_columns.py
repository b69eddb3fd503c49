"""The columns of the table of runs, and the table as records for the screen and for CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dlstudio.reports.metrics import METRICS, metric_info, shown_metric
from dlstudio.runs.records import RunRecord
from dlstudio.ui.csv_text import Cell, csv_text
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.percent_columns import percent_bars, percent_column
from dlstudio.ui.run_status import STATUS_LOOKS

SPLITS = ("test", "validation", "train")


@dataclass(frozen=True)
class RunColumn:
    """One column: its title and what it shows of a run."""

    key: str
    title: str
    value: Callable[[RunRecord], Cell]
    help: str = ""


def _moment(time: float | None) -> datetime | None:
    return None if time is None else datetime.fromtimestamp(time, UTC)


PLAIN_COLUMNS = (
    RunColumn("name", "Run", lambda run: run.name),
    RunColumn("status", "Status", lambda run: STATUS_LOOKS[run.status].label),
    RunColumn("dataset", "Dataset", lambda run: run.dataset),
    RunColumn("task", "Task", lambda run: run.task.replace("_", " ")),
    RunColumn("architecture", "Architecture", lambda run: choice_label(run.architecture)),
    RunColumn("targets", "Target", lambda run: ", ".join(run.spec.task.targets)),
    RunColumn(
        "progress",
        "Progress",
        lambda run: round(run.epoch / max(run.num_epochs, 1), 2),
        "Epochs done of those asked for; early stopping may end a run before.",
    ),
    RunColumn(
        "best_epoch",
        "Kept epoch",
        lambda run: run.best_epoch,
        "The epoch whose weights are kept: the one with the best validation value, or the last.",
    ),
    RunColumn("duration", "Seconds", lambda run: round(run.duration_s, 1), "Time of training."),
    RunColumn(
        "parameters", "Parameters", lambda run: run.num_parameters, "Numbers the network learned."
    ),
    RunColumn("created", "Created", lambda run: _moment(run.created_at)),
    RunColumn("tags", "Tags", lambda run: list(run.tags)),
    RunColumn("note", "Note", lambda run: run.note),
    RunColumn("id", "Id", lambda run: run.id, "What commands and addresses call the run."),
)
_ALWAYS = ("name", "status", "dataset", "targets", "progress")
_AT_THE_END = ("duration", "created", "tags")


def available_columns(runs: Sequence[RunRecord]) -> Mapping[str, RunColumn]:
    """Every column that can be shown for some runs: the plain ones and one a metric and split."""
    present = {
        (split, name) for run in runs for split in run.metrics for name in run.metrics[split]
    }
    metrics = [
        _metric_column(split, name)
        for split in SPLITS
        for name in sorted({name for at, name in present if at == split}, key=_metric_order)
    ]
    return {column.key: column for column in (*PLAIN_COLUMNS, *metrics)}


def default_columns(runs: Sequence[RunRecord]) -> list[str]:
    """The columns that are shown until a person chooses others."""
    offered = available_columns(runs)
    wanted = [f"test.{shown_metric(run.task, run.metrics)}" for run in runs]
    wanted += [f"test.{name}" for name in ("f1", "r2")]
    return [*_ALWAYS, *(key for key in dict.fromkeys(wanted) if key in offered), *_AT_THE_END]


def run_table(runs: Sequence[RunRecord], columns: Sequence[RunColumn]) -> dict[str, list[Cell]]:
    """The table by column key, one cell a run; shares are in percent."""
    return {column.key: _cells(runs, column) for column in columns}


def run_csv(runs: Sequence[RunRecord], columns: Sequence[RunColumn]) -> str:
    """The table as CSV with a header line."""
    header = [column.title for column in columns]
    return csv_text([header, *([column.value(run) for column in columns] for run in runs)])


def column_looks(columns: Sequence[RunColumn]) -> dict[str, ColumnConfig]:
    """How each column is drawn."""
    return {column.key: _look(column) for column in columns}


def _cells(runs: Sequence[RunRecord], column: RunColumn) -> list[Cell]:
    values = [column.value(run) for run in runs]
    if column.key != "progress" and not _is_share(column):
        return values
    return [100 * value if isinstance(value, int | float) else value for value in values]


def _is_share(column: RunColumn) -> bool:
    _, dot, name = column.key.partition(".")
    return bool(dot) and metric_info(name).is_share


def _look(column: RunColumn) -> ColumnConfig:
    named = {"label": column.title, "help": column.help or None}
    if column.key == "name":
        return st.column_config.TextColumn(**named, pinned=True, width="medium")
    if column.key == "progress":
        return percent_bars(**named, width="small")
    if column.key == "created":
        return st.column_config.DatetimeColumn(**named, format="distance")
    if column.key == "tags":
        return st.column_config.ListColumn(**named)
    if "." in column.key:
        if _is_share(column):
            return percent_column(**named)
        return st.column_config.NumberColumn(**named, format="%.4f")
    return st.column_config.Column(**named)


def _metric_column(split: str, name: str) -> RunColumn:
    info = metric_info(name)
    direction = {True: " Higher is better.", False: " Lower is better.", None: ""}
    return RunColumn(
        f"{split}.{name}",
        f"{info.title} ({split})",
        lambda run: run.metrics.get(split, {}).get(name),
        info.help + direction[info.is_higher_better],
    )


def _metric_order(name: str) -> tuple[int, str]:
    names = list(METRICS)
    return (names.index(name) if name in names else len(names), name)
