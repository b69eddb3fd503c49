"""The sample cards on Home: one click adds the data and drafts a network, the next trains it."""

from collections.abc import Sequence

import streamlit as st

from dlstudio.data.samples import SAMPLES, Sample, add_sample
from dlstudio.errors import NotFoundError
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.ui import services
from dlstudio.ui.formats import count, escape_markdown, small
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.session import AddressKey

NARROWEST = 230


def show_samples() -> None:
    """Show a card for each sample dataset; the chosen one offers to train at once."""
    st.header("Try it with real data", anchor=False)
    st.caption(
        "Two clicks: choose a dataset, then train. Tables take seconds, images about a minute."
    )
    tables = [sample for sample in SAMPLES if sample.kind is ColumnKind.NUMBER]
    _show_cards("Tables", tables, num_columns=3)
    others = [sample for sample in SAMPLES if sample not in tables]
    _show_cards("Images, texts, recordings and series", others, num_columns=4)


def _show_cards(title: str, samples: Sequence[Sample], num_columns: int) -> None:
    st.subheader(title, anchor=False)
    with st.grid(num_columns, min_column_width=NARROWEST):
        for sample in samples:
            with st.container(
                border=True, height="stretch", vertical_alignment="distribute", gap="xsmall"
            ):
                _show_card(sample)


def _show_card(sample: Sample) -> None:
    title, description = escape_markdown(sample.title), escape_markdown(sample.description)
    st.markdown(f"**{title}**  \n{small(description)}")
    is_chosen = st.query_params.get(AddressKey.SAMPLE) == sample.key
    info = _added(sample) if is_chosen else None
    with showing_problems():
        if info is not None:
            _show_draft(sample, info)
        elif st.button(
            "Use this data",
            key=f"use_{sample.key}",
            icon=":material/add:",
            width="stretch",
            help=f"{sample.source}. Licence: {sample.licence}.",
        ):
            _choose(sample)


def _added(sample: Sample) -> DatasetInfo | None:
    from dlstudio.data.catalog import open_dataset  # a second of imports that Home can do without

    try:
        return open_dataset(services.settings(), sample.key).info
    except NotFoundError:
        return None


def _choose(sample: Sample) -> None:
    with st.spinner("Adding the data …"):
        add_sample(services.settings(), sample.key)
    st.query_params[AddressKey.SAMPLE] = sample.key
    st.rerun()


def _show_draft(sample: Sample, info: DatasetInfo) -> None:
    targets = (sample.target, *sample.other_targets)
    spec = default_spec(info, targets, task=sample.task)
    st.markdown(_draft_words(info, spec))
    if st.button(
        "Train now",
        key=f"train_{sample.key}",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
    ):
        run = services.supervisor().submit(spec)
        open_screen(Screen.TRAIN, run=run.id)
    with st.container(horizontal=True):
        link_screen(Screen.DATA, "Look at the data", dataset=info.name)
        link_screen(Screen.DESIGN, "Change the network", dataset=info.name, target=sample.target)


def _draft_words(info: DatasetInfo, spec: RunSpec) -> str:
    target = escape_markdown(", ".join(spec.task.targets))
    rows = count(info.num_rows, "row")
    if spec.task.kind is TaskKind.FORECASTING:
        steps = count(spec.task.horizon, "step")
        return f":material/check: {rows}. Forecasts **{target}** {steps} ahead."
    inputs = [info.column(name) for name in spec.task.inputs]
    what = count(len(inputs), "column")
    if len(inputs) == 1 and inputs[0].kind is not ColumnKind.NUMBER:
        what = f"its {inputs[0].kind.value}"
    return f":material/check: {rows}. Predicts **{target}** from {what}."
