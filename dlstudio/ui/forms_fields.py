"""What kind of widget each field of a spec needs; no Streamlit here."""

import types
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dlstudio.spec.fields import FieldDescription, describe_fields


class Sort(StrEnum):
    """How a field is edited."""

    FLAG = "flag"  # on or off
    CHOICE = "choice"  # one of a closed set
    WHOLE = "whole"  # a whole number
    NUMBER = "number"
    TEXT = "text"
    SEVERAL = "several"  # several names out of many
    RECORD = "record"  # fields of its own, perhaps switched off as a whole
    TABLE = "table"  # a list of records, one row each
    FIXED = "fixed"  # says what the record is; nobody edits it
    OTHER = "other"  # has an editor of its own on the page


@dataclass(frozen=True)
class FormField:
    """One field of a form.

    Attributes:
        about: Title, help and limits.
        sort: How it is edited.
        default: The value it has unless someone sets it.
        empty: What an empty widget stands for: None or a word such as "auto".
        records: The record classes of a RECORD (one) or of the rows of a TABLE.
    """

    about: FieldDescription
    sort: Sort
    default: Any
    empty: Any = None
    records: tuple[type[BaseModel], ...] = ()

    @property
    def may_be_empty(self) -> bool:
        """Whether the widget may be left empty."""
        return self.about.is_optional or self.empty is not None


def form_fields(record: type[BaseModel]) -> tuple[FormField, ...]:
    """Describe every field of a record class for a form, in the order of the class."""
    return tuple(
        _form_field(about, record.model_fields[about.name]) for about in describe_fields(record)
    )


def is_shown(field: FormField, values: dict[str, Any]) -> bool:
    """Whether a field matters, given the values of the fields it depends on.

    Args:
        field: A field that may name others in `about.shown_if`.
        values: Values of the same record by field name.
    """
    return all(str(values.get(name)) in allowed for name, allowed in field.about.shown_if.items())


def _form_field(about: FieldDescription, field: FieldInfo) -> FormField:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    parts = [part for part in _parts(field.annotation) if part is not type(None)]
    words = [get_args(part) for part in parts if get_origin(part) is Literal]
    types_left = [part for part in parts if get_origin(part) is not Literal]
    if not types_left:
        sort = Sort.FIXED if len(about.choices) == 1 and not about.is_optional else Sort.CHOICE
        return FormField(about, sort, default)
    sort, records = _sort(types_left)
    return FormField(about, sort, default, words[0][0] if words else None, records)


def _sort(annotations: list[Any]) -> tuple[Sort, tuple[type[BaseModel], ...]]:
    records = tuple(part for part in annotations if _is_record(part))
    first = annotations[0]
    if records:
        return Sort.RECORD, records
    if get_origin(first) is tuple:
        return _sort_of_tuple(get_args(first))
    if isinstance(first, type) and issubclass(first, StrEnum):
        return Sort.CHOICE, ()
    simple = {bool: Sort.FLAG, int: Sort.WHOLE, float: Sort.NUMBER, str: Sort.TEXT}
    return simple.get(first, Sort.OTHER), ()


def _sort_of_tuple(arguments: tuple[Any, ...]) -> tuple[Sort, tuple[type[BaseModel], ...]]:
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        return Sort.OTHER, ()
    rows = tuple(part for part in _parts(arguments[0]) if _is_record(part))
    if rows:
        return Sort.TABLE, rows
    return (Sort.SEVERAL, ()) if arguments[0] is str else (Sort.OTHER, ())


def _parts(annotation: Any) -> list[Any]:  # noqa: ANN401 - any annotation
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [entry for part in get_args(annotation) for entry in _parts(part)]
    return [annotation]


def _is_record(annotation: Any) -> bool:  # noqa: ANN401 - any annotation
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
