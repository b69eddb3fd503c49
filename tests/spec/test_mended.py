"""What is right in a spec is checked although other fields are wrong."""

import json
from typing import Any

import pytest

from dlstudio.spec.documents import spec_from_document, write_json
from dlstudio.spec.mended import FieldsError
from tests.spec.builders import spec


def _fails(change: dict[str, Any], *path: str | int) -> FieldsError:
    document = json.loads(write_json(spec()))
    record = document
    for part in path:
        record = record[part]
    record.update(change)
    with pytest.raises(FieldsError) as caught:
        spec_from_document(document)
    return caught.value


def test_a_wrong_value_gives_way_to_the_default() -> None:
    rest = _fails({"epochs": "many"}, "training").rest
    assert rest is not None
    assert rest.training.epochs == type(rest.training)().epochs
    assert rest.task == spec().task


def test_a_misspelt_field_is_left_out() -> None:
    assert _fails({"trainig": {}}).rest == spec()


def test_a_wrong_value_in_a_row_of_the_layers_leaves_the_row() -> None:
    rest = _fails({"activation": "rleu"}, "architecture", "layers", 0).rest
    assert rest is not None
    assert len(rest.architecture.layers) == 2  # type: ignore[union-attr]


def test_without_a_field_that_is_needed_nothing_is_left() -> None:
    assert _fails({"kind": "guessing"}, "task").rest is None
