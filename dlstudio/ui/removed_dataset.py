"""What helps a run whose dataset was removed: the same file once more, or the data of today."""

import streamlit as st

from dlstudio.data.catalog import list_datasets
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.ui import services
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.navigation import Screen, open_screen


def show_removed_dataset(run: RunRecord) -> None:
    """Say that the data of a run is gone and what brings it on, with a button that leads there.

    Args:
        run: A run that is over, whose version of its dataset is not there any more.
    """
    style = "secondary" if run.status is RunStatus.FINISHED else "primary"
    names = [info.name for info in list_datasets(services.settings())]
    is_changed = run.dataset in names
    st.warning(removed_text(run, is_changed=is_changed), icon=":material/database_off:")
    if is_changed:
        if st.button("Design for today's version", icon=":material/edit:", type=style):
            open_screen(Screen.DESIGN, dataset=run.dataset)
    elif st.button("Add the dataset again", icon=":material/upload_file:", type=style):
        open_screen(Screen.DATA)


def removed_text(run: RunRecord, *, is_changed: bool) -> str:
    """Write what is missing and what adding the same file again brings.

    Args:
        run: A run that is over.
        is_changed: Whether there is a dataset of that name, with other content.
    """
    name = f"**{escape_markdown(run.dataset)}**"
    lost = f"The version of the dataset {name} that this run learned from was removed."
    if not is_changed:
        lost = f"The dataset {name} that this run learned from was removed."
    again = " Add the same file once more, read in the same way, and it can be "
    if run.status is RunStatus.FINISHED:
        return f"{lost} Its network can be used as before.{again}changed and trained again."
    can_go_on = can_be_resumed(run)
    return f"{lost}{again}{'resumed where it was' if can_go_on else 'trained again'}."


def can_be_resumed(run: RunRecord) -> bool:
    """Whether a run that is over can go on from its last checkpoint, if its dataset is there."""
    if run.status is RunStatus.FINISHED or run.has_diverged:
        return False
    return run.status is not RunStatus.FAILED or services.store().folder(run.id).has_checkpoint
