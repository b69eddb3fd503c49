"""What stands above and beside the form: dataset, name, undo, and the way to training."""

import streamlit as st

from dlstudio.data.summaries import list_summaries
from dlstudio.spec.run import DatasetRef
from dlstudio.ui import services
from dlstudio.ui.design_sections import problems_by_section
from dlstudio.ui.design_state import Design, move_to_dataset, replace_spec, save_edit, store_draft
from dlstudio.ui.design_tabs import show_parting
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.kept_room import button_width, keeping_room
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.session import SessionKey

DATASET_WIDTH = 256  # in pixels


def show_toolbar(design: Design) -> None:
    """Show which dataset the draft is for, its name, and the ways back."""
    show_parting(design.draft.id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with keeping_room(width=DATASET_WIDTH):
            _show_dataset(design)
        with keeping_room():
            _show_name(design)
        if st.button(
            "Undo",
            icon=":material/undo:",
            disabled=not design.draft.earlier,
            help="Takes back the last change. Every change is saved as you make it.",
            width=button_width("Undo"),
        ):
            store_draft(design.draft.undone())
        width = button_width("All drafts")
        if st.button("All drafts", icon=":material/folder_open:", width=width):
            open_screen(Screen.DESIGN)
    _offer_current_version(design)


def show_train_button(design: Design) -> None:
    """Show the button that starts training, or what has to be mended before."""
    st.button(
        "Train this network",
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(design.problems),
        width="stretch",
        help="Starts training right away, or as soon as the runs before it are done.",
        on_click=_ask_to_train,
        args=(design.draft.id,),
    )
    # An edit that came with the click has been stored by now: storing it runs the page again,
    # and a click lasts for one run only.
    is_asked = st.session_state.pop(SessionKey.TRAIN_ASKED, None) == design.draft.id
    if is_asked and not design.problems:
        run = services.supervisor().submit(design.spec)
        open_screen(Screen.TRAIN, run=run.id)
    if design.problems:
        st.markdown(f"**{count(len(design.problems), 'thing')} to mend before training**")
        st.markdown("\n".join(_problem_lines(design)))


def _ask_to_train(draft_id: str) -> None:
    st.session_state[SessionKey.TRAIN_ASKED] = draft_id


def _problem_lines(design: Design) -> list[str]:
    """One line a problem; the whole of it stands beside its field."""
    return [
        f"- {f'{section}: ' if section else ''}:red[{escape_markdown(problem.problem)}] "
        f"{escape_markdown(problem.fix)}"
        for section, problems in problems_by_section(design.problems).items()
        for problem in problems
    ]


def _show_dataset(design: Design) -> None:
    current = design.spec.dataset.name
    names = [info.name for info in list_summaries(services.settings())]
    chosen = st.selectbox(
        "Dataset",
        names if current in names else [*names, current],
        index=names.index(current) if current in names else len(names),
        key=f"{design.key}.dataset",
        help="Choosing another dataset begins a new draft with the same network and training. "
        "This draft is kept.",
    )
    if chosen is not None and chosen != current:
        move_to_dataset(design, chosen)


def _show_name(design: Design) -> None:
    name = st.text_input(
        "Name of the run",
        design.spec.name,
        key=f"{design.key}.name",
        max_chars=120,
        help="So that you find it again. A number is added if another run has this name.",
    )
    save_edit(design, design.spec.model_copy(update={"name": (name or "").strip()}))


def _offer_current_version(design: Design) -> None:
    """Runs keep the version they were designed for, so a newer one is a choice."""
    listed = {info.name: info.fingerprint for info in list_summaries(services.settings())}
    newest = listed.get(design.info.name)
    if newest is None or newest == design.info.fingerprint:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(":material/update: The dataset has changed since this draft was begun.")
        if st.button("Use the newest version"):
            ref = DatasetRef(name=design.info.name, fingerprint=newest)
            replace_spec(design, design.spec.model_copy(update={"dataset": ref}))
