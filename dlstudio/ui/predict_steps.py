"""One sequence from a file with a row a time step; no Streamlit here."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from dlstudio.errors import DataError

ENDINGS = (".csv", ".tsv", ".txt")
DELIMITERS = ",;\t|"
MOST_STEPS = 1_000_000


def read_steps(path: Path, channels: Sequence[str]) -> str:
    """Read a sequence from delimited text.

    Args:
        path: A file with a row a time step, with or without a line of names.
        channels: The channels that the network knows, in its order.

    Returns:
        The steps as JSON, such as [[1.0, 2.0], [3.0, null]].

    Raises:
        DataError: The file is no such table, or has other channels.
    """
    try:
        frame = _read(path, "infer")
        if _is_number(frame.columns[0]):
            frame = _read(path, None)
    except (ValueError, OSError) as error:
        raise DataError(
            f"{path.name!r} cannot be read as a table: {error}.",
            "Give a CSV file with a row a time step.",
            where=path.name,
        ) from error
    if set(channels) <= set(frame.columns):
        frame = frame[list(channels)]
    numbers = frame.select_dtypes("number")
    if numbers.shape[1] != len(channels):
        raise DataError(
            f"{path.name!r} has {numbers.shape[1]} columns of numbers, but the network knows "
            f"{len(channels)} channels: {', '.join(channels[:8])}.",
            "Give a file with these columns and a row a time step.",
            where=path.name,
        )
    return steps_text(numbers.to_numpy("float64").tolist())


def steps_text(steps: Sequence[Sequence[float | None]]) -> str:
    """Write the steps of a sequence as JSON; a missing reading is null."""
    rows = [[None if value is None or value != value else value for value in row] for row in steps]
    return json.dumps(rows)


def steps_of(text: str) -> list[list[float | None]]:
    """Read what `steps_text` wrote."""
    return json.loads(text)


def num_known_steps(steps: Sequence[Sequence[float | None]]) -> int:
    """Count time steps up to the last one that has a reading."""
    known = [place for place, row in enumerate(steps) if any(value is not None for value in row)]
    return known[-1] + 1 if known else 0


def _read(path: Path, header: Literal["infer"] | None) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    delimiter = max(DELIMITERS, key=first.count)
    return pd.read_csv(path, sep=delimiter, header=header, nrows=MOST_STEPS, encoding="utf-8-sig")


def _is_number(name: object) -> bool:
    try:
        float(str(name))
    except ValueError:
        return False
    return True
