"""Changes to a spec given as "path=value", such as training.epochs=5."""

from collections.abc import Iterable
from typing import Any

import yaml

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.documents import spec_from_document
from dlstudio.spec.run import RunSpec


def apply_overrides(spec: RunSpec, overrides: Iterable[str]) -> RunSpec:
    """Change single fields of a spec.

    Args:
        spec: The spec to start from; it is not changed.
        overrides: Texts "path=value". The path is dotted and counts list entries from 0, such as
            "architecture.layers.0.units"; the value is YAML. Column names with dots in them are
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
        problem = _set(document, _split(path.strip()), _value(value))
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


def _value(text: str) -> Any:  # noqa: ANN401 - any YAML value
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _set(document: Any, parts: list[str], value: Any) -> Problem | None:  # noqa: ANN401
    where = ".".join(parts)
    current = document
    for depth, part in enumerate(parts):
        is_last = depth == len(parts) - 1
        key: str | int = part
        if isinstance(current, list):
            if not part.isdigit() or int(part) >= len(current):
                return Problem(
                    f"{part!r} is no entry of this list, which has {len(current)}.",
                    f"Count from 0 to {len(current) - 1}.",
                    where,
                )
            key = int(part)
        elif not isinstance(current, dict):
            return Problem(
                f"{'.'.join(parts[:depth])} is a single value and has no field {part!r}.",
                "Shorten the path.",
                where,
            )
        if is_last:
            current[key] = value
            return None
        if isinstance(key, str) and current.get(key) is None:
            current[key] = {}
        current = current[key]
    return None
