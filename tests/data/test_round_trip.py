"""Any table survives the way through a file, and both parsers read the same."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dlstudio.data.column_names import clean_names
from dlstudio.data.options import ReadOptions
from dlstudio.data.readers.delimited import read_delimited
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.records import iterate_records
from tests.fixtures.workspace import settings_in

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n")
TEXTS = st.text(LETTERS | st.sampled_from("\",;'\n"), max_size=8)


@st.composite
def _tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    row = st.lists(TEXTS, min_size=width, max_size=width).filter(lambda cells: any(cells))
    return draw(st.lists(row, min_size=1, max_size=8))


def _write(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


@pytest.mark.slow
@hypothesis_settings(max_examples=60)
@given(rows=_tables())
def test_every_cell_comes_back_as_it_was(rows: list[list[str]]) -> None:
    names = [f"name{place}" for place in range(len(rows[0]))]
    options = ReadOptions(delimiter=",", encoding="utf-8", has_header=True, skip_rows=0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        path.write_text(_write([names, *rows]), "utf-8", newline="")
        request = ReadRequest(
            path, "data.csv", Path(folder) / "s.parquet", options, settings_in(Path(folder))
        )
        stage = read_delimited(request)
        table = pq.read_table(stage.path)
        lines = dict(enumerate(stage.find_lines().of(range(len(rows)))))
    assert stage.num_rejected == 0
    assert [list(row.values()) for row in table.to_pylist()] == rows
    text = _write([names, *rows])
    for row, line in lines.items():
        before = _write([names, *rows[:row]])
        assert line == len(before.replace("\r\n", "\n").split("\n"))
    assert text


@hypothesis_settings(max_examples=150)
@given(rows=_tables(), broken=st.sampled_from(["", '"', 'x,"', '"a"b,', "1,2,3,4,5,6\n"]))
def test_no_line_is_lost_whatever_is_broken(rows: list[list[str]], broken: str) -> None:
    text = _write(rows) + broken + _write(rows)
    lines = list(io.StringIO(text, newline=""))
    records = list(iterate_records(lines, ",", len(rows[0])))
    covered = {
        line for record in records for line in range(record.line, record.line + record.num_lines)
    }
    blank = {number for number, line in enumerate(lines, start=1) if not line.strip("\r\n")}
    assert covered | blank == set(range(1, len(lines) + 1))


@given(names=st.lists(st.text(max_size=6), max_size=12))
def test_names_become_different_and_keep_their_order(names: list[str]) -> None:
    cleaned, renamed = clean_names(names)
    assert len(cleaned) == len(set(cleaned)) == len(names)
    assert all(name and name.isprintable() for name in cleaned)
    changed = {entry.position for entry in renamed}
    for position, (old, new) in enumerate(zip(names, cleaned, strict=True), start=1):
        assert position in changed or new == " ".join(new.split()) or old == new
    assert clean_names(cleaned) == (cleaned, ())
