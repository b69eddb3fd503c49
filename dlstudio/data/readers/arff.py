"""ARFF files of Weka: tables, and the labelled sequences of the UCR and UEA archives.

A file holds sequences if it has one label, a class or a number, and beside it a relational
attribute, whose cells hold a line a channel, or the readings att0, att1, … All others are tables.
See https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlstudio.data.numbers import PLAIN_NUMBERS
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
from dlstudio.data.readers.rows import write_rows
from dlstudio.data.sequences.columns import ONLY_CHANNEL
from dlstudio.data.stage import MAX_LISTED, SettledColumn, Stage
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, UnreadableEntry

FEWEST_STEPS = 8
_NUMERIC = ("numeric", "real", "integer")
_READING = re.compile(r"att(\d+)", re.IGNORECASE)
_CELL = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^,]*?)\s*(?:,|$)")
_NAME = re.compile(r"@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\S+)\s+(.*)", re.I)
_SHOWN_TEXT = 200


@dataclass(frozen=True)
class _Attribute:
    """A column; `kind` is the type in small letters, "{" for a list of names."""

    name: str
    kind: str

    @property
    def is_numeric(self) -> bool:
        return self.kind in _NUMERIC

    @property
    def holds_readings(self) -> bool:
        """Whether it is a time step of a sequence, or holds the whole of it."""
        is_step = self.is_numeric and _READING.fullmatch(self.name) is not None
        return is_step or self.kind == "relational"


def read_arff(request: ReadRequest) -> Stage:
    """Read an ARFF file into the stage.

    Args:
        request: What to read, and where the stage goes.

    Raises:
        DataError: The file has no header, is sparse, or most of its rows cannot be read.
    """
    attributes = _read_header(request.path, request.file_name)
    if _holds_sequences(attributes):
        return stage_sequences(request, [open_arff(request.path, request.file_name)], "arff")
    return _read_table(request, attributes)


def open_arff(path: Path, name: str, split: str | None = None) -> SequenceFile:
    """Read the header of an ARFF file with sequences.

    Args:
        path: The file.
        name: Its name as the user knows it.
        split: The part that its rows belong to.

    Raises:
        DataError: The file has no header, or holds no sequences.
    """
    attributes = _read_header(path, name)
    if not _holds_sequences(attributes):
        raise DataError(
            f"{name!r} holds a table, not sequences.",
            "Add it by itself, or choose a file with a relational attribute.",
            where="file",
        )
    label = next(each for each in attributes if not each.holds_readings)
    is_label_last = attributes[-1] is label
    if any(each.kind == "relational" for each in attributes):
        num_channels = _num_channels(path, name)
    else:
        num_channels = 1

    def rows() -> Iterator[LabelledSequence]:
        for line, text in _data_lines(path, name):
            yield _sequence(line, text, num_channels, is_label_last)

    channels = tuple(f"channel_{place + 1}" for place in range(num_channels))
    return SequenceFile(
        name=name,
        channels=ONLY_CHANNEL if num_channels == 1 else channels,
        label_kind=ColumnKind.NUMBER if label.is_numeric else ColumnKind.CATEGORY,
        rows=rows,
        split=split,
    )


def _read_header(path: Path, name: str) -> list[_Attribute]:
    """The attributes; those inside a relational one are left out."""
    attributes: list[_Attribute] = []
    is_inside = False
    for _, text in open_lines(path):
        word = text.lower()
        if word.startswith("@data"):
            return attributes
        if word.startswith("@end"):
            is_inside = False
        match = _NAME.match(text)
        if match and not is_inside:
            kind = "{" if match[2].startswith("{") else match[2].split()[0].lower()
            attributes.append(_Attribute(_unquoted(match[1]), kind))
            is_inside = kind == "relational"
        elif text and not text.startswith(("@", "%")):
            break
    raise DataError(
        f"{name!r} has no line '@data' above its rows.",
        "Choose a whole ARFF file, with its header.",
        where="file",
    )


def _holds_sequences(attributes: Sequence[_Attribute]) -> bool:
    """Whether all attributes but one, the label, are readings."""
    readings = [each for each in attributes if each.holds_readings]
    if len(readings) != len(attributes) - 1:
        return False
    if len(readings) == 1 and readings[0].kind == "relational":
        return True
    places = [int(match[1]) for each in readings if (match := _READING.fullmatch(each.name))]
    is_counting = bool(places) and places == list(range(places[0], places[0] + len(readings)))
    return is_counting and len(readings) >= FEWEST_STEPS


def _data_lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    is_data = False
    for line, text in open_lines(path):
        if is_data and text and not text.startswith("%"):
            if text.startswith("{"):
                raise DataError(
                    f"Line {line:,} of {name!r} is sparse (it names only some columns), which "
                    "cannot be read.",
                    "Save the data with Weka's filter SparseToNonSparse, or as CSV.",
                    where="file",
                )
            yield line, text
        is_data = is_data or text.lower().startswith("@data")


def _cells(text: str) -> list[str]:
    """The cells of a row, without their quotes; fast where there are none."""
    if "'" not in text and '"' not in text:
        return [cell.strip() for cell in text.split(",")]
    cells: list[str] = []
    place = 0
    while match := _CELL.match(text, place):
        cells.append(_unquoted(match[1]))
        place = match.end()
        if not match[0].endswith(","):
            break
    return cells


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(['\"\\%])", r"\1", text[1:-1])
    return text


def _num_channels(path: Path, name: str) -> int:
    for _, text in _data_lines(path, name):
        return _unquoted(text[: max(text.rfind("'"), text.rfind('"')) + 1]).count("\\n") + 1
    raise DataError(f"{name!r} holds no sequences.", "Choose a file with sequences.", where="file")


def _sequence(line: int, text: str, num_channels: int, is_label_last: bool) -> LabelledSequence:
    shown = text[:_SHOWN_TEXT]
    try:
        cells = _cells(text)
        label = cells.pop() if is_label_last else cells.pop(0)
        parts = cells[0].split("\\n") if len(cells) == 1 else [",".join(cells)]
        if len(parts) != num_channels:
            noun = "channel" if len(parts) == 1 else "channels"
            reason = f"has {len(parts)} {noun} instead of {num_channels}"
            return LabelledSequence(line, reason=reason, text=shown)
        channels = [parse_numbers(part) for part in parts]
    except (ValueError, IndexError) as error:
        return LabelledSequence(line, reason=f"holds no number: {error}", text=shown)
    values, _ = join_channels([_without_end(channel) for channel in channels])
    return LabelledSequence(line, values, known_label(label), text=shown)


def _without_end(channel: np.ndarray) -> np.ndarray:
    """Without the missing readings at the end, with which ARFF fills up shorter sequences."""
    known = np.flatnonzero(~np.isnan(channel))
    return channel[: known[-1] + 1] if len(known) else channel[:0]


def _read_table(request: ReadRequest, attributes: Sequence[_Attribute]) -> Stage:
    request.check_num_columns(len(attributes))
    rejected: list[UnreadableEntry] = []
    num_rejected = 0

    def rows() -> Iterator[list[str]]:
        nonlocal num_rejected
        for line, text in _data_lines(request.path, request.file_name):
            cells = _cells(text)
            if len(cells) == len(attributes):
                yield ["" if cell == "?" else cell for cell in cells]
                continue
            num_rejected += 1
            if len(rejected) < MAX_LISTED:
                reason = f"{len(cells):,} cells instead of {len(attributes):,}"
                rejected.append(
                    UnreadableEntry(line=line, column="", text=text[:200], reason=reason)
                )

    writer = write_rows(request, rows(), len(attributes), PLAIN_NUMBERS)
    return Stage(
        path=request.stage_path,
        names=tuple(each.name for each in attributes),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format="arff",
        options={"format": "arff"},
        num_rejected=num_rejected,
        rejected=tuple(rejected),
        settled={
            place: SettledColumn(ColumnKind.CATEGORY)
            for place, each in enumerate(attributes)
            if each.kind == "{"
        },
    )
