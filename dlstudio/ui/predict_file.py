"""Scoring a whole file: upload it, watch it, take the table with the predictions."""

from collections.abc import Sequence

import pyarrow.csv as pa_csv
import streamlit as st

from dlstudio.data.media.table import MEDIA
from dlstudio.errors import NotFoundError
from dlstudio.export.ahead_job import DRAWN_FILE
from dlstudio.export.scoring import (
    JUST_THE_STEPS,
    AheadRequest,
    ScoringJob,
    ScoringResult,
    ScoringState,
    ScoringStatus,
    open_job,
    start_scoring,
)
from dlstudio.reports.metrics import METRICS, metric_info
from dlstudio.runs.records import RunRecord
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.task import TaskKind
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.headline import metric_text
from dlstudio.ui.predict_forecast import choose_series, is_forecast, show_charts, show_steps
from dlstudio.ui.predict_panel import read_dataset_info
from dlstudio.ui.problems import show_problems, showing_problems
from dlstudio.ui.report_panel import show_classes
from dlstudio.ui.routes_downloads import rebuilt_file_address, scored_file_address
from dlstudio.ui.services import settings, store
from dlstudio.ui.session import AddressKey
from dlstudio.ui.upload_box import show_upload_box
from dlstudio.ui.uploads import find_upload

WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")
ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS, ".json", ".jsonl", ".parquet", ".gz", ".zip")
REFRESH_S = 1.0
MOST_CARDS = 6
PREVIEW_BYTES = 64 * 1024
OUTPUT_NAME = "predictions.csv"
ANSWERS = (
    "prediction",
    "probab",
    "reconstruction_error",
    "anomaly_score",
    "is_anomaly",
    "rebuilt_",
)
CODES, REBUILT = "Codes", "Reconstructions"
ALSO = (
    "Codes are the few numbers that the network describes each row by. Reconstructions are what it "
    "makes of them: where they differ from yours, the row is unusual. Those of numbers and "
    "categories stand in the table; those of images, sounds and sequences are a second file."
)
PREDICT, EVALUATE = "Add predictions", "Check against the truth"


def show_file(run: RunRecord) -> None:
    """Let a person score a file with a run's model.

    Args:
        run: A run with a model.
    """
    targets = ", ".join(run.spec.task.targets)
    written = "Predictions are written beside the rows of your file."
    if is_forecast(run):
        written = "Your file holds the series so far; what comes next is written, a row a step."
    checked = (
        f"Checking needs a file that also holds the truth ({targets}), and tells how often the "
        "network is right on it."
    )
    if run.spec.task.kind.is_unsupervised:
        written = "Errors and scores are written beside the rows of your file."
        checked = "Checking tells how well the network rebuilds rows that it never saw"
        checked += f", and with the column {targets} how well it judges them." if targets else "."
    mode = st.segmented_control(
        "What to do",
        [PREDICT, EVALUATE],
        default=PREDICT,
        required=True,
        help=f"{written} {checked}",
        key="mode",
        bind="query-params",
    )
    wanted = _choose_also(run) if mode == PREDICT else []
    threshold = _choose_threshold(run)
    kinds = _input_kinds(run)
    with showing_problems():
        uploaded = show_upload_box(
            "predict_upload",
            _endings(kinds),
            _hint(run, kinds),
        )
        if uploaded is not None:
            upload = find_upload(settings(), uploaded.upload_id)
            output = upload.path.parent / OUTPUT_NAME if mode == PREDICT else None
            drawn = str(upload.path.parent / DRAWN_FILE)
            ahead = AheadRequest(with_band=True, drawn_path=drawn)
            job = start_scoring(
                settings(),
                store().folder(run.id),
                upload.path,
                output,
                with_codes=CODES in wanted,
                with_values=REBUILT in wanted,
                threshold=threshold,
                ahead=ahead if is_forecast(run) else JUST_THE_STEPS,
            )
            st.query_params[AddressKey.JOB] = job.id
    job_id = st.query_params.get(AddressKey.JOB)
    if job_id:
        _follow(run, job_id)


def _choose_also(run: RunRecord) -> list[str]:
    """What a network that rebuilds its inputs is to write besides errors and scores."""
    if not run.spec.task.kind.is_unsupervised:
        return []
    return st.pills(
        "Also write",
        [CODES, REBUILT],
        selection_mode="multi",
        help=ALSO,
        key="also",
        bind="query-params",
    )


def _choose_threshold(run: RunRecord) -> float | None:
    """The reconstruction error that flags a row of this file; None for the run's own."""
    if run.spec.task.kind is not TaskKind.ANOMALY:
        return None
    return st.number_input(
        "Threshold",
        min_value=1e-9,
        value=None,
        format="%.6g",
        placeholder="As the run chose it",
        key="predict_threshold",
        width=260,
        help="The reconstruction error above which a row is flagged. Leave it empty for the one "
        "that the run chose; the slider in its report shows what others do. Lower ones find more "
        "and raise more false alarms.",
    )


def _hint(run: RunRecord, kinds: Sequence[ColumnKind]) -> str:
    """What may be dropped on the box."""
    media = [f"{MEDIA[kind].noun}s" for kind in kinds if kind in MEDIA]
    if not media:
        return f"A table with the columns of {run.dataset}: CSV, Excel, JSON lines or Parquet"
    return f"A ZIP of {' or '.join(media)}, or a single one; a table in the ZIP may list them"


def _endings(kinds: Sequence[ColumnKind]) -> tuple[str, ...]:
    media = [ending for kind in kinds if kind in MEDIA for ending in MEDIA[kind].extensions]
    series = [".ts", ".arff"] if ColumnKind.SEQUENCE in kinds else []
    return (*ENDINGS, *series, *sorted(media))


def _input_kinds(run: RunRecord) -> list[ColumnKind]:
    info = read_dataset_info(run)
    return list(dict.fromkeys(info.column(name).kind for name in run.spec.task.inputs))


def _follow(run: RunRecord, job_id: str) -> None:
    try:
        job = open_job(settings(), job_id)
    except NotFoundError:
        return
    if not job.is_of(store().folder(run.id)):  # the address still names the job of another run
        return
    is_running = job.poll().status is ScoringStatus.RUNNING
    st.fragment(_show_job, run_every=REFRESH_S if is_running else None)(run, job, is_running)


def _show_job(run: RunRecord, job: ScoringJob, was_running: bool) -> None:
    state = job.poll()
    if state.status is ScoringStatus.RUNNING:
        _show_progress(state)
        return
    if was_running:
        st.rerun()
    if state.status is ScoringStatus.FAILED or state.result is None:
        show_problems(state.problems)
        return
    if state.result.drawn_path:
        name = choose_series(job, run.spec.task, AddressKey.FILE_SERIES)
        show_charts(job, run.spec.task, name, f"scored_{job.id}")
        show_steps(job, run.spec.task, name, f"scored_{job.id}")
        return
    _show_result(job, state.result)


def _show_progress(state: ScoringState) -> None:
    progress = state.progress
    share = progress.num_rows_done / progress.num_rows if progress.num_rows else 0.0
    done = count(progress.num_rows_done, "row")
    st.progress(min(share, 1.0), f"{escape_markdown(progress.phase)}: {done}")


def _show_result(job: ScoringJob, result: ScoringResult) -> None:
    st.success(f"{count(result.num_rows, 'row')} scored.", icon=":material/check_circle:")
    if result.num_rows_rejected:
        st.warning(
            f"{count(result.num_rows_rejected, 'row')} could not be read and were left out.",
            icon=":material/warning:",
        )
    for note in result.notes:
        st.info(escape_markdown(note), icon=":material/info:")
    if result.metrics:
        _show_metrics(result)
    if result.output_path:
        with st.container(horizontal=True):
            st.link_button(
                "Download the table",
                scored_file_address(job.id),
                icon=":material/download:",
                type="primary",
            )
            if result.rebuilt_path:
                st.link_button(
                    "Download the reconstructions",
                    rebuilt_file_address(job.id),
                    icon=":material/download:",
                )
        _show_first_rows(result.output_path)


def _show_metrics(result: ScoringResult) -> None:
    """The usual scores as tiles, the rest (of each target, of each class) as tables below."""
    found = {name: metric_info(name) for name in result.metrics}
    tiles = [name for name in METRICS if name in found][:MOST_CARDS]
    with st.container(horizontal=True):
        for name in tiles:
            text = metric_text(name, result.metrics[name])
            st.metric(found[name].title, text, help=found[name].help, border=True)
    others = [name for name in found if name not in tiles]
    if others:
        titles = [escape_markdown(found[name].title) for name in others]
        values = [metric_text(name, result.metrics[name]) for name in others]
        st.table({"Score": titles, "Value": values}, border="horizontal", hide_index=True)
    if result.classes:
        show_classes(result.classes)


def _show_first_rows(path: str) -> None:
    options = pa_csv.ReadOptions(block_size=PREVIEW_BYTES)
    with pa_csv.open_csv(path, read_options=options) as reader:
        first = reader.read_next_batch().slice(0, 100)
    answers = [name for name in first.column_names if name.startswith(ANSWERS)]
    others = [name for name in first.column_names if name not in answers]
    st.dataframe(first.select([*answers, *others]).to_pydict(), hide_index=True, key="scored_rows")
    st.caption(f"The first {count(first.num_rows, 'row')}, answers first.")
