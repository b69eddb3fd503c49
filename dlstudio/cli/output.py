"""How commands print: one JSON object, or aligned columns."""

import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from pydantic import BaseModel

JSON_OPTION = typer.Option(False, "--json", help="Print one JSON object and nothing else.")


def print_json(content: BaseModel | dict[str, Any]) -> None:
    """Print one JSON object to stdout."""
    if isinstance(content, BaseModel):
        content = content.model_dump(mode="json")
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def print_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below a header, aligned; numbers are the caller's to format."""
    table = [[_one_line(cell) for cell in row] for row in [header, *rows]]
    widths = [max(_width(row[index]) for row in table) for index in range(len(header))]
    for row in table:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        typer.echo("  ".join(cells).rstrip())


def format_metric(value: float | None) -> str:
    """A metric with four significant digits, or a dash."""
    return "-" if value is None else f"{value:.4g}"


def format_number(value: float | None) -> str:
    """A value of the data: large ones whole and with separators, others with four digits."""
    if value is not None and 1e4 <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return format_metric(value)


def format_size(size_bytes: int) -> str:
    """A size in the largest fitting unit, such as "1.4 MB"."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:.1f} {unit}"
    return f"{size_bytes} B"


def format_duration(duration_s: float) -> str:
    """A duration such as "4.2 s", "3 min 20 s" or "2 h 5 min"."""
    if duration_s < 60:
        return f"{duration_s:.1f} s"
    minutes, seconds = divmod(int(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def format_time(seconds: float) -> str:
    """Local date and time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _width(text: str) -> int:
    """Columns that a terminal takes for a text; wide letters take two, accents none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
