"""The part of the Design page that says how the values of each column become numbers."""

import streamlit as st
from pydantic import ValidationError

from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.messages import problems_of
from dlstudio.spec.preprocessing import PREPROCESSING_BY_KIND
from dlstudio.spec.run import RunSpec
from dlstudio.ui.design_overrides import (
    COLUMN,
    Overrides,
    columns_by_kind,
    for_all,
    preprocessing_frame,
    with_frame,
)
from dlstudio.ui.design_state import Design, replace_spec
from dlstudio.ui.formats import count
from dlstudio.ui.forms import FormPlace, record_form
from dlstudio.ui.forms_rows import table_fields
from dlstudio.ui.forms_table import column_config
from dlstudio.ui.problems import show_problems

_TITLES = {
    ColumnKind.NUMBER: "Numbers",
    ColumnKind.CATEGORY: "Categories",
    ColumnKind.DATETIME: "Dates and times",
    ColumnKind.TEXT: "Texts",
}
TALLEST_TABLE = 420


def show_columns(design: Design) -> RunSpec:
    """Show one table a kind of column; return the spec as edited."""
    groups = columns_by_kind(design.info, design.spec.task.inputs)
    st.caption(
        "A network learns from numbers only. These defaults suit most data: change a cell where "
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
    key = f"{design.key}.preprocessing.{kind}"
    num_changed = sum(name in overrides for name in names)
    badge = f" :primary-badge[{num_changed} changed]" if num_changed else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_TITLES[kind]}** · {count(len(names), 'column')}{badge}")
        st.space("stretch")
        if len(names) > 1:
            _show_set_all(design, kind, names)
    frame_key = f"{key}.frame"
    if key not in st.session_state:
        st.session_state[frame_key] = preprocessing_frame(kind, names, overrides)
    edited = st.data_editor(
        st.session_state[frame_key],
        key=key,
        hide_index=True,
        disabled=[COLUMN],
        column_order=[COLUMN, *_field_names(kind)],
        column_config={
            COLUMN: st.column_config.TextColumn("Column", pinned=True),
            **{field.about.name: column_config(field) for field in _fields(kind)},
        },
        height="content" if len(names) <= 10 else TALLEST_TABLE,
        alt=f"How the {_TITLES[kind].lower()} become numbers",
    )
    try:
        return with_frame(overrides, kind, edited)
    except ValidationError as error:
        show_problems(problems_of(error, PREPROCESSING_BY_KIND[kind], "preprocessing"))
        return overrides


def _show_set_all(design: Design, kind: ColumnKind, names: list[str]) -> None:
    record, key = PREPROCESSING_BY_KIND[kind], f"{design.key}.preprocessing.{kind}.all"
    with st.popover("Set for all", icon=":material/done_all:", key=f"{key}.popover"):
        chosen = record_form(record(), FormPlace("all", key))
        if st.button(f"Use for all {len(names):,}", type="primary", key=f"{key}.apply"):
            differences = chosen.model_dump(mode="json", exclude_defaults=True)
            overrides = for_all(design.spec.preprocessing, names, differences)
            replace_spec(design, design.spec.model_copy(update={"preprocessing": overrides}))


def _fields(kind: ColumnKind) -> tuple:
    return table_fields([PREPROCESSING_BY_KIND[kind]])


def _field_names(kind: ColumnKind) -> list[str]:
    return [field.about.name for field in _fields(kind)]
