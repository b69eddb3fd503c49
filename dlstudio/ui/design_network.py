"""The part of the Design page that shapes the network: architecture, presets, layers."""

import streamlit as st

from dlstudio.spec.architectures.table import (
    ARCHITECTURE_PRESETS,
    ARCHITECTURE_TITLES,
    ARCHITECTURES,
)
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.forms import record_form
from dlstudio.ui.problems import show_problems

DEFAULT = "Default for this data"


def show_network(design: Design) -> RunSpec:
    """Show architecture, presets and layers; return the spec as edited."""
    _show_kind(design)
    _show_presets(design)
    with st.container(border=True):
        architecture = record_form(design.spec.architecture, design.place("architecture"))
    return design.spec.model_copy(update={"architecture": architecture})


def _show_kind(design: Design) -> None:
    key = f"{design.key}.architecture.kind"
    kind = st.selectbox(
        "Architecture",
        list(ARCHITECTURES),
        index=list(ARCHITECTURES).index(design.spec.architecture.kind),
        key=key,
        format_func=lambda kind: ARCHITECTURE_TITLES[kind],
        help="The family of networks. For tables of numbers and categories, a feed-forward "
        "network is the right one.",
    )
    show_problems(design.problems, "architecture.kind")
    if kind != design.spec.architecture.kind:
        changed = {"architecture": ARCHITECTURES[kind]()}
        replace_spec(design, design.spec.model_copy(update=changed))


def _show_presets(design: Design) -> None:
    presets = {DEFAULT: _default(design), **ARCHITECTURE_PRESETS[design.spec.architecture.kind]}
    st.markdown(
        "Start from",
        help="Replaces the layers below. Small networks suit a few hundred rows, large ones many "
        "thousands. Undo brings back what you had.",
    )
    with st.container(horizontal=True, gap="small"):
        for name, preset in presets.items():
            fits = preset == design.spec.architecture
            icon = ":material/check:" if fits else None
            if st.button(name, icon=icon, key=f"{design.key}.preset.{name}") and not fits:
                replace_spec(design, design.spec.model_copy(update={"architecture": preset}))


def _default(design: Design) -> object:
    kind = design.spec.architecture.kind
    targets = [name for name in design.spec.task.targets if name in design.info.column_names]
    if not targets:
        return ARCHITECTURES[kind]()
    return default_spec(design.info, targets, architecture=kind).architecture
