"""The part of the Design page that says what to learn from what: target, inputs, split."""

from enum import StrEnum

import streamlit as st

from dlstudio.spec.defaults import usable_inputs
from dlstudio.spec.fields import FieldDescription, describe_fields
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod, SplitSpec
from dlstudio.spec.task import TaskKind, TaskSpec
from dlstudio.ui.design_forecast import show_forecast, show_forecast_split
from dlstudio.ui.design_fractions import show_fractions
from dlstudio.ui.design_labels import show_label_lists
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.design_targets import (
    can_forecast,
    describe_target,
    values_of,
    with_kind,
    with_targets,
)
from dlstudio.ui.design_unsupervised import TARGET_HELP, show_unsupervised
from dlstudio.ui.formats import escape_markdown
from dlstudio.ui.forms import record_form
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.kept_room import CHOICE, keeping_room
from dlstudio.ui.problems import show_problems

_HELP: dict[str, FieldDescription] = {
    field.name: field for record in (TaskSpec, SplitSpec) for field in describe_fields(record)
}


class Way(StrEnum):
    """How inputs are chosen."""

    LEAVE_OUT = "All but some"
    TAKE = "Only some"


def show_task(design: Design) -> RunSpec:
    """Show target, task, inputs and split; return the spec as edited."""
    task = design.spec.task
    is_forecast = task.kind is TaskKind.FORECASTING
    with st.container(border=True):
        st.markdown("**What to learn**" if task.kind.is_unsupervised else "**What to predict**")
        _show_targets(design)
        _show_kind(design)
        if task.kind.is_unsupervised:
            task = show_unsupervised(design)
    if is_forecast:
        with st.container(border=True):
            st.markdown("**How far to look back and ahead**")
            task = show_forecast(design)
    with st.container(border=True):
        st.markdown("**What to learn from**")
        inputs = _show_inputs(design)
    with st.container(border=True):
        st.markdown("**Which rows teach and which rows judge**")
        split = show_forecast_split(design, task) if is_forecast else _show_split(design)
    task = task.model_copy(update={"inputs": _free_inputs(task, inputs)})
    return design.spec.model_copy(update={"task": task, "split": split})


def _free_inputs(task: TaskSpec, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """Inputs that have no other part in a forecast; what is known in advance includes its past."""
    taken = (task.time, task.series, *task.known)
    return tuple(name for name in inputs if name not in taken)


def _show_targets(design: Design) -> None:
    key = f"{design.key}.task.targets"
    about, kind = _HELP["targets"], design.spec.task.kind
    with keeping_room():
        chosen = st.multiselect(
            "Known classes" if kind.is_unsupervised else about.title,
            _with_unknown(design, design.spec.task.targets),
            list(design.spec.task.targets),
            key=key,
            help=TARGET_HELP.get(kind, about.help),
            placeholder="None" if kind.is_unsupervised else "Choose the column to predict",
            select_all=False,
        )
    show_problems(design.problems, "task.targets")
    if tuple(chosen) != design.spec.task.targets:
        replace_spec(design, with_targets(design.spec, design.info, chosen))


def _show_kind(design: Design) -> None:
    task = design.spec.task
    about = _HELP["kind"]
    key = f"{design.key}.task.kind"
    is_forecast = task.kind is TaskKind.FORECASTING
    offers_forecast = is_forecast or can_forecast(design.info, task.targets)
    with keeping_room(CHOICE):
        kind = st.segmented_control(
            about.title,
            [kind for kind in TaskKind if kind is not TaskKind.FORECASTING or offers_forecast],
            default=task.kind,
            key=key,
            help=about.help,
            format_func=choice_label,
            required=True,
        )
    for name in task.targets:
        if design.info.has_column(name):
            text = describe_target(design.info.column(name), task.kind)
            prefix = f"{name}: " if len(task.targets) > 1 else ""
            st.caption(escape_markdown(prefix + text))
    if kind is not None and kind != task.kind:
        replace_spec(design, with_kind(design.spec, design.info, TaskKind(kind)))
    show_label_lists(design)


def _show_inputs(design: Design) -> tuple[str, ...]:
    task = design.spec.task
    is_forecast = task.kind is TaskKind.FORECASTING
    offered = values_of(design.info, task) if is_forecast else _possible_inputs(design)
    if is_forecast and not offered and not task.inputs:
        st.caption("The forecast learns from the past of its target alone.")
        return ()
    left_out = [name for name in offered if name not in task.inputs]
    about, key = _HELP["inputs"], f"{design.key}.task.inputs"
    usual = Way.LEAVE_OUT if len(left_out) <= len(task.inputs) else Way.TAKE
    with keeping_room(CHOICE):
        way = st.segmented_control(
            about.title,
            list(Way),
            default=usual,
            key=f"{key}.way",
            help=about.help,
            required=True,
        )
    with keeping_room():
        inputs = _inputs_by_way(design, Way(way or Way.TAKE), offered)
    st.caption(_inputs_text(design, len(inputs), len(offered)))
    show_problems(design.problems, "task.inputs")
    return inputs


def _possible_inputs(design: Design) -> list[str]:
    return [
        column.name
        for column in design.info.columns
        if column.kind in PREPROCESSING_BY_KIND and column.name not in design.spec.task.targets
    ]


def _inputs_text(design: Design, num_inputs: int, num_offered: int) -> str:
    task = design.spec.task
    if task.kind is TaskKind.FORECASTING:
        return (
            f"The past of the target and of {num_inputs:,} of {num_offered:,} further columns is "
            "seen."
        )
    suited = len(usable_inputs(design.info, task.targets))
    said = f"{num_inputs:,} of {num_offered:,} columns are inputs."
    if suited >= num_offered:
        return said
    return (
        f"{said} Suited at first sight: {suited:,}; the others are constant or are not meant as "
        "inputs."
    )


def _inputs_by_way(design: Design, way: Way, offered: list[str]) -> tuple[str, ...]:
    chosen = design.spec.task.inputs
    unknown = [name for name in chosen if name not in offered]
    key = f"{design.key}.task.inputs.{way.name}"
    if way is Way.TAKE:
        picked = st.multiselect(
            "Columns to learn from", [*offered, *unknown], list(chosen), key=key
        )
        return tuple(name for name in [*offered, *unknown] if name in set(picked))
    left_out = set(
        st.multiselect(
            "Columns to leave out",
            offered,
            [name for name in offered if name not in chosen],
            key=key,
            placeholder="None: all are inputs",
        )
    )
    return tuple(name for name in [*offered, *unknown] if name not in left_out)


def _show_split(design: Design) -> SplitSpec:
    place = design.place("split", "fractions")
    columns = {"column": design.info.column_names}
    split = record_form(design.spec.split, place.offering(columns))
    if split.method is SplitMethod.GIVEN:
        return split
    return split.model_copy(update={"fractions": show_fractions(design, "row")})


def _with_unknown(design: Design, names: tuple[str, ...]) -> list[str]:
    """All columns, and names of the spec that are none: they can only be removed if shown."""
    columns = design.info.column_names
    return [*columns, *(name for name in names if name not in columns)]
