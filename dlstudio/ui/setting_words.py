"""What a setting of a run holds, in the words of the Design page."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dlstudio.spec.fields import FieldDescription, describe_fields
from dlstudio.spec.run import RunSpec
from dlstudio.ui.forms_labels import choice_label

_OFF = (0, None, False, "none")


def value_words(spec: RunSpec, path: str, otherwise: str) -> str:
    """Write the value of a field as the Design page names it.

    Args:
        spec: The spec.
        path: The field, such as "architecture.layers.2" or "training.optimizer".
        otherwise: What to write for a value that has no words of its own, such as a number.

    Returns:
        The label of a choice, or the settings of a whole layer, such as "Units 64, Activation
        ReLU".
    """
    holder: Any = None
    value: Any = spec
    for part in path.split("."):
        holder, value = value, _part_of(value, part)
    if isinstance(value, BaseModel):
        return _record_words(value)
    fields = describe_fields(type(holder)) if isinstance(holder, BaseModel) else ()
    field = next((one for one in fields if path.endswith(f".{one.name}")), None)
    return choice_label(value) if field and str(value) in field.choices else otherwise


def _part_of(value: Any, part: str) -> Any:  # noqa: ANN401 - any value of a spec
    if isinstance(value, BaseModel):
        return getattr(value, part, None)
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit():
        return value[int(part)] if int(part) < len(value) else None
    return None


def _record_words(record: BaseModel) -> str:
    said = [
        _setting_words(field, getattr(record, field.name))
        for field in describe_fields(type(record))
        if _is_worth_saying(record, field)
    ]
    return ", ".join(said) or "–"


def _is_worth_saying(record: BaseModel, field: FieldDescription) -> bool:
    """Whether a field does something here: rare ones only where they were changed."""
    value = getattr(record, field.name)
    for name, values in field.shown_if.items():
        if str(getattr(record, name, "")) not in values:
            return False
    if field.is_advanced:
        return bool(value != type(record).model_fields[field.name].get_default())
    return value not in _OFF


def _setting_words(field: FieldDescription, value: object) -> str:
    if value is True:
        return field.title
    if value is False:
        return f"{field.title} off"
    if str(value) in field.choices:
        return f"{field.title} {choice_label(value)}"
    return f"{field.title} {value:g}" if isinstance(value, float) else f"{field.title} {value}"
