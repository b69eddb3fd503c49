"""Unlike data and unlike questions are named before scores are compared."""

from typing import Any

import pytest

from dlstudio.runs.same_data import data_differences, difference_words
from dlstudio.spec.run import RunSpec
from tests.ui.past_runs import finished, iris_spec


def changed(part: str, **fields: Any) -> RunSpec:  # noqa: ANN401
    document = iris_spec().model_dump(mode="json")
    document[part] |= fields
    return RunSpec.model_validate(document)


def test_runs_on_the_same_data_are_comparable() -> None:
    other = changed("training", learning_rate=0.5).model_dump_json()
    assert data_differences([finished("x"), finished("x", spec_json=other)]) == ()


def test_data_is_known_by_its_content_not_by_its_name() -> None:
    assert data_differences([finished("x"), finished("x", dataset="a copy")]) == ()
    elsewhere = finished("x", dataset="other", fingerprint="cd" * 32)
    assert data_differences([finished("x"), elsewhere]) == ("dataset",)


def test_unlike_data_is_named() -> None:
    split = changed("split", seed=8).model_dump_json()
    other = finished("x", fingerprint="cd" * 32, spec_json=split)
    found = data_differences([finished("x"), other])
    assert found == ("version of the dataset", "split of the rows")
    assert difference_words(found).startswith(
        "These runs differ in version of the dataset and split of the rows. Scores measured on "
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"targets": ["petal width"]}, "target"),
        ({"kind": "forecasting", "horizon": 3}, "steps that are forecast"),
        ({"kind": "anomaly_detection", "anomalies": ["setosa"]}, "values that count as anomalies"),
        ({"label_separator": "|", "empty_cells": "no_label"}, "labels of empty cells"),
    ],
)
def test_unlike_questions_are_named(fields: dict[str, object], name: str) -> None:
    asked = changed("task", **fields).model_dump_json()
    assert data_differences([finished("x"), finished("x", spec_json=asked)]) == (name,)
