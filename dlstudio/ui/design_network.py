"""The part of the Design page that shapes the network: architecture, presets, layers."""

import streamlit as st

from dlstudio.spec.architectures.gan import GanSpec
from dlstudio.spec.architectures.table import (
    ARCHITECTURE_PRESETS,
    ARCHITECTURE_TITLES,
    ArchitectureSpec,
    architectures_for,
)
from dlstudio.spec.defaults import usual_kind
from dlstudio.spec.game_blocks import fit_blocks
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.ui.design_coder import follow_mirror, has_images, hidden_rows
from dlstudio.ui.design_defaults import usual_architecture, with_architecture
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.forms import record_form
from dlstudio.ui.kept_room import button_width, keeping_room
from dlstudio.ui.problems import show_problems
from dlstudio.ui.session import SessionKey

DEFAULT = "Default for this data"
PRETRAINED = "Pretrained"
_HELP = """The family of networks.

- **Feed-forward** suits tables of numbers and categories, and short texts as bags of words.
- **Convolutional** finds patterns wherever they are: images, sounds, videos, sensor data.
- **Recurrent** reads step by step and remembers: sequences, sounds, texts.
- **Transformer** lets every step look at every other: texts and sequences with many rows.
- **Autoencoder** squeezes an example into a few numbers and rebuilds it from them.
- **Variational autoencoder** does so with codes that can be drawn at random: it makes examples.
- **Generative adversarial network**: a maker plays against a judge. Sharper, harder to train.

Another family begins with its own good defaults, for the training too; what you chose there stays.
"""


def show_network(design: Design) -> RunSpec:
    """Show architecture, presets and layers; return the spec as edited."""
    with st.container(border=True):
        _show_kind(design)
        _show_presets(design)
    before, task = design.spec.architecture, design.spec.task
    with st.container(border=True):
        hidden = hidden_rows(before, task, design.info)
        architecture = record_form(before, design.place("architecture", *hidden))
    architecture = follow_mirror(before, architecture, task, design.info)
    return design.spec.model_copy(update={"architecture": architecture})


def _show_kind(design: Design) -> None:
    key = f"{design.key}.architecture.kind"
    current = design.spec.architecture.kind
    offered = list(architectures_for(design.spec.task.kind))
    offered += [] if current in offered else [current]
    with keeping_room():
        kind = st.selectbox(
            "Architecture",
            offered,
            index=offered.index(current),
            key=key,
            format_func=lambda kind: ARCHITECTURE_TITLES[kind],
            help=_HELP,
        )
    show_problems(design.problems, "architecture.kind")
    if kind != design.spec.architecture.kind:
        replace_spec(design, with_architecture(design.spec, design.info, kind))
    suited = _suited(design)
    if suited != kind:
        st.caption(f"Usually best for these inputs: {ARCHITECTURE_TITLES[suited]}.")


def _suited(design: Design) -> str:
    task = design.spec.task
    if task.kind is TaskKind.FORECASTING:
        return design.spec.architecture.kind
    inputs = tuple(name for name in task.inputs if design.info.has_column(name))
    return usual_kind(design.info, task.model_copy(update={"inputs": inputs}))


def use_asked_preset(design: Design) -> None:
    """Put the preset that was pressed in place of the network.

    A click lasts for one run of the page, which the next click may cut short: the press is kept
    until here.
    """
    draft_id, name = st.session_state.pop(SessionKey.PRESET_ASKED, (None, None))
    if draft_id != design.draft.id or name not in (presets := _presets(design)):
        return
    if presets[name] != design.spec.architecture:
        replace_spec(design, design.spec.model_copy(update={"architecture": presets[name]}))


def _presets(design: Design) -> dict[str, ArchitectureSpec]:
    """The networks to start from, the usual one for the data first."""
    task, kind = design.spec.task, design.spec.architecture.kind
    usual = usual_architecture(design.info, task, kind)
    presets = {DEFAULT: usual, **ARCHITECTURE_PRESETS[kind]}
    if not has_images(task, design.info):
        presets.pop(PRETRAINED, None)
    return {
        name: fit_blocks(preset, design.info, task) if isinstance(preset, GanSpec) else preset
        for name, preset in presets.items()
    }


def _show_presets(design: Design) -> None:
    st.markdown(
        "Start from",
        help="Replaces the layers below. Small networks suit a few hundred rows, large ones many "
        "thousands. Undo brings back what you had.",
    )
    with st.container(horizontal=True, gap="small"):
        for name, preset in _presets(design).items():
            st.button(
                name,
                icon=":material/check:" if preset == design.spec.architecture else None,
                key=f"{design.key}.preset.{name}",
                width=button_width(name),
                on_click=_ask_for_preset,
                args=(design.draft.id, name),
            )


def _ask_for_preset(draft_id: str, name: str) -> None:
    st.session_state[SessionKey.PRESET_ASKED] = (draft_id, name)
