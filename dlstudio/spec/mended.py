"""What is left of a spec without its wrong fields, so that the rest can be checked, too."""

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.run import RunSpec


class FieldsError(SpecError):
    """Fields of a spec are wrong by themselves, whatever the dataset.

    Attributes:
        rest: The spec with defaults in place of them; None if it cannot do without them.
    """

    def __init__(self, problems: Iterable[Problem], rest: RunSpec | None = None) -> None:
        """Keep the problems and what is left.

        Args:
            problems: At least one problem.
            rest: The spec without the wrong fields.
        """
        super().__init__(problems)
        self.rest = rest


def without_wrong_fields(document: dict[str, Any], error: ValidationError) -> RunSpec | None:
    """Make a spec of what is right in a document.

    Args:
        document: Fields by name, as JSON would hold them; it is not changed.
        error: What pydantic found wrong in it.

    Returns:
        The spec with defaults for the wrong fields; None if one of them has no default.
    """
    rest = copy.deepcopy(document)
    for entry in error.errors(include_url=False):
        _remove(rest, entry["loc"])
    try:
        return RunSpec.model_validate(rest)
    except ValidationError:
        return None


def _remove(document: dict[str, Any], path: Sequence[str | int]) -> None:
    """Remove the innermost named field on a path, which also holds names of pydantic's own."""
    current: Any = document
    field: tuple[dict[str, Any], str] | None = None
    for part in path:
        if isinstance(current, dict) and isinstance(part, str) and part in current:
            field, current = (current, part), current[part]
        elif isinstance(current, list) and isinstance(part, int) and part < len(current):
            current = current[part]
    if field is not None:
        field[0].pop(field[1], None)
