"""Texts such as delimiter=tab and plan.kind=category, as the records that they stand for."""

from collections.abc import Sequence

from pydantic import ValidationError

from dlstudio.data.edit import ColumnChange
from dlstudio.data.options import ReadOptions
from dlstudio.errors import Problem, SpecError
from dlstudio.spec.dataset import ColumnKind, ColumnRole, DatasetInfo
from dlstudio.spec.messages import nearest, problems_of

SPOKEN_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


def read_options(texts: Sequence[str]) -> ReadOptions:
    """Turn "option=value" texts into reading options.

    Args:
        texts: Such as "delimiter=tab" or "has_header=no".

    Raises:
        SpecError: A text is malformed, an option unknown or a value not allowed.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, value = _split(text, "delimiter=tab")
        values[name] = SPOKEN_DELIMITERS.get(value, value) if name == "delimiter" else value
    try:
        return ReadOptions.model_validate(values)
    except ValidationError as error:
        raise SpecError(problems_of(error, ReadOptions)) from error


def column_changes(texts: Sequence[str], info: DatasetInfo) -> tuple[ColumnChange, ...]:
    """Turn "column.kind=..." and "column.role=..." texts into changes.

    Args:
        texts: Such as "plan.kind=category"; a column's name may hold dots.
        info: The dataset that is to be changed.

    Returns:
        One change a column.

    Raises:
        SpecError: Texts are malformed or name unknown columns, kinds or roles; carries them all.
    """
    changes: dict[str, ColumnChange] = {}
    problems: list[Problem] = []
    for text in texts:
        path, value = _split(text, "plan.kind=category")
        column, _, field = path.rpartition(".")
        problem = _column_problem(column, info) or _field_problem(field, value, path)
        if problem:
            problems.append(problem)
            continue
        known = changes.get(column, ColumnChange(name=column))
        changes[column] = ColumnChange(
            name=column,
            kind=ColumnKind(value) if field == "kind" else known.kind,
            role=ColumnRole(value) if field == "role" else known.role,
        )
    if problems:
        raise SpecError(problems)
    return tuple(changes.values())


def _split(text: str, example: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise SpecError(
            [Problem(f"{text!r} has no '='.", f"Write it like {example}.", where="--set")]
        )
    return name.strip(), value


def _column_problem(column: str, info: DatasetInfo) -> Problem | None:
    if column in info.column_names:
        return None
    guess = nearest(column, info.column_names)
    fix = f"Did you mean {guess!r}?" if guess else "See `dlstudio data show` for the columns."
    return Problem(f"The dataset {info.name!r} has no column {column!r}.", fix, column)


def _field_problem(field: str, value: str, path: str) -> Problem | None:
    allowed = {"kind": ColumnKind, "role": ColumnRole}.get(field)
    if allowed is None:
        return Problem(f"{field!r} of a column cannot be set.", "Set kind or role.", path)
    values = [entry.value for entry in allowed]
    if value in values:
        return None
    guess = nearest(value, values)
    start = f"Did you mean {guess!r}? " if guess else ""
    return Problem(f"{value!r} is no {field}.", f"{start}Allowed: {', '.join(values)}.", path)
