"""Two tabs on one draft: neither overwrites what the other has done.

A tab remembers the draft as it last showed it. If another tab has changed the draft since, it goes
on with what it shows as a draft of its own, and says so; both versions stay.

A draft that a tab begins gets an address of its own with its first change. A click that the browser
sends before it has heard of that address belongs to the draft all the same.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dlstudio.settings import Settings
from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_drafts import Draft, new_draft_id, read_draft, write_draft
from dlstudio.ui.navigation import Screen, link_screen
from dlstudio.ui.session import AddressKey, SessionKey


def keep_draft(settings: Settings, draft: Draft) -> Draft:
    """Write a draft that this tab has changed; from now on the address names it."""
    written = write_draft(settings, draft)
    st.session_state[SessionKey.DESIGN_SHOWN] = written
    begun: Draft | None = st.session_state.get(SessionKey.DESIGN_BEGUN)
    if begun is not None and begun.id == draft.id:  # the same address begins another one
        del st.session_state[SessionKey.DESIGN_BEGUN]
        st.session_state[SessionKey.DESIGN_CHANGED] = begun
    _name_in_address(draft)  # last: a click that waits begins the page's next run here
    return written


def begun_draft(settings: Settings, spec: RunSpec) -> Draft:
    """Return what this tab begins with a spec: the same until it is changed, and not stored yet.

    Args:
        settings: Where drafts live.
        spec: What it begins with.
    """
    changed: Draft | None = st.session_state.get(SessionKey.DESIGN_CHANGED)
    if changed is not None and changed.spec == spec and _is_shown(changed) and not _is_step_back():
        stored = own_draft(settings, read_draft(settings, changed.id))
        _name_in_address(stored)
        return stored
    return _unchanged_draft(spec)


def _is_shown(draft: Draft) -> bool:
    """Whether the browser shows the widgets of a draft, so that a click there is about it."""
    return any(str(key).startswith(f"{draft.id}.") for key in st.session_state)


def _is_step_back() -> bool:
    """Whether the address is one that Back or Forward of the browser led to."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _name_in_address(draft: Draft) -> None:
    if st.query_params.get(AddressKey.DRAFT) != draft.id:
        st.query_params[AddressKey.DRAFT] = draft.id


def _unchanged_draft(spec: RunSpec) -> Draft:
    begun: Draft | None = st.session_state.get(SessionKey.DESIGN_BEGUN)
    if begun is None or begun.spec != spec:
        begun = Draft(id=new_draft_id(), spec=spec)
        st.session_state[SessionKey.DESIGN_BEGUN] = begun
    return begun


def own_draft(settings: Settings, stored: Draft) -> Draft:
    """Return the draft that this tab works on: the stored one, or a copy of what the tab shows.

    Args:
        settings: Where drafts live.
        stored: The draft that the address names, as it is now.
    """
    shown: Draft | None = st.session_state.get(SessionKey.DESIGN_SHOWN)
    is_same = shown is None or shown.id != stored.id or shown.updated_at == stored.updated_at
    if shown is None or is_same or f"{widget_key(stored.id)}.name" not in st.session_state:
        st.session_state[SessionKey.DESIGN_SHOWN] = stored
        return stored
    return _go_on_apart(settings, shown)


def widget_key(draft_id: str) -> str:
    """Beginning of the keys of a draft's widgets; a copy goes on with those of its original."""
    revision = st.session_state.get(SessionKey.DESIGN_REVISION, 0)
    origins = st.session_state.get(SessionKey.DESIGN_ORIGINS, {})
    return f"{origins.get(draft_id, draft_id)}.{revision}"


def show_parting(draft_id: str) -> None:
    """Say that this draft parted from one that another tab has changed; nothing otherwise."""
    origin = st.session_state.get(SessionKey.DESIGN_ORIGINS, {}).get(draft_id)
    if origin is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":material/fork_right: This draft was changed in another tab or window as well. "
            "Nothing is lost: what you see here goes on as a draft of its own."
        )
        link_screen(Screen.DESIGN, "Open the other version", draft=origin)


def _go_on_apart(settings: Settings, shown: Draft) -> Draft:
    copy = shown.model_copy(update={"id": new_draft_id()})
    origins = st.session_state.get(SessionKey.DESIGN_ORIGINS, {})
    st.session_state[SessionKey.DESIGN_ORIGINS] = {
        **origins,
        copy.id: origins.get(shown.id, shown.id),
    }
    if st.session_state.get(SessionKey.TRAIN_ASKED) == shown.id:
        st.session_state[SessionKey.TRAIN_ASKED] = copy.id
    return keep_draft(settings, copy)
