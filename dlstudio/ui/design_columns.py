"""The part of the Design page that says how the values of each column become numbers."""

from collections.abc import Sequence

import streamlit as st
from pydantic import BaseModel, ValidationError

from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.messages import problems_of
from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_overrides import (
    COLUMN,
    Overrides,
    column_settings,
    columns_by_kind,
    for_all,
    preprocessing_frame,
    preprocessing_records,
    shown_fields,
    with_frame,
    with_settings,
)
from dlstudio.ui.design_sight import describe_sight
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.formats import count, escape_markdown
from dlstudio.ui.forms import FormPlace, record_form
from dlstudio.ui.forms_labels import choice_label
from dlstudio.ui.forms_table import column_config, show_column_help
from dlstudio.ui.problems import show_problems

_TITLES = {
    ColumnKind.NUMBER: "Numbers",
    ColumnKind.CATEGORY: "Categories",
    ColumnKind.DATETIME: "Dates and times",
    ColumnKind.TEXT: "Texts",
    ColumnKind.IMAGE: "Images",
    ColumnKind.AUDIO: "Sounds",
    ColumnKind.VIDEO: "Videos",
    ColumnKind.SEQUENCE: "Sequences",
}
# Kinds with many settings, of which a dataset has few columns: a form says more than a table.
_FORM_KINDS = (
    ColumnKind.TEXT,
    ColumnKind.IMAGE,
    ColumnKind.AUDIO,
    ColumnKind.VIDEO,
    ColumnKind.SEQUENCE,
)
MOST_FORMS = 4
TALLEST_TABLE = 420


def show_columns(design: Design) -> RunSpec:
    """Show the settings of every column that the network learns from; return the spec as edited."""
    groups = columns_by_kind(design.info, design.spec.task)
    st.caption(
        "A network learns from numbers only. These defaults suit most data: change a setting where "
        "you know better. All of it travels inside the model that you download."
    )
    show_problems(design.problems, "preprocessing")
    overrides: Overrides = design.spec.preprocessing
    for kind, names in groups.items():
        with st.container(border=True):
            overrides = _show_kind(design, kind, names, overrides)
    if not groups:
        st.caption("No inputs are chosen yet.")
    return design.spec.model_copy(update={"preprocessing": overrides})


def _show_kind(
    design: Design, kind: ColumnKind, names: list[str], overrides: Overrides
) -> Overrides:
    num_changed = sum(name in overrides for name in names)
    badge = f" :primary-badge[{num_changed} changed]" if num_changed else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_TITLES[kind]}** · {count(len(names), 'column')}{badge}")
        st.space("stretch")
        if len(names) > 1:
            _show_set_all(design, kind, names)
    if kind in _FORM_KINDS and len(names) <= MOST_FORMS:
        for name in names:
            overrides = _show_form(design, kind, name, overrides)
        return overrides
    return _show_table(design, kind, names, overrides)


def _show_form(design: Design, kind: ColumnKind, name: str, overrides: Overrides) -> Overrides:
    settings = column_settings(_record(design, kind), overrides.get(name))
    where = f"preprocessing.{name}"
    st.markdown(f"**{escape_markdown(name)}**")
    sight = describe_sight(design.spec, design.info, name)
    if sight:
        st.caption(escape_markdown(sight))
    edited = record_form(settings, FormPlace(where, f"{design.key}.{where}", design.problems))
    return overrides if edited is settings else with_settings(overrides, name, edited)


def _show_table(
    design: Design, kind: ColumnKind, names: Sequence[str], overrides: Overrides
) -> Overrides:
    record, key = _record(design, kind), f"{design.key}.preprocessing.{kind}"
    frame_key = f"{key}.frame"
    if key not in st.session_state:
        st.session_state[frame_key] = preprocessing_frame(record, names, overrides)
    frame = st.session_state[frame_key]
    fields = shown_fields(record, frame)
    edited = st.data_editor(
        frame,
        key=key,
        hide_index=True,
        disabled=[COLUMN],
        column_order=[COLUMN, *fields],
        column_config={
            COLUMN: st.column_config.TextColumn("Column", pinned=True),
            **{name: column_config(field, frame[name]) for name, field in fields.items()},
        },
        height="content" if len(names) <= 10 else TALLEST_TABLE,
        placeholder=choice_label(None),
        alt=f"How the {_TITLES[kind].lower()} become numbers",
    )
    show_column_help(fields.values())
    try:
        return with_frame(overrides, record, edited)
    except ValidationError as error:
        show_problems(problems_of(error, record, "preprocessing"))
        return overrides


def _show_set_all(design: Design, kind: ColumnKind, names: list[str]) -> None:
    key = f"{design.key}.preprocessing.{kind}.all"
    with st.popover("Set for all", icon=":material/done_all:", key=f"{key}.popover"):
        chosen = record_form(_record(design, kind)(), FormPlace("all", key))
        if st.button(f"Use for all {len(names):,}", type="primary", key=f"{key}.apply"):
            differences = chosen.model_dump(mode="json", exclude_defaults=True)
            overrides = for_all(design.spec.preprocessing, names, differences)
            replace_spec(design, design.spec.model_copy(update={"preprocessing": overrides}))


def _record(design: Design, kind: ColumnKind) -> type[BaseModel]:
    return preprocessing_records(design.spec.task.kind)[kind]
