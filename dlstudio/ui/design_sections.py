"""The parts of the Design page: one is open at a time, and each tells what is wrong in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dlstudio.errors import Problem
from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_columns import show_columns
from dlstudio.ui.design_network import show_network
from dlstudio.ui.design_state import Design, save_edit
from dlstudio.ui.design_task import show_task
from dlstudio.ui.design_text import show_text
from dlstudio.ui.design_training import show_training
from dlstudio.ui.session import AddressKey

FIRST = "task"


@dataclass(frozen=True)
class Section:
    """One part of the form.

    Attributes:
        title: How it is called.
        icon: A Material icon.
        show: Shows its widgets and returns the spec as edited.
        roots: First parts of the paths of its fields.
    """

    title: str
    icon: str
    show: Callable[[Design], RunSpec]
    roots: tuple[str, ...] = ()


SECTIONS = {
    "task": Section("Task", ":material/target:", show_task, ("dataset", "task", "split")),
    "network": Section("Network", ":material/account_tree:", show_network, ("architecture",)),
    "training": Section("Training", ":material/tune:", show_training, ("training",)),
    "columns": Section("Columns", ":material/table_chart:", show_columns, ("preprocessing",)),
    "text": Section("YAML", ":material/code:", show_text),
}


def show_sections(design: Design) -> None:
    """Show the choice of parts and the one that is open; store what is edited there."""
    asked = st.query_params.get(AddressKey.SECTION, FIRST)
    chosen = st.segmented_control(
        "Part of the design",
        list(SECTIONS),
        default=asked if asked in SECTIONS else FIRST,
        key="design.section",
        required=True,
        format_func=_label,
        label_visibility="collapsed",
        width="stretch",
        wrap=True,
    )
    if chosen != asked:  # each writing is a step for the browser's Back
        st.query_params[AddressKey.SECTION] = chosen or FIRST
    save_edit(design, SECTIONS[chosen or FIRST].show(design))


def problems_by_section(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Group problems by the title of the part of the form that they belong to."""
    grouped: dict[str, list[Problem]] = {}
    for problem in problems:
        root = problem.where.split(".")[0]
        title = next((s.title for s in SECTIONS.values() if root in s.roots), "")
        grouped.setdefault(title, []).append(problem)
    return grouped


def _label(name: str) -> str:
    return f"{SECTIONS[name].icon} {SECTIONS[name].title}"
