"""The shapes in which programs write a table as a JSON object."""

import json
from pathlib import Path

import pandas as pd
import pytest

from dlstudio.settings import Settings
from tests.data.files import add, cells, refuse

FRAME = pd.DataFrame({"age": [31, 45, 28], "plan": ["basic", "pro", "basic"]})
EXPECTED = {"age": [31, 45, 28], "plan": ["basic", "pro", "basic"]}
ORIENTS = ["split", "tight", "table", "columns", "index", "records"]


def _text(frame: pd.DataFrame, orient: str) -> str:
    if orient == "tight":
        return json.dumps(frame.to_dict(orient="tight"))
    return str(frame.to_json(orient=orient))  # pyright: ignore[reportCallIssue, reportArgumentType]


@pytest.mark.parametrize("orient", ORIENTS)
def test_what_pandas_writes_is_the_table(settings: Settings, tmp_path: Path, orient: str) -> None:
    assert cells(add(settings, tmp_path, _text(FRAME, orient))) == EXPECTED


@pytest.mark.parametrize("orient", ["split", "tight", "table", "columns", "index"])
def test_row_names_that_say_something_are_kept(
    settings: Settings, tmp_path: Path, orient: str
) -> None:
    frame = FRAME.set_axis(["Ada", "Bo", "Cy"])
    found = cells(add(settings, tmp_path, _text(frame, orient)))
    assert found == {"index": ["Ada", "Bo", "Cy"], **EXPECTED}


def test_rows_of_a_choice_are_no_column(settings: Settings, tmp_path: Path) -> None:
    chosen = FRAME.drop(index=1)
    for orient in ("split", "columns", "index"):
        found = cells(add(settings, tmp_path, _text(chosen, orient)))
        assert found == {"age": [31, 28], "plan": ["basic", "basic"]}


def test_records_by_name_may_lack_values(settings: Settings, tmp_path: Path) -> None:
    text = '{"7": {"a": 1, "b": "x"}, "8": {"b": "y"}}'
    assert cells(add(settings, tmp_path, text)) == {"a": [1, None], "b": ["x", "y"]}


def test_names_of_several_levels_are_joined_and_double_ones_told_apart(
    settings: Settings, tmp_path: Path
) -> None:
    text = '{"columns": [["a", "x"], ["a", "y"], "n", "n"], "data": [[1, 2, 3, 4], [5, 6, 7, 8]]}'
    found = cells(add(settings, tmp_path, text))
    assert found == {"a_x": [1, 5], "a_y": [2, 6], "n": [3, 7], "n_2": [4, 8]}


def test_rows_that_do_not_fit_the_columns_are_refused(settings: Settings, tmp_path: Path) -> None:
    text = '{"columns": ["a", "b"], "index": [0, 1], "data": [[1, 2], [3]]}'
    error = refuse(lambda: add(settings, tmp_path, text))
    assert "names 2 columns, but row 2 of its data has 1 values" in error.problem


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"customers": [{"a": 1}, {"a": 2}]}', {"a": [1, 2]}),
        ('{"data": [1, 2], "columns": [3, 4], "more": [5, 6]}', "columns"),
        ('{"a": {"x": 1}, "b": {"y": 2}}', "row"),
    ],
)
def test_other_objects_are_read_as_they_were(
    settings: Settings, tmp_path: Path, text: str, found: object
) -> None:
    dataset = add(settings, tmp_path, text)
    if found == "columns":
        assert cells(dataset) == {"data": [1, 2], "columns": [3, 4], "more": [5, 6]}
    elif found == "row":
        assert dataset.info.num_rows == 1
    else:
        assert cells(dataset) == found


@pytest.mark.parametrize(
    "text", ['{"data": []}', '{"a": [], "b": []}', '{"columns": ["a"], "data": []}']
)
def test_objects_without_rows_are_refused(settings: Settings, tmp_path: Path, text: str) -> None:
    assert "holds no records" in refuse(lambda: add(settings, tmp_path, text)).problem
