"""Copies, rows as files, and the table of formats."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.errors import StudioError
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.files import copy_file, sha256_of
from dlstudio.export.row_writer import open_rows
from dlstudio.export.table import EXPORT_FORMATS, available_formats, check_format


def test_a_copy_is_whole_and_equal(tmp_path: Path) -> None:
    source = tmp_path / "model.keras"
    source.write_bytes(b"weights" * 1000)
    target = tmp_path / "deep" / "copy.keras"
    copy_file(source, target)
    assert sha256_of(target) == sha256_of(source)
    assert [entry.name for entry in target.parent.iterdir()] == ["copy.keras"]


def test_a_copy_to_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    source = tmp_path / "model.keras"
    source.write_bytes(b"x")
    with pytest.raises(StudioError, match="cannot be written: Not a directory"):
        copy_file(source, source / "below" / "copy.keras")


def test_a_file_that_fails_half_way_does_not_appear(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("older")
    with pytest.raises(RuntimeError), written_whole(path) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [
        ("out.csv", "older")
    ]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(rows=st.lists(st.tuples(TEXTS, st.floats(allow_nan=False)), min_size=1, max_size=20))
def test_rows_come_back_from_csv_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "out.csv"
    table = pa.table({'a "name", odd': [text for text, _ in rows], "b": [n for _, n in rows]})
    with open_rows(path) as writer:
        writer.write(table)
        writer.write(table)
    with path.open(newline="", encoding="utf-8") as file:
        header, *found = list(csv.reader(file))
    assert header == ['a "name", odd', "b"]
    assert [text for text, _ in found] == [text for text, _ in rows] * 2
    assert [float(number) for _, number in found] == [number for _, number in rows] * 2


def test_plain_texts_have_no_quotes(tmp_path: Path) -> None:
    with open_rows(tmp_path / "out.csv") as writer:
        writer.write(pa.table({"plan": ["basic", None], "n": [1, 2]}))
    assert (tmp_path / "out.csv").read_text() == "plan,n\nbasic,1\n,2\n"


def test_a_parquet_ending_gives_parquet(tmp_path: Path) -> None:
    table = pa.table({"plan": ["basic", None], "n": [1, 2]})
    with open_rows(tmp_path / "out.parquet") as writer:
        writer.write(table)
        writer.write(table.slice(1))
    assert pq.read_table(tmp_path / "out.parquet").column("n").to_pylist() == [1, 2, 2]


def test_the_formats_are_those_of_the_contract() -> None:
    assert list(EXPORT_FORMATS) == [
        *("keras", "saved_model", "litert", "onnx", "script"),
        *("fastapi", "flask", "streamlit", "capsule"),
    ]
    assert check_format("keras").is_available


def test_the_formats_that_help_names_can_be_written() -> None:
    assert [check_format(key).key for key in available_formats().split(", ")] == ["keras"]


def test_a_format_that_comes_later_and_one_that_does_not_exist_are_named() -> None:
    with pytest.raises(StudioError, match="This version cannot export ONNX yet"):
        check_format("onnx")
    with pytest.raises(StudioError, match="'kers' is not an export format.*Did you mean 'keras'"):
        check_format("kers")
    with pytest.raises(StudioError, match="Choose one of: keras"):
        check_format("xyz")
