"""Turns what pydantic says into problems that a person understands."""

import difflib
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from dlstudio.errors import Problem

# Kinds of architectures, which pydantic puts into the path of what is wrong inside one.
KINDS = frozenset({"fnn", "cnn", "rnn", "transformer", "autoencoder", "vae", "gan"})


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
    too_short: set[str] = set()
    for entry in error.errors(include_url=False):
        problem = _problem(entry, model, prefix)
        earlier = found.get(problem.where)
        found[problem.where] = _either(earlier, problem) if earlier else problem
        if entry["type"] == "too_short":
            too_short.add(problem.where)
    # pydantic does not count entries that are wrong: a list is not short because of them.
    places = tuple(found)
    blamed = {place for place in too_short if any(p.startswith(f"{place}.") for p in places)}
    return tuple(problem for place, problem in found.items() if place not in blamed)


def _either(first: Problem, second: Problem) -> Problem:
    """Join what pydantic says of each branch of a union into one problem."""
    fixes = dict.fromkeys((first.fix, second.fix))
    return Problem(first.problem, " Or: ".join(fixes), first.where)


def _problem(entry: Mapping[str, Any], model: type[BaseModel], prefix: str) -> Problem:
    path = [part for part in entry["loc"] if part != _KEY and not _is_union_tag(part, entry)]
    named = [part for place, part in enumerate(path) if not _is_kind(path, place)]
    where = ".".join([*([prefix] if prefix else []), *(str(part) for part in named)])
    value = entry.get("input")
    context = entry.get("ctx", {})
    if entry["type"] == "extra_forbidden":
        return _unknown_field(path, model, where)
    if entry["type"] == "missing":
        return _missing(path[-1], where)
    if entry["type"] == "union_tag_invalid":
        kinds = [kind.strip("'") for kind in context["expected_tags"].split(", ")]
        return _not_among(context["tag"], kinds, f"{where}.kind")
    if entry["type"] in {"enum", "literal_error"}:
        return _not_among(value, _choices_at(model, path), where)
    if entry["type"] in _LIMITS:
        limit = f"{_LIMITS[entry['type']]} {next(iter(context.values()))}"
        return Problem(f"{value!r} is not {limit}.", f"Choose a value {limit}.", where)
    if entry["type"] in _NUMBERS:
        return Problem(f"{_short(value)} is not {_NUMBERS[entry['type']]}.", "Give one.", where)
    if entry["type"] in _SHAPES:
        what = _SHAPES[entry["type"]]
        return Problem(f"{_short(value)} is not {what}.", _how(what, value, model, path), where)
    message = entry["msg"].removeprefix("Value error, ")
    sentence = message[:1].lower() + message[1:].rstrip(".").replace("tuple", "list")
    return Problem(f"{_short(value)} is not allowed: {sentence}.", "Correct this value.", where)


_NUMBERS = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
}

_TEXT, _LIST, _FIELDS = "a text", "a list", "a group of fields"
_SHAPES = {
    "string_type": _TEXT,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
}
_KEY = "[key]"  # how pydantic says that the name of an entry is meant, not its value

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


def _is_kind(path: Sequence[int | str], place: int) -> bool:
    """Whether this part of a path is no field, but the kind of the architecture behind it."""
    return place == 1 and path[0] == "architecture" and path[1] in KINDS


def _missing(part: int | str, where: str) -> Problem:
    if isinstance(part, int):
        return Problem(f"Value {part + 1} of this list is missing.", "Add it.", where)
    return Problem("This field is required.", f"Add {part!r}.", where)


def _how(what: str, value: object, model: type[BaseModel], path: Sequence[int | str]) -> str:
    """How what was expected is written."""
    if what == _TEXT:
        is_plain = isinstance(value, (bool, int, float))
        return f"Write it in quotes: '{json.dumps(value)}'." if is_plain else "Give one."
    if what == _LIST:
        example = value if isinstance(value, (str, int, float)) else "..."
        return f"Write it in square brackets: [{example}]."
    names = [] if _records_at(model, path) == [model] else _fields_at(model, path)
    example = f", such as {{{names[0]}: ...}}" if names else ""
    fix = f"Write its fields in curly brackets{example}."
    return f"{fix} Or write null to do without." if _is_optional(model, path) else fix


def _is_optional(model: type[BaseModel], path: Sequence[int | str]) -> bool:
    fields = [record.model_fields.get(str(path[-1])) for record in _records_at(model, path[:-1])]
    return any(field and type(None) in get_args(field.annotation) for field in fields)


def _unknown_field(path: Sequence[int | str], model: type[BaseModel], where: str) -> Problem:
    allowed = _fields_at(model, path[:-1])
    guess = nearest(str(path[-1]), allowed)
    fix = (
        f"Did you mean {guess!r}?"
        if guess
        else f"Remove it or use one of: {', '.join(allowed) or 'nothing here'}."
    )
    return Problem(f"There is no field {str(path[-1])!r} here.", fix, where)


def _not_among(value: object, allowed: Sequence[str], where: str) -> Problem:
    guess = nearest(str(value), allowed)
    listed = ", ".join(allowed)
    fix = f"Did you mean {guess!r}? Allowed: {listed}." if guess else f"Choose one of: {listed}."
    return Problem(f"{value!r} is not one of the allowed values.", fix, where)


def _short(value: object) -> str:
    text = json.dumps(value) if isinstance(value, bool) else repr(value)
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
        if part in KINDS:
            records = [record for record in records if _kind(record) == part] or records
            continue
        found: list[type[BaseModel]] = []
        for record in records:
            if part in record.model_fields:
                found.extend(_record_types(record.model_fields[part].annotation))
        records = found or records
    return records


def _kind(record: type[BaseModel]) -> str:
    field = record.model_fields.get("kind")
    return str(field.default) if field else ""


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
