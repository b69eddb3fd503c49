"""Forms made from the fields of a spec: a new option appears on the page by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel, ValidationError

from dlstudio.errors import Problem
from dlstudio.spec.messages import problems_of
from dlstudio.ui.forms_fields import FormField, Sort, form_fields, is_shown
from dlstudio.ui.forms_table import records_table
from dlstudio.ui.forms_widgets import field_widget
from dlstudio.ui.kept_room import keeping_room
from dlstudio.ui.problems import show_problems

NARROWEST_WIDGET = 190

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class FormPlace:
    """Where a form stands and what it knows besides the record's fields.

    Attributes:
        where: Dotted path of the record inside the spec, such as "training".
        key: Beginning of the widgets' keys; a new one makes all widgets begin afresh.
        problems: Problems of the whole spec; each is shown beside its field.
        choices: Names to choose from, by field, where they come from the dataset.
        skip: Fields that have an editor of their own on the page.
    """

    where: str
    key: str
    problems: Sequence[Problem] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()

    def below(self, name: str) -> "FormPlace":
        """The place of a record inside this one."""
        return FormPlace(f"{self.where}.{name}", f"{self.key}.{name}", self.problems)

    def offering(self, choices: Mapping[str, Sequence[str]]) -> "FormPlace":
        """The same place with names to choose from, by field."""
        return replace(self, choices=choices)


def record_form(value: Record, place: FormPlace) -> Record:
    """Show the fields of a record as widgets, grouped, the rarely used ones folded away.

    Args:
        value: The record as it is now.
        place: Where it belongs and what to leave out.

    Returns:
        The record as the widgets say; `value` itself if nothing was changed.
    """
    values = {name: getattr(value, name) for name in type(value).model_fields}
    fields = [entry for entry in form_fields(type(value)) if _is_ours(entry, place)]
    for group in dict.fromkeys(entry.about.group for entry in fields):
        members = [entry for entry in fields if entry.about.group == group]
        _show_group(group, members, values, place)
    return _rebuild(value, values, place)


def _is_ours(entry: FormField, place: FormPlace) -> bool:
    is_edited_here = entry.sort not in (Sort.FIXED, Sort.OTHER)
    return is_edited_here and entry.about.name not in place.skip


def _show_group(
    title: str, members: Sequence[FormField], values: dict[str, Any], place: FormPlace
) -> None:
    if not any(is_shown(entry, values) for entry in members):
        return
    if title:
        st.markdown(f"**{title}**")
    _show_fields([entry for entry in members if not entry.about.is_advanced], values, place)
    advanced = [e for e in members if e.about.is_advanced and is_shown(e, values)]
    if not advanced:
        return
    num_set = sum(values[entry.about.name] != entry.default for entry in advanced)
    label = "More settings" + (f" :primary-badge[{num_set} changed]" if num_set else "")
    is_wrong = any(_has_problem(entry, place) for entry in advanced)
    key = f"{place.key}.more.{title}"
    with st.expander(label, icon=":material/tune:", type="compact", expanded=is_wrong, key=key):
        _show_fields(advanced, values, place)


def _show_fields(entries: Sequence[FormField], values: dict[str, Any], place: FormPlace) -> None:
    """Show fields in their order: single values side by side, records and tables on their own."""
    for is_large, run in groupby(entries, lambda entry: entry.sort in (Sort.RECORD, Sort.TABLE)):
        if is_large:
            for entry in run:
                if is_shown(entry, values):
                    values[entry.about.name] = _show_large(entry, values, place)
            continue
        grid = st.grid(3, min_column_width=NARROWEST_WIDGET, vertical_alignment="top")
        for entry in run:
            if is_shown(entry, values):
                with grid.cell(), st.container(gap="xsmall"):
                    values[entry.about.name] = _show_field(entry, values, place)


def _show_field(entry: FormField, values: dict[str, Any], place: FormPlace) -> Any:  # noqa: ANN401
    name = entry.about.name
    options, key = place.choices.get(name), f"{place.key}.{name}"
    if entry.sort is Sort.FLAG:
        st.space("xsmall")
        value = field_widget(entry, values[name], key, options)
    else:
        with keeping_room():
            value = field_widget(entry, values[name], key, options)
    show_problems(place.problems, f"{place.where}.{name}")
    return value


def _show_large(entry: FormField, values: dict[str, Any], place: FormPlace) -> Any:  # noqa: ANN401
    name, value = entry.about.name, values[entry.about.name]
    inner = place.below(name)
    if entry.sort is Sort.TABLE:
        rows = records_table(entry, value, inner.key)
        show_problems(place.problems, inner.where)
        return rows
    if not entry.about.is_optional:
        return record_form(value, inner)
    key = f"{inner.key}.is_on"
    if not st.toggle(entry.about.title, value is not None, key=key, help=entry.about.help):
        return None
    with st.container(border=True):
        return record_form(value or entry.default or entry.records[0](), inner)


def _has_problem(entry: FormField, place: FormPlace) -> bool:
    where = f"{place.where}.{entry.about.name}"
    return any(
        problem.where == where or problem.where.startswith(f"{where}.")
        for problem in place.problems
    )


def _rebuild(value: Record, values: dict[str, Any], place: FormPlace) -> Record:
    """Make the record of the widgets' values; the old one stays if they do not fit together."""
    try:
        changed = type(value).model_validate(values)
    except ValidationError as error:
        show_problems(problems_of(error, type(value), place.where))
        return value
    return value if changed == value else changed
