"""Files that hold labelled sequences, one after the other, become a stage."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from dlstudio.data.encoding import SAMPLE_BYTES, guess_encoding
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.sequences.columns import SEQUENCE, sequence_array
from dlstudio.data.stage import MAX_LISTED, SettledColumn, Stage, StageWriter
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind, ColumnRole, UnreadableEntry

BATCH_ROWS = 256
MAX_LINE_CHARACTERS = 256 * 1024 * 1024
MAX_SHARE_REJECTED = 0.5


@dataclass(frozen=True)
class LabelledSequence:
    """One sequence as it was read.

    Attributes:
        line: Where it begins in the file.
        values: float `(steps, channels)`, NaN where a reading is missing.
        label: What it is; None if the file does not say.
        reason: Why it cannot be read; empty if it can.
        is_uneven: Its channels had different numbers of steps and were filled up.
        text: The beginning of what stands in the file.
    """

    line: int
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 1)))
    label: str | None = None
    reason: str = ""
    is_uneven: bool = False
    text: str = ""


@dataclass(frozen=True)
class SequenceFile:
    """A file of sequences whose header was read.

    Attributes:
        name: Its name as the user knows it.
        channels: Names of the values of a time step.
        label_kind: Category for classes, number for quantities; None if there are no labels.
        rows: Reads the sequences, from the beginning at each call.
        split: The part that all of its rows belong to; None if nothing says so.
    """

    name: str
    channels: tuple[str, ...]
    label_kind: ColumnKind | None
    rows: Callable[[], Iterator[LabelledSequence]]
    split: str | None = None


def stage_sequences(request: ReadRequest, files: Sequence[SequenceFile], file_format: str) -> Stage:
    """Write the sequences of one or several files into the stage.

    Sequences that cannot be read are left out, counted and listed.

    Args:
        request: Where the stage goes.
        files: At least one; all with labels of the same kind.
        file_format: How the format is called.

    Returns:
        A stage with the columns sequence, label (if there are labels) and split (if the files
        name their part).

    Raises:
        DataError: The files have different channels, or most of their rows cannot be read.
    """
    first = files[0]
    _check_channels(files)
    settled = [SettledColumn(ColumnKind.SEQUENCE, channels=first.channels)]
    names = ["sequence"]
    if first.label_kind is not None:
        settled.append(SettledColumn(first.label_kind, ColumnRole.TARGET))
        names.append("label")
    if first.split is not None:
        settled.append(SettledColumn(ColumnKind.CATEGORY, ColumnRole.SPLIT))
        names.append("split")
    types = [SEQUENCE, *[pa.string()] * (len(names) - 1)]
    with StageWriter(request.stage_path, types) as writer:
        writer.mark_typed([names.index("split")] if "split" in names else [])
        counts = _Counts()
        for file in files:
            _write_file(request, writer, file, counts)
    _check_rejected(request, writer.num_rows, counts)
    return Stage(
        path=request.stage_path,
        names=tuple(names),
        num_rows=writer.num_rows,
        evidence=tuple(writer.evidence),
        format=file_format,
        options={"format": file_format},
        num_rejected=counts.num_rejected,
        rejected=tuple(counts.rejected),
        remarks=tuple(_remarks(counts)),
        settled=dict(enumerate(settled)),
    )


def open_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Read the lines of a text, with their numbers and without white space around them.

    Args:
        path: The file, in any encoding.

    Raises:
        DataError: A line is far longer than any sequence.
    """
    with path.open("rb") as raw:
        sample = raw.read(SAMPLE_BYTES)
    encoding = guess_encoding(sample, is_whole=len(sample) < SAMPLE_BYTES)
    with path.open(encoding=encoding, errors="replace") as file:
        number = 0
        while line := file.readline(MAX_LINE_CHARACTERS):
            number += 1
            if len(line) == MAX_LINE_CHARACTERS:
                raise DataError(
                    f"Line {number:,} is longer than {MAX_LINE_CHARACTERS:,} characters.",
                    "Divide the sequence into shorter ones.",
                    where="file",
                )
            yield number, line.strip("\ufeff \t\r\n")


def parse_numbers(text: str) -> np.ndarray:
    """Read numbers between commas; "?" and nothing mean missing.

    Raises:
        ValueError: A text between commas is no number.
    """
    cells = [cell.strip() for cell in text.split(",")]
    if cells == [""]:
        return np.zeros(0)
    return np.array([cell if cell not in ("?", "") else "nan" for cell in cells], dtype=np.float64)


def known_label(text: str) -> str | None:
    """The label that a text names; None for "?" and nothing, which mean that it is not known."""
    return text if text not in ("?", "") else None


def join_channels(parts: Sequence[np.ndarray]) -> tuple[np.ndarray, bool]:
    """Put channels side by side; the shorter ones end with missing readings.

    Args:
        parts: The readings of each channel, float `(steps,)`.

    Returns:
        float `(steps, channels)` without the steps at the end in which every channel is missing,
        and whether the channels had different lengths.
    """
    longest = max(len(part) for part in parts)
    joined = np.full((longest, len(parts)), np.nan)
    for place, part in enumerate(parts):
        joined[: len(part), place] = part
    is_known = ~np.isnan(joined).all(axis=1)
    num_steps = int(np.flatnonzero(is_known)[-1]) + 1 if is_known.any() else 0
    return joined[:num_steps], len({len(part) for part in parts}) > 1


@dataclass
class _Counts:
    num_rejected: int = 0
    rejected: list[UnreadableEntry] = field(default_factory=list)
    num_uneven: int = 0
    first_uneven: str = ""


def _write_file(
    request: ReadRequest, writer: StageWriter, file: SequenceFile, counts: _Counts
) -> None:
    rows = file.rows()
    while batch := list(islice(rows, BATCH_ROWS)):
        usable = [row for row in batch if not row.reason]
        _count(counts, file, batch)
        if usable:
            writer.write(_batch(usable, file, writer.schema))
            request.report(0, writer.num_rows)


def _count(counts: _Counts, file: SequenceFile, batch: Sequence[LabelledSequence]) -> None:
    for row in batch:
        if row.reason:
            counts.num_rejected += 1
            if len(counts.rejected) < MAX_LISTED:
                counts.rejected.append(
                    UnreadableEntry(
                        line=row.line, column="", text=row.text[:200], reason=row.reason
                    )
                )
        elif row.is_uneven:
            counts.num_uneven += 1
            counts.first_uneven = counts.first_uneven or f"line {row.line:,} of {file.name!r}"


def _batch(
    rows: Sequence[LabelledSequence], file: SequenceFile, schema: pa.Schema
) -> pa.RecordBatch:
    lengths = np.array([row.values.size for row in rows], dtype=np.int64)
    flat = np.concatenate([row.values.reshape(-1) for row in rows])
    columns: list[pa.Array] = [sequence_array(lengths, flat)]
    if file.label_kind is not None:
        columns.append(pa.array([row.label for row in rows], pa.string()))
    if file.split is not None:
        columns.append(pa.array([file.split] * len(rows), pa.string()))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _check_channels(files: Sequence[SequenceFile]) -> None:
    first = files[0]
    for file in files[1:]:
        if len(file.channels) != len(first.channels):
            raise DataError(
                f"The sequences of {file.name!r} have {len(file.channels)} channels, those of "
                f"{first.name!r} {len(first.channels)}.",
                "Add files whose sequences have the same channels.",
                where="file",
            )
        if file.label_kind is not first.label_kind:
            raise DataError(
                f"{file.name!r} and {first.name!r} do not hold the same kind of labels.",
                "Add files that both hold classes, both hold numbers, or both hold neither.",
                where="file",
            )


def _check_rejected(request: ReadRequest, num_rows: int, counts: _Counts) -> None:
    total = num_rows + counts.num_rejected
    if counts.num_rejected <= MAX_SHARE_REJECTED * total:
        return
    first = counts.rejected[0]
    raise DataError(
        f"{counts.num_rejected:,} of {total:,} sequences of {request.file_name!r} cannot be read; "
        f"line {first.line} {first.reason}.",
        "Mend the file, or download it again.",
        where="file",
    )


def _remarks(counts: _Counts) -> Iterator[tuple[str, str, str]]:
    if counts.num_uneven:
        noun = "sequence has" if counts.num_uneven == 1 else "sequences have"
        yield (
            "uneven-channels",
            f"{counts.num_uneven:,} {noun} channels of different lengths, the first in "
            f"{counts.first_uneven}; the shorter channels end with missing readings.",
            "Nothing needs to be done if some sensors stopped early.",
        )
