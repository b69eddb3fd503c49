"""The part of the Design page that shows the spec as a file: the same draft, as text."""

import streamlit as st

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.check import check_spec
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.documents import read_spec, write_json, write_yaml
from dlstudio.spec.mended import FieldsError
from dlstudio.spec.run import RunSpec
from dlstudio.ui import services
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.design_tabs import keep_draft
from dlstudio.ui.problems import show_problems


def show_text(design: Design) -> RunSpec:
    """Show the spec as YAML to edit, download or replace; return the spec as it was."""
    st.caption(
        "The form and this text are two views of one spec. The command line reads the same file: "
        "`dlstudio train run.yaml`."
    )
    key = f"{design.key}.text"
    text = _show_editor(design, key)
    is_changed = text != write_yaml(design.spec)
    problems = problems_of_text(text, design.info) if is_changed else ()
    with st.container(horizontal=True):
        if st.button(
            "Apply",
            type="primary",
            icon=":material/check:",
            disabled=not is_changed or bool(problems),
        ):
            replace_spec(design, read_spec(text))
        if st.button("Discard my changes", disabled=not is_changed, icon=":material/undo:"):
            replace_spec(design, design.spec)
        _show_downloads(design)
    if problems:
        st.markdown("**What to mend in the text**")
        show_problems(problems)
    _show_upload(design)
    return design.spec


def problems_of_text(text: str, info: DatasetInfo) -> tuple[Problem, ...]:
    """Every problem of a spec's text; empty if it can be read.

    Args:
        text: YAML or JSON.
        info: The dataset of the draft; where fields are wrong, the others are checked against it.
    """
    try:
        read_spec(text)
    except FieldsError as error:
        known = {problem.where for problem in error.problems}
        is_about_it = error.rest is not None and error.rest.dataset.name == info.name
        found = check_spec(error.rest, info) if error.rest is not None and is_about_it else ()
        return (*error.problems, *(one for one in found if one.where not in known))
    except SpecError as error:
        return error.problems
    return ()


def _show_editor(design: Design, key: str) -> str:
    text = st.text_area(
        "Spec as YAML",
        design.draft.text or write_yaml(design.spec),
        key=key,
        height=480,
        help="Press Ctrl+Enter, or click outside, to have your changes checked. They are kept with "
        "the draft until you apply or discard them.",
    )
    unapplied = None if text == write_yaml(design.spec) else text
    if unapplied != design.draft.text:
        draft = design.draft.model_copy(update={"text": unapplied})
        keep_draft(services.settings(), draft)
    return text or ""


def _show_downloads(design: Design) -> None:
    stem = design.spec.name or "run"
    st.download_button(
        "YAML",
        write_yaml(design.spec),
        f"{stem}.yaml",
        "application/yaml",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "JSON",
        write_json(design.spec),
        f"{stem}.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_upload(design: Design) -> None:
    file = st.file_uploader(
        "Use a spec file instead",
        type=["yaml", "yml", "json"],
        key=f"{design.key}.upload",
        help="A file from a download here, from `dlstudio spec new` or from a run's folder.",
    )
    if file is None:
        return
    text = file.getvalue().decode("utf-8", errors="replace")
    problems = problems_of_text(text, design.info)
    if not problems:
        replace_spec(design, read_spec(text))
    st.markdown("**What to mend in the file**")
    show_problems(problems)
