"""What the network of a draft looks like, beside the form: exact, and never in the way."""

from functools import lru_cache

import streamlit as st

from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.settings import Settings
from dlstudio.ui import services
from dlstudio.ui.design_drawing import show_drawing
from dlstudio.ui.design_preview_desk import Answer, PreviewDesk
from dlstudio.ui.design_state import Design
from dlstudio.ui.formats import count, duration, size
from dlstudio.ui.kept_room import FIGURE, keeping_room
from dlstudio.ui.layer_names import detail_text, kind_text
from dlstudio.ui.network_layout import shape_text
from dlstudio.ui.problems import show_problems
from dlstudio.ui.session import SessionKey

PATIENCE_S = 0.25
POLL_S = 0.4


def show_preview(design: Design) -> None:
    """Show the network of the draft; while it is worked out, the one before with a quiet mark."""
    is_waiting = not design.problems and _look_up(design, PATIENCE_S) is None
    # Always a fragment: one that was gone when its next tick came would be an error.
    st.fragment(_show_latest, run_every=POLL_S if is_waiting else None)(design, is_waiting)


def preview_desk() -> PreviewDesk:
    """The desk of this process."""
    return _desk(services.settings())


@lru_cache(maxsize=2)
def _desk(_settings: Settings) -> PreviewDesk:
    return PreviewDesk(lambda spec: services.supervisor().preview(spec))


def _show_latest(design: Design, was_waiting: bool) -> None:
    if design.problems:
        if _last(design) is None:
            st.caption("The network is drawn here once the problems are mended.")
        else:
            _show(_last(design), "The network before the problems came up.")
        return
    answer = _look_up(design, 0.0)
    if answer is None:
        _show(_last(design), ":material/sync: Updating")
        return
    if was_waiting:
        st.rerun()  # ends the polling
    _show(answer, "Exact: this is the network as Keras builds it.")
    if isinstance(answer, PreviewFailed) and st.button("Try again", icon=":material/refresh:"):
        preview_desk().forget(design.spec, design.info)
        st.rerun()


def _look_up(design: Design, patience_s: float) -> Answer | None:
    answer = preview_desk().look_up(design.spec, design.info, patience_s).answer
    if answer is not None:
        st.session_state[SessionKey.LAST_PREVIEW] = (design.draft.id, answer)
    return answer


def _last(design: Design) -> Answer | None:
    draft_id, answer = st.session_state.get(SessionKey.LAST_PREVIEW, ("", None))
    return answer if draft_id == design.draft.id else None


def _show(answer: Answer | None, mark: str) -> None:
    st.caption(mark)
    if isinstance(answer, PreviewFailed):
        show_problems(answer.problems)
        return
    _show_figures(answer)
    for note in answer.notes if answer else ():
        st.warning(note, icon=":material/warning:")
    if answer is None:
        st.skeleton(height=260)
        return
    show_drawing(answer.layers, "network_drawing")
    _show_layers(answer)


def _show_figures(preview: NetworkPreview | None) -> None:
    with keeping_room(FIGURE), st.grid(3, min_column_width=100, gap="small"):
        st.metric(
            "Parameters",
            f"{preview.num_parameters:,}" if preview else "–",
            help="Numbers that the network learns. More can learn finer patterns, and need more "
            "rows and time.",
        )
        st.metric(
            "Memory",
            size(preview.memory_bytes) if preview else "–",
            help="Estimated: weights, gradients, the optimizer's memory and one batch.",
        )
        st.metric(
            "One epoch",
            _epoch_text(preview),
            help="Estimated time to look at all training rows once, on this machine.",
        )
    if preview:
        fixed = preview.num_parameters - preview.num_trainable
        steps = count(preview.steps_per_epoch, "step")
        st.caption(
            f"{steps} an epoch, in batches of {preview.batch_size:,}"
            + (f"; {fixed:,} parameters are not trained." if fixed else ".")
        )


def _epoch_text(preview: NetworkPreview | None) -> str:
    seconds = preview.epoch_s if preview else None
    return "< 0.1 s" if seconds is not None and seconds < 0.1 else duration(seconds)


def _show_layers(preview: NetworkPreview) -> None:
    with st.expander("Every layer as a table", type="compact", key="preview.layers"):
        st.dataframe(
            {
                "Layer": [layer.name for layer in preview.layers],
                "Kind": [kind_text(layer) for layer in preview.layers],
                "Output": [shape_text(layer) for layer in preview.layers],
                "Parameters": [layer.num_parameters for layer in preview.layers],
                "Detail": [detail_text(layer) for layer in preview.layers],
                "In Keras": [layer.kind for layer in preview.layers],
            },
            hide_index=True,
            alt="Layers of the network with their output shapes and parameters",
        )
