"""One run: its report, its settings, its files and what happened to it."""

from datetime import UTC, datetime

import streamlit as st

from dlstudio.runs.records import RunRecord
from dlstudio.spec.documents import write_yaml
from dlstudio.ui.formats import ago, duration, escape_markdown, size
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.kept_room import button_width
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.problems import show_problems
from dlstudio.ui.report_panel import read_report, show_report
from dlstudio.ui.routes_downloads import run_file_address, run_files
from dlstudio.ui.run_log import show_log
from dlstudio.ui.run_status import STATUS_LOOKS
from dlstudio.ui.run_use import show_use_button
from dlstudio.ui.runs_dialogs import edit_run
from dlstudio.ui.services import store
from dlstudio.ui.train_texts import epochs_text

TABS = ("Report", "Settings", "Files", "Log")
FILE_HELP = {
    "model.keras": "The trained network with its preprocessing; Keras loads it.",
    "usage.txt": "How to load the model and ask it, with an example.",
    "generator.keras": "The network that makes new examples; Keras loads it.",
    "generator-usage.txt": "How to load the generator and make examples with it.",
    "codes.csv": "The numbers that describe each row, as a table.",
    "predictions.parquet": "What the network answered for every row, beside the truth.",
    "report.json": "All scores and curves of the report.",
    "spec.yaml": "Everything that was asked; train it again with 'dlstudio train'.",
    "worker.log": "What the training process wrote.",
}


def show_run(run: RunRecord) -> None:
    """Show one run.

    Args:
        run: The run.
    """
    _show_heading(run)
    if run.problem is not None:
        show_problems([run.problem])
    report, settings, files, log = st.tabs(TABS, key="tab", bind="query-params", on_change="rerun")
    with report:
        _show_report(run)
    with settings:
        st.code(write_yaml(run.spec), language="yaml")
    with files:
        _show_files(run)
    with log:
        show_log(run)


def _show_heading(run: RunRecord) -> None:
    link_screen(Screen.RUNS, "All runs", ":material/arrow_back:")
    st.title(escape_markdown(run.name), anchor=False)
    facts = [
        STATUS_LOOKS[run.status].badge,
        escape_markdown(run.dataset),
        f"{choice_label(run.architecture)} for {run.task.replace('_', ' ')}",
        epochs_text(run),
        duration(run.duration_s),
        ago(datetime.fromtimestamp(run.created_at, UTC)),
        *(f":gray-badge[{escape_markdown(tag)}]" for tag in run.tags),
    ]
    st.markdown(" · ".join(facts))
    if run.note:
        st.caption(escape_markdown(run.note))
    with st.container(horizontal=True):
        show_use_button(run)
        for screen, label, icon in (
            (Screen.TRAIN, "Curves", ":material/show_chart:"),
            (Screen.DESIGN, "Clone to Design", ":material/content_copy:"),
        ):
            if st.button(label, icon=icon, width=button_width(label)):
                open_screen(screen, run=run.id)
        label = "Name, tags, note"
        if st.button(label, icon=":material/edit:", width=button_width(label)):
            edit_run(run)


def _show_report(run: RunRecord) -> None:
    report = read_report(store().folder(run.id))
    if report is not None:
        show_report(report, run)
    elif run.status.is_over:
        st.info("This run ended without a report.", icon=":material/info:")
    else:
        st.info("The report comes when training has ended.", icon=":material/hourglass:")
        link_screen(Screen.TRAIN, "Watch it train", run=run.id)


def _show_files(run: RunRecord) -> None:
    found = {
        name: path for name, path in run_files(store().folder(run.id)).items() if path.is_file()
    }
    if not found:
        st.info("There are no files yet.", icon=":material/info:")
    for name, path in found.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(
                name,
                run_file_address(run.id, name),
                icon=":material/download:",
            )
            st.caption(f"{size(path.stat().st_size)}. {FILE_HELP.get(name, '')}")
