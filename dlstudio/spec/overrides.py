"""Changes to a spec given as "path=value", such as training.epochs=5."""

from collections.abc import Iterable
from typing import Any

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.architectures.table import ARCHITECTURES
from dlstudio.spec.documents import read_value, spec_from_document
from dlstudio.spec.run import RunSpec


def apply_overrides(spec: RunSpec, overrides: Iterable[str]) -> RunSpec:
    """Change single fields of a spec.

    Args:
        spec: The spec to start from; it is not changed.
        overrides: Texts "path=value". The path is dotted and counts list entries from 0, such as
            "architecture.layers.0.units"; the value is YAML. Another "architecture.kind" begins
            with that kind's own defaults. Column names with dots in them are
            written as they are after "preprocessing.".

    Returns:
        The changed spec.

    Raises:
        SpecError: A text has no "=", a path does not exist or a value does not fit.
    """
    document = spec.model_dump(mode="json")
    problems: list[Problem] = []
    for text in overrides:
        path, separator, value = text.partition("=")
        if not separator or not path.strip():
            problems.append(
                Problem(
                    f"{text!r} is not of the form path=value.",
                    "Write it like training.epochs=5.",
                    text,
                )
            )
            continue
        problem = _set(document, _split(path.strip()), read_value(value))
        if problem:
            problems.append(problem)
    if problems:
        raise SpecError(problems)
    return spec_from_document(document)


def _split(path: str) -> list[str]:
    parts = path.split(".")
    if parts[0] == "preprocessing" and len(parts) > 3:
        return ["preprocessing", ".".join(parts[1:-1]), parts[-1]]
    return parts


def _set(document: dict[str, Any], parts: list[str], value: Any) -> Problem | None:  # noqa: ANN401
    where = ".".join(parts)
    current: Any = document
    for depth, part in enumerate(parts):
        problem, key = _key(current, part, ".".join(parts[:depth]), where)
        if problem:
            return problem
        if depth == len(parts) - 1:
            current[key] = value
            if where == "architecture.kind" and value in ARCHITECTURES:
                # The fields of another kind would not fit.
                document["architecture"] = ARCHITECTURES[value]().model_dump(mode="json")
            return None
        if isinstance(current, dict) and current.get(key) is None:
            current[key] = {}
        current = current[key]
    return None


def _key(container: object, part: str, parent: str, where: str) -> tuple[Problem | None, str | int]:
    if isinstance(container, dict):
        return None, part
    if not isinstance(container, list):
        problem = f"{parent} is a single value and has no field {part!r}."
        return Problem(problem, "Shorten the path.", where), part
    if part.isdigit() and int(part) < len(container):
        return None, int(part)
    problem = f"{part!r} is no entry of {parent}, which has {len(container)}."
    return Problem(problem, f"Count from 0 to {len(container) - 1}.", where), part
