"""In what specs differ."""

from collections.abc import Sequence
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
    num_layers = min(len(spec.architecture.layers) for spec in specs)
    flat = [_flatten(document, num_layers) for document in documents]
    paths = dict.fromkeys(path for fields in flat for path in fields)
    return tuple(
        SpecDifference(path=path, values=tuple(fields.get(path) for fields in flat))
        for path in paths
        if len({fields.get(path) for fields in flat}) > 1
    )


def _flatten(value: Any, num_shared: int, path: str = "") -> dict[str, str]:  # noqa: ANN401
    """Text by dotted path; entries of lists that not every spec has become one text each."""
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        entries = ((str(index), entry) for index, entry in enumerate(value))
    else:
        return {path: _text(value)}
    fields: dict[str, str] = {}
    for key, entry in entries:
        inner = f"{path}.{key}" if path else str(key)
        if isinstance(value, list) and int(key) >= num_shared:
            fields[inner] = _summary(entry)
        else:
            fields.update(_flatten(entry, num_shared, inner))
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
