"""Tables as CSV that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

Cell = str | int | float | datetime | list[str] | None

FORMULA_SIGNS = ("=", "+", "-", "@")


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as CSV; times in ISO 8601, lists joined by a semicolon.

    Args:
        rows: The header first. Texts that begin like a formula get an apostrophe in front.
    """
    text = io.StringIO()
    csv.writer(text).writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue()


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, list):
        cell = ";".join(cell)
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return "'" + cell
    return cell
