"""The fields of a spec as forms and help texts need them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from dlstudio.spec.frozen import Frozen


class FieldDescription(Frozen):
    """One field: how it is called, what it means and what it may hold.

    `choices` is empty unless the field chooses from a closed set; `minimum` and `maximum` are
    None where there is no limit; `is_optional` says whether None is allowed. `examples` are
    usual values of a text; `max_length` limits a list. Fields of the same `group` stand together
    in a form; `shown_if` lists, by name of another field, the values with which this one matters.
    `if_empty` says what a list without entries stands for.
    """

    name: str
    title: str
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    excludes_minimum: bool = False
    excludes_maximum: bool = False
    is_optional: bool = False
    is_advanced: bool = False
    examples: tuple[str, ...] = ()
    max_length: int | None = None
    group: str = ""
    shown_if: dict[str, tuple[str, ...]] = {}
    if_empty: str = ""


def form_hints(
    group: str = "",
    *,
    advanced: bool = False,
    shown_if: Mapping[str, Sequence[str]] | None = None,
    if_empty: str = "",
    offered: Sequence[str] = (),
) -> JsonDict:
    """Say how a form should show a field; goes into the field's `json_schema_extra`.

    Args:
        group: Title of the group of fields that it belongs to.
        advanced: Whether few people need it, so that it is folded away.
        shown_if: Values of other fields, by name, with which it matters; always by default.
        if_empty: What a list without entries stands for, as a sentence.
        offered: The choices of a closed set that make sense here; all of them by default.
    """
    needs: JsonDict = {name: list(values) for name, values in (shown_if or {}).items()}
    hints: JsonDict = {"group": group, "advanced": advanced, "shown_if": needs}
    return hints | {"if_empty": if_empty, "offered": list(offered)}


def describe_fields(record: type[BaseModel]) -> tuple[FieldDescription, ...]:
    """Describe every field of a record class, in its order."""
    return tuple(_describe(name, field) for name, field in record.model_fields.items())


def _describe(name: str, field: FieldInfo) -> FieldDescription:
    limits = {key: value for entry in field.metadata for key, value in _limits(entry).items()}
    extra = field.json_schema_extra
    hints: dict[str, Any] = extra if isinstance(extra, dict) else {}
    return FieldDescription(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        choices=tuple(hints.get("offered", ())) or _choices(field.annotation),
        minimum=limits.get("ge", limits.get("gt")),
        maximum=limits.get("le", limits.get("lt")),
        excludes_minimum="gt" in limits,
        excludes_maximum="lt" in limits,
        is_optional=type(None) in get_args(field.annotation),
        is_advanced=bool(hints.get("advanced")),
        examples=tuple(str(example) for example in field.examples or ()),
        max_length=next(
            (entry.max_length for entry in field.metadata if hasattr(entry, "max_length")), None
        ),
        group=hints.get("group", ""),
        shown_if={name: tuple(values) for name, values in hints.get("shown_if", {}).items()},
        if_empty=hints.get("if_empty", ""),
    )


def _limits(entry: object) -> dict[str, float]:
    found = {key: getattr(entry, key, None) for key in ("ge", "gt", "le", "lt")}
    return {key: float(value) for key, value in found.items() if value is not None}


def _choices(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(member.value for member in annotation)
    if get_origin(annotation) is Literal:
        return tuple(str(value) for value in get_args(annotation))
    return tuple(choice for part in get_args(annotation) for choice in _choices(part))
