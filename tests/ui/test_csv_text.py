"""CSV for spreadsheets."""

import csv
import io
from datetime import UTC, datetime

import pytest

from dlstudio.ui.csv_text import Cell, csv_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("plain, with a comma", "plain, with a comma"),
        ("=1+1", "'=1+1"),
        (["=cmd", "b"], "'=cmd;b"),
        (["a", "b"], "a;b"),
        (-0.5, "-0.5"),
        (None, ""),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_cells_are_plain_and_texts_never_formulas(cell: Cell, text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_text([["@name"], [cell]]))))

    assert rows == [["'@name"], [text]]
