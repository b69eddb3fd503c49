"""`.ts` files of the UCR and UEA archives of time series: one labelled sequence a line.

The format is that of https://www.timeseriesclassification.com: a header of lines that begin with
"@", then a line a sequence, its channels between colons, their readings between commas, and the
label at the end. With time stamps each reading is "(time,value)".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from dlstudio.data.readers.labelled_sequences import (
    LabelledSequence,
    SequenceFile,
    join_channels,
    known_label,
    open_lines,
    parse_numbers,
    stage_sequences,
)
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.sequences.columns import ONLY_CHANNEL
from dlstudio.data.stage import Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

_STAMPED = re.compile(r"\(\s*([^()]*?)\s*,\s*([^(),]*?)\s*\)")
_OUTSIDE_PARENTHESES = re.compile(r":(?![^()]*\))")
_SHOWN_TEXT = 200


def read_ts(request: ReadRequest) -> Stage:
    """Read a `.ts` file into the stage.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file has no header, no sequences, or most of them cannot be read.
    """
    return stage_sequences(request, [open_ts(request.path, request.file_name)], "ts")


def open_ts(path: Path, name: str, split: str | None = None) -> SequenceFile:
    """Read the header of a `.ts` file.

    Args:
        path: The file.
        name: Its name as the user knows it.
        split: The part that its rows belong to.

    Raises:
        DataError: The file has no header or no sequences.
    """
    header = _read_header(path, name)
    label_kind = None
    if _is_true(header, "classlabel"):
        label_kind = ColumnKind.CATEGORY
    elif _is_true(header, "targetlabel"):
        label_kind = ColumnKind.NUMBER
    has_label = label_kind is not None
    num_channels = _num_channels(path, name, header, has_label)
    channels = tuple(f"channel_{place + 1}" for place in range(num_channels))

    def rows() -> Iterator[LabelledSequence]:
        for line, text in _data_lines(path):
            yield _row(line, text, num_channels, has_label)

    return SequenceFile(
        name=name,
        channels=ONLY_CHANNEL if num_channels == 1 else channels,
        label_kind=label_kind,
        rows=rows,
        split=split,
    )


def _read_header(path: Path, name: str) -> Mapping[str, str]:
    header: dict[str, str] = {}
    for _, text in open_lines(path):
        if text.startswith("@"):
            key, *value = text[1:].split(maxsplit=1) or [""]
            if key.lower() == "data":
                return header
            header[key.lower()] = " ".join(value)
        elif text and not text.startswith(("#", "%")):
            break
    raise DataError(
        f"{name!r} has no line '@data' above its sequences.",
        "Choose a whole .ts file, with its header.",
        where="file",
    )


def _is_true(header: Mapping[str, str], key: str) -> bool:
    return header.get(key, "").lower().split()[:1] == ["true"]


def _data_lines(path: Path) -> Iterator[tuple[int, str]]:
    is_data = False
    for line, text in open_lines(path):
        if is_data and text and not text.startswith("#"):
            yield line, text
        is_data = is_data or text.lower() == "@data"


def _num_channels(path: Path, name: str, header: Mapping[str, str], has_label: bool) -> int:
    stated = header.get("dimensions", header.get("dimension", ""))
    if stated.isdigit() and int(stated) > 0:
        return int(stated)
    for _, text in _data_lines(path):
        return max(1, len(_OUTSIDE_PARENTHESES.split(text)) - has_label)
    raise DataError(f"{name!r} holds no sequences.", "Choose a file with sequences.", where="file")


def _row(line: int, text: str, num_channels: int, has_label: bool) -> LabelledSequence:
    shown = text[:_SHOWN_TEXT]
    parts = _OUTSIDE_PARENTHESES.split(text) if "(" in text else text.split(":")
    label = known_label(parts.pop().strip()) if has_label else None
    if len(parts) != num_channels:
        noun = "channel" if len(parts) == 1 else "channels"
        reason = f"has {len(parts)} {noun} instead of {num_channels}"
        return LabelledSequence(line, reason=reason, text=shown)
    try:
        stamped = [_STAMPED.findall(part) for part in parts] if "(" in text else []
        channels = _by_time(stamped) if stamped else [parse_numbers(part) for part in parts]
    except ValueError as error:
        return LabelledSequence(line, reason=f"holds no number: {error}", text=shown)
    values, is_uneven = join_channels(channels)
    return LabelledSequence(line, values, label, is_uneven=is_uneven, text=shown)


def _by_time(stamped: Sequence[Sequence[tuple[str, str]]]) -> list[np.ndarray]:
    """Channels with a reading, or NaN, at every time at which any of them has one."""
    by_time = [
        {_time(time): float(value.replace("?", "nan")) for time, value in part} for part in stamped
    ]
    times = sorted(set().union(*by_time))
    return [np.array([part.get(time, np.nan) for time in times]) for part in by_time]


def _time(text: str) -> tuple[float, str]:
    """Numbers by value; dates, which are written from the year to the second, by their text."""
    try:
        return float(text), ""
    except ValueError:
        return 0.0, text
