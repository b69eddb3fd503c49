"""Texts of megabytes in the cells of a table, and quotes that only seem to begin one."""

import json
from pathlib import Path

import pytest

from dlstudio.data.readers import delimited
from dlstudio.settings import Settings
from tests.data.files import add, cells

BOOK = 'wörd, with "quotes", and\nnew lines; ' * 140_000
SHORT = [f"a text, number {number}" for number in range(40)]


def csv_of(texts: list[str], ending: str = "") -> str:
    quoted = (text.replace('"', '""') for text in texts)
    rows = (f'"{text}",{number % 2}' for number, text in enumerate(quoted))
    return "\n".join(["text,label", *rows]) + "\n" + ending


@pytest.mark.parametrize("place", [0, 20, 40])
def test_a_text_of_five_megabytes_is_one_cell(
    settings: Settings, tmp_path: Path, place: int
) -> None:
    texts = [*SHORT[:place], BOOK, *SHORT[place:]]
    dataset = add(settings, tmp_path, csv_of(texts))
    assert cells(dataset)["text"] == texts
    assert dataset.info.source.num_rows_rejected == 0


def test_a_text_of_five_megabytes_in_one_line_is_one_cell(
    settings: Settings, tmp_path: Path
) -> None:
    line = "word " * 1_000_000
    dataset = add(settings, tmp_path, f"text,label\n{line},1\nshort,0\nshorter,1\n")
    assert [len(text) for text in cells(dataset)["text"]] == [len(line), 5, 7]  # type: ignore[arg-type]


def test_a_long_text_beside_a_broken_quote_stays_whole(settings: Settings, tmp_path: Path) -> None:
    dataset = add(settings, tmp_path, csv_of([*SHORT, BOOK, *SHORT], 'x,"never closed\nlast,1\n'))
    assert cells(dataset)["text"][40] == BOOK
    assert dataset.info.num_rows == 82
    (entry,) = dataset.info.source.unreadable
    assert entry.reason == "a quote is opened and never closed"


@pytest.mark.parametrize("num_mistakes", [1, 2])
def test_a_broken_quote_costs_one_row_of_thousands(
    settings: Settings, tmp_path: Path, num_mistakes: int
) -> None:
    rows = [f"text {number},{number % 2}" for number in range(5_000)]
    rows[3] = '"text 3,1'
    if num_mistakes == 2:
        rows[2_500] = '"text 2500,0'
    dataset = add(settings, tmp_path, "\n".join(["text,label", *rows]))
    assert dataset.info.num_rows == 5_000 - num_mistakes
    lines = [entry.line for entry in dataset.info.source.unreadable]
    assert lines == [5, 2_502][:num_mistakes]


@pytest.mark.slow
def test_many_broken_quotes_among_long_lines_take_no_ages(
    settings: Settings, tmp_path: Path
) -> None:
    lines = ["a, b, c and d" if number % 3 else '"a, b' for number in range(60_000)]
    text = "text,label\n" + "first,1\n" * 60_001 + "\n".join(lines)
    dataset = add(settings, tmp_path, text)
    assert dataset.info.num_rows >= 60_001


@pytest.mark.slow
def test_a_first_line_of_json_may_be_long(settings: Settings, tmp_path: Path) -> None:
    lines = [json.dumps({"text": text, "n": number}) for number, text in enumerate([BOOK, *SHORT])]
    dataset = add(settings, tmp_path, "\n".join(lines), file_name="texts.jsonl")
    assert cells(dataset)["text"] == [BOOK, *SHORT]
    whole = add(settings, tmp_path, json.dumps({"text": [BOOK, "b"], "n": [1, 2]}))
    assert cells(whole)["text"] == [BOOK, "b"]


def test_large_blocks_are_for_long_cells_only(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", (delimited.BLOCK_BYTES[0], 1))
    assert add(settings, tmp_path, csv_of(SHORT)).info.num_rows == 40
