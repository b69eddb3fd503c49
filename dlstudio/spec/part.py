"""The base of every part of a spec, as people write it."""

from functools import cache
from typing import Any, get_args

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from dlstudio.spec.frozen import Frozen


class SpecPart(Frozen):
    """A frozen record in which true and false are no numbers.

    Python counts them as 1 and 0: `epochs: true` would train for one epoch.
    """

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_truth_as_number(cls, value: object, info: ValidationInfo) -> object:
        if _holds_truth(value) and info.field_name:
            number = _number_of(cls, info.field_name)
            if number is int:
                raise PydanticKnownError("int_type")
            if number is float:
                raise PydanticKnownError("float_type")
        return value


def _holds_truth(value: object) -> bool:
    is_list = isinstance(value, (list, tuple))
    return any(_holds_truth(entry) for entry in value) if is_list else isinstance(value, bool)


@cache
def _number_of(record: type[SpecPart], field: str) -> type | None:
    """The kind of number that a field takes; None if it takes none, or truth values, too."""
    types = _types_in(record.model_fields[field].annotation)
    if bool in types:
        return None
    return next((number for number in (float, int) if number in types), None)


def _types_in(annotation: Any) -> frozenset[type]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and not get_args(annotation):
        return frozenset({annotation})
    return frozenset(found for part in get_args(annotation) for found in _types_in(part))
