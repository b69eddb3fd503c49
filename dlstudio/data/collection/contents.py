"""What files become in a table: media are stored beside it, texts are cells of it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from dlstudio.data.collection.members import Member, Remark, Source, UnreadableMember
from dlstudio.data.collection.recordings import Recordings
from dlstudio.data.collection.remarks import (
    LONG_TEXT,
    empty_texts_remark,
    long_texts_remark,
    repeated_files_remark,
)
from dlstudio.data.collection.storing import DIGEST_BYTES, store_files
from dlstudio.data.collection.texts import read_texts
from dlstudio.data.media.table import MEDIA
from dlstudio.data.progress import IngestProgress
from dlstudio.data.readers.request import SHARE_OF_READING, ReadRequest
from dlstudio.data.sequences.columns import SEQUENCE
from dlstudio.data.stage import SettledColumn
from dlstudio.spec.dataset import ColumnKind, ColumnRole

Cell = str | np.ndarray  # a path below the dataset's folder, a text, or flat readings


@dataclass
class FileContents:
    """The cells of a column of files, read as they are asked for.

    Attributes:
        column: The column's name.
        kind: What the files are.
        type: The type of their cells.
        cells: One a file, in order; `UnreadableMember` says why a file has none.
    """

    column: str
    kind: ColumnKind
    type: pa.DataType
    cells: Iterator[Cell | UnreadableMember]

    def settled(self, role: ColumnRole) -> SettledColumn:
        """What is known about the column, once all cells were read."""
        return SettledColumn(self.kind, role)

    def remarks(self) -> Sequence[Remark]:
        """What is to be told about the files, once all cells were read."""
        return ()


@dataclass
class _MediaContents(FileContents):
    probes: dict[str, Any] = field(default_factory=dict)
    content: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=DIGEST_BYTES))
    # Of each content the file that holds it: its name in the collection and in the dataset.
    first_files: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    repeated: list[tuple[str, str]] = field(default_factory=list)

    def settled(self, role: ColumnRole) -> SettledColumn:
        probes = list(self.probes.values())
        summary = MEDIA[self.kind].summarize(probes) if probes else None
        return SettledColumn(
            self.kind, role, summary=summary, files_digest=self.content.hexdigest()
        )

    def remarks(self) -> Sequence[Remark]:
        found = MEDIA[self.kind].warn(self.column, self.probes)
        told = [(warning.code, warning.problem, warning.fix) for warning in found]
        return [*repeated_files_remark(self.repeated), *told]


@dataclass
class _TextContents(FileContents):
    empty: list[str] = field(default_factory=list)
    long: list[tuple[str, int]] = field(default_factory=list)

    def remarks(self) -> Sequence[Remark]:
        return [*empty_texts_remark(self.empty), *long_texts_remark(self.long)]


@dataclass
class _ReadingsContents(FileContents):
    recordings: Recordings

    def settled(self, role: ColumnRole) -> SettledColumn:
        return SettledColumn(self.kind, role, channels=self.recordings.channels)


def read_contents(
    request: ReadRequest, source: Source, members: Sequence[Member], column: str, kind: ColumnKind
) -> FileContents:
    """Begin to read the files of a column.

    Args:
        request: The collection and where its dataset is built.
        source: Gives the files.
        members: Which ones, in the order of rows.
        column: The column's name.
        kind: What they are.
    """
    if kind is ColumnKind.SEQUENCE:
        readings = _ReadingsContents(column, kind, SEQUENCE, iter(()), Recordings(request.options))
        readings.cells = _readings_cells(request, source, members, readings.recordings)
        return readings
    if kind is ColumnKind.TEXT:
        texts = _TextContents(column, kind, pa.string(), iter(()))
        texts.cells = _text_cells(request, source, members, texts)
        return texts
    media = _MediaContents(column, kind, pa.string(), iter(()))
    media.cells = _media_cells(request, source, members, media)
    return media


def _media_cells(
    request: ReadRequest, source: Source, members: Sequence[Member], contents: _MediaContents
) -> Iterator[Cell | UnreadableMember]:
    def report(num_done: int) -> None:
        _report(request, num_done, len(members))

    folder = request.stage_path.parent
    stored = store_files(source, members, contents.kind, folder, report)
    for member, file in zip(members, stored, strict=True):
        if file.reason:
            yield UnreadableMember(file.reason, file.own_fix)
            continue
        contents.probes[member.path] = file.probe
        contents.content.update(file.digest)
        first, path = contents.first_files.setdefault(file.digest, (member.path, file.path))
        if path != file.path:
            # Kept once, so that rows with equal files can be told by their cells.
            contents.repeated.append((member.path, first))
            (folder / file.path).unlink()
        yield path


def _text_cells(
    request: ReadRequest, source: Source, members: Sequence[Member], contents: _TextContents
) -> Iterator[Cell | UnreadableMember]:
    texts = read_texts(source, members, request.options.encoding)
    for place, (member, text) in enumerate(zip(members, texts, strict=True)):
        if isinstance(text, str) and not text.strip():
            contents.empty.append(member.path)
        if isinstance(text, str) and len(text) > LONG_TEXT:
            contents.long.append((member.path, len(text)))
        if place % 256 == 0:
            _report(request, place, len(members))
        yield text


def _readings_cells(
    request: ReadRequest, source: Source, members: Sequence[Member], recordings: Recordings
) -> Iterator[Cell | UnreadableMember]:
    for place, readings in enumerate(recordings.read(source, members)):
        if place % 64 == 0:
            _report(request, place, len(members))
        yield readings


def _report(request: ReadRequest, num_done: int, num_files: int) -> None:
    fraction = SHARE_OF_READING * num_done / max(1, num_files)
    request.progress(
        IngestProgress(phase="Reading and checking files", fraction=fraction, num_rows=num_done)
    )
