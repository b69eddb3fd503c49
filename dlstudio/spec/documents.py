"""Specs as YAML and JSON text."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.mended import FieldsError, without_wrong_fields
from dlstudio.spec.messages import problems_of
from dlstudio.spec.run import SPEC_VERSION, RunSpec

MAX_DOCUMENT_CHARACTERS = 5_000_000
MAX_DEPTH = 100  # PyYAML's time grows with the square of the depth
_TRUTH_TAG = "tag:yaml.org,2002:bool"
_DATE_TAG = "tag:yaml.org,2002:timestamp"


def read_spec(text: str) -> RunSpec:
    """Read a spec from YAML or JSON.

    Args:
        text: One document; JSON is read as YAML, of which it is a part.

    Returns:
        The spec, complete; whether it fits a dataset is for `check_spec`.

    Raises:
        SpecError: The text is no YAML, or fields are wrong; carries every problem.
    """
    return spec_from_document(_parse(text))


def spec_from_document(document: dict[str, Any]) -> RunSpec:
    """Check nested values and make a spec of them.

    Args:
        document: Fields by name, as JSON would hold them.

    Raises:
        FieldsError: Fields are wrong; carries every problem, and what is right.
        SpecError: The spec is of another version.
    """
    version = document.get("spec_version", SPEC_VERSION)
    if version != SPEC_VERSION:
        raise SpecError(
            [
                Problem(
                    f"The spec has version {version!r}, but this studio reads version "
                    f"{SPEC_VERSION}.",
                    f"Set spec_version to {SPEC_VERSION}, or use the studio that wrote the spec.",
                    "spec_version",
                )
            ]
        )
    try:
        return RunSpec.model_validate(document)
    except ValidationError as error:
        rest = without_wrong_fields(document, error)
        raise FieldsError(problems_of(error, RunSpec), rest) from error


def read_value(text: str) -> Any:  # noqa: ANN401 - any YAML value
    """Read one value as it would stand in a spec; text that is no YAML value stands for itself.

    Args:
        text: Such as "5", "[a, b]", "on" or "|".
    """
    try:
        _check_events(text)
        value = yaml.load(text, Loader=_SpecLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, SpecError):
        return text
    is_quoted = text.strip().startswith(("'", '"'))
    return text if value == "" and not is_quoted else value


def write_json(spec: RunSpec) -> str:
    """Write a spec as indented JSON with every field."""
    return spec.model_dump_json(indent=2)


def write_yaml(spec: RunSpec) -> str:
    """Write a spec as YAML with every field, in the order of the record."""
    return yaml.dump(
        spec.model_dump(mode="json"),
        Dumper=_SpecDumper,
        sort_keys=False,
        allow_unicode=True,
        width=120,
    )


class _SpecDumper(yaml.SafeDumper):
    """Writes short lists and the rows of the layer table on one line each."""


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    is_flat = all(not isinstance(value, (list, dict)) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=is_flat)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Quote texts with unusual line breaks, which plain YAML text would fold away."""
    style = '"' if len(text.splitlines()) > 1 or text[-1:].splitlines() == [""] else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_SpecDumper.add_representer(list, _represent_list)
_SpecDumper.add_representer(str, _represent_text)


def _parse(text: str) -> dict[str, Any]:
    if len(text) > MAX_DOCUMENT_CHARACTERS:
        raise _unreadable(f"it has {len(text):,} characters, which is too much for a spec")
    try:
        document = _parse_json(text) if text.lstrip().startswith("{") else _parse_yaml(text)
    except json.JSONDecodeError:
        document = _parse_yaml(text)
    except ValueError as error:
        raise _no_value() from error
    except RecursionError as error:
        raise _too_deep() from error
    if not isinstance(document, dict):
        raise _unreadable("it holds no fields such as 'dataset: {name: ...}'")
    return document


def _parse_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_fields_once)


def _fields_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _check_once([name for name, _ in pairs])
    return dict(pairs)


def _check_once(names: Sequence[str]) -> None:
    """Refuse a repeated field, of which a parser would silently take the last."""
    for name, count in Counter(names).items():
        if count > 1:
            raise _unreadable(f"the field {name!r} stands {count} times in the same place")


class _SpecLoader(yaml.SafeLoader):
    """Reads YAML in which no field stands twice, and only true and false are truth values.

    PyYAML would also read on, off, yes and no as such, which are settings and names here, and
    2024-01-31 as a date, where a spec has names only.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Read the fields of a record."""
        _check_once([key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)])
        return super().construct_mapping(node, deep)


_SpecLoader.yaml_implicit_resolvers = {
    first: [entry for entry in entries if entry[0] not in (_TRUTH_TAG, _DATE_TAG)]
    for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_SpecLoader.add_implicit_resolver(
    _TRUTH_TAG, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _parse_yaml(text: str) -> object:
    try:
        _check_events(text)
        return yaml.load(text, Loader=_SpecLoader)  # noqa: S506 - a SafeLoader
    except ValueError as error:
        raise _no_value() from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "it is not valid YAML"
        raise _unreadable(f"{reason}{place}") from error


def _check_events(text: str) -> None:
    """Refuse what costs far more than the text is long: aliases, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable("it uses aliases (*name), which are not allowed in a spec")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _too_deep()


def _no_value() -> SpecError:
    """Python refuses whole numbers of thousands of digits, and what a YAML tag does not fit."""
    return _unreadable("a value in it is not what it looks like, or a number has too many digits")


def _too_deep() -> SpecError:
    return _unreadable("it is nested far deeper than a spec is")


def _unreadable(reason: str) -> SpecError:
    return SpecError(
        [Problem(f"The spec cannot be read: {reason}.", "Correct the text and try again.", "spec")]
    )
