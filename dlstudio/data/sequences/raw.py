"""Sequences as arrays that a model takes."""

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dlstudio.data.sequences.columns import flat_parts, sequence_array
from dlstudio.errors import DataError


def raw_sequences(
    values: pa.ChunkedArray | pa.Array, channels: Sequence[str], column: str
) -> np.ndarray:
    """Turn a column of sequences into a raw array.

    Args:
        values: Of the type `SEQUENCE`.
        channels: Names of the values of a time step.
        column: Name of the column, for messages.

    Returns:
        Objects `(num_rows,)`, each float32 `(steps, channels)` with NaN for a missing reading; a
        missing sequence has no steps. The arrays share the memory of `values`.

    Raises:
        DataError: A row does not hold whole time steps.
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    raw = np.empty(len(values), dtype=object)
    row = 0
    for chunk in chunks:
        offsets, flat = flat_parts(chunk)
        is_valid = chunk.is_valid().to_numpy(zero_copy_only=False)
        for start, end, is_there in zip(offsets[:-1], offsets[1:], is_valid, strict=True):
            cells = flat[start:end] if is_there else flat[:0]
            if len(cells) % len(channels):
                raise _broken_step(row, len(cells), len(channels), column)
            raw[row] = cells.reshape(-1, len(channels))
            row += 1
    return raw


def in_order_of(
    raw: np.ndarray, given: Sequence[str], wanted: Sequence[str], column: str
) -> np.ndarray:
    """Bring the channels of a file into the order that a model was trained with.

    Args:
        raw: As from `raw_sequences`.
        given: The channels of the file.
        wanted: The channels that the model knows. Other names are taken in the order they have.
        column: Name of the column, for messages.

    Raises:
        DataError: There are more or fewer channels than the model knows.
    """
    if len(given) != len(wanted):
        raise DataError(
            f"The sequences of {column!r} have {_counted(given)}, but the model was trained on "
            f"{_counted(wanted)}.",
            "Give a file with the channels that the model was trained on.",
            where=column,
        )
    if tuple(given) == tuple(wanted) or set(given) != set(wanted):
        return raw
    places = [list(given).index(channel) for channel in wanted]
    ordered = np.empty(len(raw), dtype=object)
    for row, sequence in enumerate(raw):
        ordered[row] = sequence[:, places]
    return ordered


def parse_sequences(texts: pa.Array) -> tuple[pa.ListArray, pa.Array]:
    """Read sequences that are written as JSON, such as [1, 2.5, null] or [[1, 2], [3, 4]].

    Args:
        texts: One a row; null or empty where missing.

    Returns:
        The sequences, and where a text was none.
    """
    rows: list[np.ndarray] = []
    is_unreadable: list[bool] = []
    for text in texts.to_pylist():
        found = _parsed(text) if text and text.strip() else np.zeros(0)
        is_unreadable.append(found is None)
        rows.append(np.zeros(0) if found is None else found)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    flat = np.concatenate(rows) if rows else np.zeros(0)
    return sequence_array(lengths, flat), pa.array(is_unreadable, pa.bool_())


def _parsed(text: str) -> np.ndarray | None:
    try:
        found = np.asarray(json.loads(text), dtype=np.float64)
    except (ValueError, TypeError, RecursionError):
        return None
    return found.reshape(-1) if found.ndim in (1, 2) else None


def _broken_step(row: int, num_values: int, num_channels: int, column: str) -> DataError:
    return DataError(
        f"Row {row + 1:,} of {column!r} holds {num_values:,} values, which is no whole number of "
        f"time steps of {num_channels} channels.",
        "Give every step of a sequence the same channels.",
        where=column,
    )


def _counted(channels: Sequence[str]) -> str:
    noun = "channel" if len(channels) == 1 else "channels"
    names = ", ".join(repr(channel) for channel in channels[:6])
    more = ", …" if len(channels) > 6 else ""
    return f"{len(channels)} {noun} ({names}{more})"
