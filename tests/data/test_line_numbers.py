"""In which line of its source each row stands, also after an edit."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.data.catalog import add_dataset, edit_columns
from dlstudio.data.edit import ColumnChange
from dlstudio.data.line_numbers import (
    NO_LINES,
    lines_from,
    lines_of_all,
    read_lines,
    write_lines,
)
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind

HEADER = "kind,note\n"


@given(st.lists(st.one_of(st.just(0), st.integers(1, 50)), min_size=1))
def test_every_row_keeps_its_line(lines: list[int]) -> None:
    assert lines_of_all(lines).of(range(len(lines))).tolist() == lines


def test_rows_below_each_other_take_one_run(tmp_path: Path) -> None:
    lines = lines_of_all(np.arange(2, 1_000_002))
    write_lines(tmp_path, lines)
    found = read_lines(tmp_path)
    assert len(found.first_rows) == 1
    assert found.of([0, 999_999]).tolist() == lines_from(2).of([0, 999_999]).tolist()


def test_sources_without_lines_know_none(tmp_path: Path) -> None:
    write_lines(tmp_path, NO_LINES)
    assert read_lines(tmp_path).of_row(3) is None


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("plain.csv", HEADER + "a,x\nb,x\n7,x\nc,x\n", [2, 3, 5]),
        ("no end.csv", HEADER + "a,x\nb,x\n7,x\nc,x", [2, 3, 5]),
        ("several lines.csv", HEADER + 'a,"x\ny"\nb,x\n7,x\nc,x', [2, 4, 6]),
        ("empty lines.csv", HEADER + "a,x\n\n\nb,x\n7,x\n\nc,x\n\n", [2, 5, 8]),
        ("ragged.csv", HEADER + "a,x\nb,x,y\n7,x\nc,x\nd,x\n", [2, 5, 6]),
        (
            "records.jsonl",
            '{"kind": "a", "note": "x"}\nbroken\n\n{"kind": "7", "note": "x"}\n'
            '{"kind": "b", "note": "x"}\n',
            [1, 5],
        ),
        (
            "records.json",
            '\n[\n {"kind": "a", "note": "x"},\n {"kind": "7",\n  "note": "x"},'
            '\n\n {"kind": "b", "note": "x"}\n]\n',
            [3, 7],
        ),
    ],
)
def test_an_edit_names_the_lines_of_cells_that_cannot_be_read(
    settings: Settings, tmp_path: Path, name: str, text: str, line: list[int]
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    dataset = add_dataset(settings, path)
    change = ColumnChange(name="kind", kind=ColumnKind.NUMBER)
    for _ in range(2):  # and again after an edit
        edited = edit_columns(settings, dataset.info.name, [change])
        entries = [one for one in edited.info.source.unreadable if one.column == "kind"]
        assert [one.line for one in entries] == line
        assert {one.reason for one in entries} == {"not a value of this column's kind"}
        back = ColumnChange(name="kind", kind=ColumnKind.CATEGORY)
        edit_columns(settings, dataset.info.name, [back])


def test_a_dataset_without_lines_names_the_row(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text('[{"kind": "a"}, {"kind": "7"}, {"kind": "8"}]', encoding="utf-8")
    dataset = add_dataset(settings, path)
    change = ColumnChange(name="kind", kind=ColumnKind.NUMBER)
    edited = edit_columns(settings, dataset.info.name, [change])
    entries = edited.info.source.unreadable
    assert [(one.line, one.reason) for one in entries] == [
        (None, "row 1 is not a value of this column's kind")
    ]


def test_cells_of_a_json_file_in_one_line_are_named_by_their_row(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "records.json"
    records = [{"n": place} for place in range(29)] + [{"n": "many"}]
    path.write_text(json.dumps(records), encoding="utf-8")
    (entry,) = add_dataset(settings, path).info.source.unreadable
    assert (entry.line, entry.text) == (None, "many")
    assert entry.reason == "row 30 is not a value of this column's kind"


def test_lines_are_counted_over_the_parts_in_which_a_long_json_file_is_read(
    settings: Settings, tmp_path: Path
) -> None:
    lines = [json.dumps({"n": place, "note": "x" * 400}) for place in range(6_000)]
    lines[5_990] = '{"n": "many", "note": "x"}'
    path = tmp_path / "records.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]", encoding="utf-8")
    (entry,) = add_dataset(settings, path).info.source.unreadable
    assert (entry.line, entry.text) == (5_992, "many")
