"""Turns what pydantic says into problems that a person understands."""

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from dlstudio.errors import Problem


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most like a misspelt one; None if none is near."""
    lowered = {entry.lower(): entry for entry in allowed}
    matches = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[matches[0]] if matches else None


def problems_of(
    error: ValidationError, model: type[BaseModel], prefix: str = ""
) -> tuple[Problem, ...]:
    """Describe every error of a failed validation.

    Args:
        error: What pydantic raised.
        model: The record that was validated; its field names serve "did you mean".
        prefix: Dotted path of the record inside the spec.

    Returns:
        One problem an error, `where` being the dotted path of the field.
    """
    found: dict[str, Problem] = {}
    for entry in error.errors(include_url=False):
        problem = _problem(entry, model, prefix)
        earlier = found.get(problem.where)
        found[problem.where] = _either(earlier, problem) if earlier else problem
    return tuple(found.values())


def _either(first: Problem, second: Problem) -> Problem:
    """Join what pydantic says of each branch of a union into one problem."""
    fixes = dict.fromkeys((first.fix, second.fix))
    return Problem(first.problem, " Or: ".join(fixes), first.where)


def _problem(entry: Mapping[str, Any], model: type[BaseModel], prefix: str) -> Problem:
    path = [part for part in entry["loc"] if not _is_union_tag(part, entry)]
    where = ".".join([*([prefix] if prefix else []), *(str(part) for part in path)])
    value = entry.get("input")
    context = entry.get("ctx", {})
    if entry["type"] == "extra_forbidden":
        return _unknown_field(path, model, where)
    if entry["type"] == "missing":
        return Problem("This field is required.", f"Add {path[-1]!r}.", where)
    if entry["type"] in {"enum", "literal_error"}:
        return _wrong_choice(value, path, model, where)
    if entry["type"] in _LIMITS:
        limit = f"{_LIMITS[entry['type']]} {next(iter(context.values()))}"
        return Problem(f"{value!r} is not {limit}.", f"Choose a value {limit}.", where)
    if entry["type"] in _NUMBERS:
        return Problem(f"{_short(value)} is not {_NUMBERS[entry['type']]}.", "Give one.", where)
    message = entry["msg"].removeprefix("Value error, ")
    sentence = message[:1].lower() + message[1:].rstrip(".")
    return Problem(f"{_short(value)} is not allowed: {sentence}.", "Correct this value.", where)


_NUMBERS = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
}

_LIMITS = {
    "greater_than_equal": "at least",
    "less_than_equal": "at most",
    "greater_than": "greater than",
    "less_than": "less than",
}


def _is_union_tag(part: int | str, entry: Mapping[str, Any]) -> bool:
    if not isinstance(part, str):
        return False
    tags = {"EarlyStopping", "int", "literal['auto']", "float", "str", "none"}
    return part in tags or (part == entry["loc"][-1] and part.startswith(("literal[", "function-")))


def _unknown_field(path: Sequence[int | str], model: type[BaseModel], where: str) -> Problem:
    allowed = _fields_at(model, path[:-1])
    guess = nearest(str(path[-1]), allowed)
    fix = (
        f"Did you mean {guess!r}?"
        if guess
        else f"Remove it or use one of: {', '.join(allowed) or 'nothing here'}."
    )
    return Problem(f"There is no field {str(path[-1])!r} here.", fix, where)


def _wrong_choice(
    value: object, path: Sequence[int | str], model: type[BaseModel], where: str
) -> Problem:
    allowed = _choices_at(model, path)
    guess = nearest(str(value), allowed)
    listed = ", ".join(allowed)
    fix = f"Did you mean {guess!r}? Allowed: {listed}." if guess else f"Choose one of: {listed}."
    return Problem(f"{value!r} is not one of the allowed values.", fix, where)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _fields_at(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    names: list[str] = []
    for record in _records_at(model, path):
        names.extend(record.model_fields)
    return names


def _records_at(model: type[BaseModel], path: Sequence[int | str]) -> list[type[BaseModel]]:
    records = [model]
    for part in path:
        if isinstance(part, int):
            continue
        found: list[type[BaseModel]] = []
        for record in records:
            if part in record.model_fields:
                found.extend(_record_types(record.model_fields[part].annotation))
        records = found or records
    return records


def _record_types(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Annotated, Union, types.UnionType, tuple, list):
        return [record for part in get_args(annotation) for record in _record_types(part)]
    return []


def _choices_at(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    named = [part for part in path if isinstance(part, str)]
    if not named:
        return []
    for record in _records_at(model, path[:-1]):
        if named[-1] in record.model_fields:
            return _choices(record.model_fields[named[-1]].annotation)
    return []


def _choices(annotation: Any) -> list[str]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type):
        members = getattr(annotation, "__members__", {})
        return [str(member.value) for member in members.values()]
    choices: list[str] = []
    for part in get_args(annotation):
        choices.extend([part] if isinstance(part, str) else _choices(part))
    return choices
