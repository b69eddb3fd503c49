"""Using a trained network: one row, a file, or the model to take away."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import Dataset, read_page
from dlstudio.errors import StudioError
from dlstudio.runs.records import RunRecord
from dlstudio.spec.canvas import asked_columns
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.labels import NO_LABEL
from dlstudio.spec.preprocessing import resolve_preprocessing
from dlstudio.ui.charts import show_bars
from dlstudio.ui.formats import escape_markdown, number
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.predict_cut import show_cut_texts
from dlstudio.ui.predict_form import Value, ask_row, fill_form, input_columns, typical_row
from dlstudio.ui.predict_media import ask_given, give, is_given
from dlstudio.ui.predict_rebuilding import show_rebuilt
from dlstudio.ui.predict_steps import steps_text
from dlstudio.ui.problems import show_problems, showing_problems
from dlstudio.ui.recent_runs import recent_runs
from dlstudio.ui.routes_downloads import run_file_address
from dlstudio.ui.services import settings, store, supervisor
from dlstudio.ui.session import AddressKey, SessionKey

MOST_BARS = 12
PROBABILITY = "probability_"


def runs_with_models() -> list[RunRecord]:
    """Runs whose model can be used, newest first, and the one that the address names."""
    runs = recent_runs([st.query_params.get(AddressKey.RUN, "")])
    return [run for run in runs if store().folder(run.id).model.is_file()]


def show_missing_model(runs: Sequence[RunRecord]) -> None:
    """Say that the run which the address names cannot be used, and that another one is shown.

    Args:
        runs: Runs with a model.
    """
    named = st.query_params.get(AddressKey.RUN)
    if not named or named in [run.id for run in runs]:
        return
    with showing_problems():
        run = store().get_run(named)
        state = "has not ended yet" if not run.status.is_over else "ended without one"
        instead = " Another network is shown here." if runs else ""
        st.warning(
            f"**{escape_markdown(run.name)}** has no trained network to use: it {state}.{instead}",
            icon=":material/warning:",
        )
        link_screen(Screen.TRAIN, "Look at its training", run=run.id)


def show_generator() -> bool:
    """Say where the samples of a run are that makes examples instead of answering rows.

    Returns:
        Whether the address names such a run; there is nothing else to show then.
    """
    named = st.query_params.get(AddressKey.RUN, "")
    folder = store().folder(named) if named.isalnum() else None
    if folder is None or not folder.generator.is_file() or folder.model.is_file():
        return False
    with showing_problems():
        name = escape_markdown(store().get_run(named).name)
        st.info(
            f"**{name}** makes new examples; it answers nothing about rows. Draw and download them "
            "in its report.",
            icon=":material/auto_awesome:",
        )
        link_screen(Screen.RUNS, "Open its report", run=named)
    others = runs_with_models()
    if others:
        link_screen(Screen.PREDICT, "Use another network", run=others[0].id)
    return True


def choose_model(runs: Sequence[RunRecord]) -> RunRecord:
    """Let a person choose a trained network; the choice is part of the address.

    Args:
        runs: At least one run with a model.
    """
    ids = [run.id for run in runs]
    named = st.query_params.get(AddressKey.RUN, "")
    chosen = st.selectbox(
        "Trained network",
        ids,
        index=ids.index(named) if named in ids else 0,
        format_func=lambda run_id: _describe(runs[ids.index(run_id)]),
    )
    st.query_params[AddressKey.RUN] = chosen
    return runs[ids.index(chosen)]


def show_one_row(run: RunRecord) -> None:
    """Let a person fill in one row and see what the network answers.

    Args:
        run: A run with a model.
    """
    info = read_dataset_info(run)
    columns = input_columns(info, asked_columns(run.spec))
    typed = [column for column in columns if not is_given(column)]
    given = [column for column in columns if is_given(column)]
    _show_fillers(run, typed, given)
    seen = resolve_preprocessing(run.spec, info)
    row: dict[str, Value] | None = dict(ask_given(run.id, given, seen))
    if typed:
        filled = ask_row(typed)
        row = None if filled is None else {**row, **filled}
    elif None in row.values():
        return
    if row is None:
        return
    show_cut_texts(row, seen)
    with showing_problems(), st.spinner("Asking the network…", show_time=False):
        if run.spec.task.kind.is_unsupervised:
            show_rebuilt(supervisor().explain(run.id, row))
        else:
            _show_answer(supervisor().predict(run.id, [row])[0])
    truth = st.session_state.get(SessionKey.PREDICT_TRUTH)
    if truth and typed:
        st.caption(f"{escape_markdown(truth)} If you changed a field, the answer may differ.")
    elif truth:
        st.caption(escape_markdown(truth))


def _show_fillers(run: RunRecord, typed: Sequence[ColumnInfo], given: Sequence[ColumnInfo]) -> None:
    """The buttons that fill in the fields."""
    with st.container(horizontal=True):
        if typed and not given:
            st.button(
                "A typical row",
                icon=":material/restart_alt:",
                on_click=lambda: _fill_with_typical_row(typed),
                help="Medians and most frequent values.",
            )
        st.button(
            "A row of the dataset",
            icon=":material/casino:",
            on_click=lambda: _fill_with_real_row(run, typed, given),
            help="Any row, by chance; the true answer is shown beside the prediction.",
        )


def show_download(run: RunRecord) -> None:
    """Offer the model file and say how to use it.

    Args:
        run: A run with a model.
    """
    folder = store().folder(run.id)
    st.markdown(
        "The file holds the network **and** its preprocessing: give it raw values as in your "
        "table, get named answers. It loads with plain Keras, without DL Studio."
    )
    st.link_button(
        "Download model.keras",
        run_file_address(run.id, folder.model.name),
        icon=":material/download:",
        type="primary",
    )
    if folder.usage.is_file():
        with st.container(border=True):
            st.markdown(folder.usage.read_text(encoding="utf-8"))


def read_dataset_info(run: RunRecord) -> DatasetInfo:
    """What the dataset of a run contained when it was trained.

    Args:
        run: A run that has begun.
    """
    path = store().folder(run.id).dataset
    return DatasetInfo.model_validate_json(path.read_text(encoding="utf-8"))


def _describe(run: RunRecord) -> str:
    task = run.spec.task
    answers = ", ".join(task.targets)
    if task.kind.is_unsupervised:
        answers = task.kind.value.replace("_", " ")
    return f"{run.name}: {answers} from {run.dataset}"


def _fill_with_typical_row(columns: Sequence[ColumnInfo]) -> None:
    fill_form(columns, typical_row(columns))
    st.session_state.pop(SessionKey.PREDICT_TRUTH, None)


def _fill_with_real_row(
    run: RunRecord, typed: Sequence[ColumnInfo], given: Sequence[ColumnInfo]
) -> None:
    try:
        dataset = open_dataset(settings(), run.dataset, run.fingerprint)
    except StudioError as error:
        show_problems(error.problems)
        return
    index = random.randrange(dataset.info.num_rows)
    row = read_page(dataset, index, 1).to_pylist()[0]
    fill_form(typed, {column.name: _plain(row[column.name]) for column in typed})
    for column in given:
        give(run.id, column, _given_value(dataset, column, row[column.name]))
    truth = ", ".join(f"{name} is {_plain(row[name])}" for name in run.spec.task.targets)
    said = f"Row {index + 1:,} of the dataset" + (f": {truth}." if truth else ".")
    st.session_state[SessionKey.PREDICT_TRUTH] = said


def _given_value(dataset: Dataset, column: ColumnInfo, cell: Any) -> str | None:  # noqa: ANN401
    """A cell as the field of its column takes it: a whole path, or a sequence as JSON."""
    if cell is None:
        return None
    if column.kind is not ColumnKind.SEQUENCE:
        return str(dataset.folder / cell)
    width = len(column.sequence.channels) if column.sequence else 1
    return steps_text([cell[start : start + width] for start in range(0, len(cell), width)])


def _plain(value: object) -> Value:
    if value is None or isinstance(value, str | float | int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _show_answer(answer: Mapping[str, object]) -> None:
    texts = {name: value for name, value in answer.items() if not name.startswith(PROBABILITY)}
    with st.container(horizontal=True):
        for name, value in texts.items():
            title = name.removeprefix("prediction").removeprefix("_") or "Prediction"
            shown = number(float(value)) if isinstance(value, float) else str(value)
            st.metric(title, "No label" if value == NO_LABEL else shown, border=True)
    shares = {
        name.removeprefix(PROBABILITY): float(str(value))
        for name, value in answer.items()
        if name.startswith(PROBABILITY)
    }
    if shares:
        best = sorted(shares, key=lambda name: -shares[name])[:MOST_BARS]
        st.subheader(
            "How sure it is, in percent",
            help="Probabilities of the classes. A network is often surer than it should be.",
            anchor=False,
        )
        show_bars(
            best,
            [round(100 * shares[name], 1) for name in best],
            "Probability of each class",
            "probabilities",
        )
