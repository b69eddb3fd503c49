"""The sample cards on Home: one click adds the data and drafts a network, the next trains it."""

import streamlit as st

from dlstudio.data.samples import SAMPLES, Sample, add_sample
from dlstudio.errors import NotFoundError
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.ui import services
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.navigation import Screen, link_screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.session import AddressKey


def show_samples() -> None:
    """Show a card for each sample dataset; the chosen one offers to train at once."""
    st.header("Try it with real data", anchor=False)
    st.caption("Two clicks: choose a dataset, then train. It takes a few seconds.")
    with st.grid(3, min_column_width=260):
        for sample in SAMPLES:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _show_card(sample)


def _show_card(sample: Sample) -> None:
    st.markdown(f"**{escape_markdown(sample.title)}**")
    st.caption(escape_markdown(sample.description))
    st.space("stretch")
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
    spec = default_spec(info, targets=(sample.target, *sample.other_targets))
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
    inputs = count(len(spec.task.inputs), "column")
    return f":material/check: {count(info.num_rows, 'row')}. Predicts **{target}** from {inputs}."
