"""In what specs differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from dlstudio.spec.frozen import Frozen
from dlstudio.spec.run import RunSpec


class SpecDifference(Frozen):
    """One field that is not the same in all specs; `values` in the order of the specs.

    A field that a spec does not have, such as the units of a layer it lacks, is None.
    """

    path: str
    values: tuple[str | None, ...]


def spec_differences(specs: Sequence[RunSpec]) -> tuple[SpecDifference, ...]:
    """List the fields in which specs differ; the name of the run is left out.

    Args:
        specs: Two or more specs.

    Returns:
        One entry a differing field, in the order of the spec's fields.
    """
    documents = [spec.model_dump(mode="json", exclude={"name", "spec_version"}) for spec in specs]
    lengths = [_list_lengths(document) for document in documents]
    shared = {path: min(found.get(path, 0) for found in lengths) for path in lengths[0]}
    flat = [_flatten(document, shared) for document in documents]
    paths = dict.fromkeys(path for fields in flat for path in fields)
    found = {path: tuple(fields.get(path) for fields in flat) for path in paths}
    # No layers, and no such setting at all, come to the same.
    return tuple(
        SpecDifference(path=path, values=tuple("none" if text == "" else text for text in values))
        for path, values in found.items()
        if len(set(values)) > 1 and any(values)
    )


def _list_lengths(value: Any, path: str = "") -> dict[str, int]:  # noqa: ANN401 - any JSON value
    """Number of entries of each list of records, such as layers, by dotted path."""
    if isinstance(value, dict):
        found: dict[str, int] = {}
        for key, entry in value.items():
            found |= _list_lengths(entry, f"{path}.{key}" if path else str(key))
        return found
    return {path: len(value)} if _is_list_of_records(value) else {}


def _is_list_of_records(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, dict) for entry in value)


def _flatten(value: Any, shared: Mapping[str, int], path: str = "") -> dict[str, str]:  # noqa: ANN401
    """Text by dotted path; entries of lists that not every spec has become one text each."""
    if isinstance(value, dict):
        entries = value.items()
    elif _is_list_of_records(value):
        entries = ((str(index), entry) for index, entry in enumerate(value))
    else:
        return {path: _text(value)}
    fields: dict[str, str] = {}
    for key, entry in entries:
        inner = f"{path}.{key}" if path else str(key)
        if isinstance(value, list) and int(key) >= shared.get(path, 0):
            fields[inner] = _summary(entry)
        else:
            fields.update(_flatten(entry, shared, inner))
    return fields


def _summary(layer: dict[str, Any]) -> str:
    said = {
        key: entry for key, entry in layer.items() if entry not in (0, None, False, True, "none")
    }
    return ", ".join(f"{key} {_text(entry)}" for key, entry in said.items())


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(entry) for entry in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
