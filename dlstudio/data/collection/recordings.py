"""Recordings: tables of readings, a file each, in folders that name their classes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from dlstudio.data.collection.layout import ClassFolders, place_files
from dlstudio.data.collection.members import Listing, Member, Source, UnreadableMember
from dlstudio.data.dates import parse_datetimes
from dlstudio.data.dialect import Dialect, guess_dialect
from dlstudio.data.encoding import SAMPLE_BYTES, guess_encoding
from dlstudio.data.foreign import name_foreign
from dlstudio.data.numbers import NumberStyle, parse_numbers, trim
from dlstudio.data.options import DateOrder, ReadOptions
from dlstudio.data.raw import raw_values
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import ColumnKind

RECORDING_EXTENSIONS = (".csv", ".tsv")
MIN_CLASSES, MIN_FILES = 2, 4
MAX_RECORDING_BYTES = 256 * MEGABYTE
MIN_SHARE_OF_NUMBERS = 0.5
_TIME_NAME = re.compile(
    r"(t|time|times|timestamp|date|datetime|second|seconds|sec|ms|millis|step|frame|sample|index)"
    r"([ _.(\[-].*)?",
    re.IGNORECASE,
)


def recordings_layout(listing: Listing) -> ClassFolders | None:
    """Tell whether a collection holds recordings in class folders.

    Args:
        listing: Its files and folders.

    Returns:
        The files in their places; None if tables are few, lie in one folder, or are the minority.
    """
    members = [m for m in listing.members if m.extension in RECORDING_EXTENSIONS]
    if len(members) < MIN_FILES or 2 * len(members) < len(listing.members):
        return None
    layout = place_files(listing, members, ColumnKind.SEQUENCE)
    has_labels = all(placed.label is not None for placed in layout.files)
    is_divided = layout.num_classes >= MIN_CLASSES and layout.num_classes < len(members)
    return layout if has_labels and is_divided else None


@dataclass
class Recordings:
    """Reads recordings; the first one that can be read tells the channels of all.

    Attributes:
        channels: Names of the columns of numbers; empty until one was read.
    """

    options: ReadOptions
    channels: tuple[str, ...] = ()
    _dialect: Dialect | None = None

    def read(
        self, source: Source, members: Sequence[Member]
    ) -> Iterator[np.ndarray | UnreadableMember]:
        """Read recordings one by one.

        Args:
            source: Gives the members.
            members: The recordings.

        Yields:
            For each member its readings as a flat float32 array, step by step, or why there are
            none.
        """
        for member in members:
            try:
                yield self._readings(_content(source, member))
            except UnreadableMember as error:
                yield error

    def _readings(self, content: bytes) -> np.ndarray:
        encoding = self.options.encoding or guess_encoding(
            content[:SAMPLE_BYTES], is_whole=len(content) <= SAMPLE_BYTES
        )
        text = content.decode(encoding, "replace").removeprefix("\ufeff")
        if not text.strip():
            raise UnreadableMember("is empty")
        cells, style = self._cells(text)
        if not len(next(iter(cells.values()))):
            raise UnreadableMember("has a header and no readings")
        columns = {name: _numbers(column, style) for name, column in cells.items()}
        if not self.channels:
            self.channels = _channels_of(columns)
        readings = np.stack([self._channel(columns, name) for name in self.channels], axis=1)
        order = self._order(columns, cells)
        return readings.astype(np.float32)[order].reshape(-1)

    def _order(
        self, columns: dict[str, np.ndarray], cells: dict[str, pa.Array]
    ) -> np.ndarray | slice:
        """By the first column of times, numbers or dates; without one as they stand."""
        for name in filter(_TIME_NAME.fullmatch, columns):
            times = columns[name]
            if not np.isfinite(times).any():
                times = self._seconds(cells[name])
            if np.isfinite(times).all():
                return np.argsort(times, kind="stable")
        return slice(None)

    def _seconds(self, cells: pa.Array) -> np.ndarray:
        """Times that are dates, NaN where a cell is none; the places of sorted ones."""
        texts = cells.to_pylist()
        if None in texts or texts == sorted(texts):
            return np.arange(len(texts), dtype=float)
        order = self.options.date_order or DateOrder.MONTH_FIRST
        return raw_values(parse_datetimes(cells, order))

    def _cells(self, text: str) -> tuple[dict[str, pa.Array], NumberStyle]:
        """The cells of each column as text, and how numbers are written in them."""
        dialect = self._dialect
        head = text[:SAMPLE_BYTES]
        if dialect is None or not _fits(head, dialect):
            dialect = guess_dialect(head, len(text) <= SAMPLE_BYTES, self.options)
            self._dialect = self._dialect or dialect
        names = _names(dialect)
        table = _parse(text, dialect, len(names))
        cells = [trim(column.combine_chunks()) for column in table.columns]
        return dict(zip(names, cells, strict=True)), dialect.number_style

    def _channel(self, columns: dict[str, np.ndarray], name: str) -> np.ndarray:
        if name in columns:
            return columns[name]
        there = ", ".join(repr(column) for column in list(columns)[:5])
        raise UnreadableMember(f"has no column {name!r} as the first recording has, only {there}")


def _content(source: Source, member: Member) -> bytes:
    if member.size_bytes > MAX_RECORDING_BYTES:
        raise UnreadableMember(
            f"has {member.size_bytes / MEGABYTE:,.0f} MB; a recording has at most "
            f"{MAX_RECORDING_BYTES // MEGABYTE} MB"
        )
    with source.open(member) as file:
        content = file.read(MAX_RECORDING_BYTES + 1)
    what = name_foreign(content[:512])
    if what is not None:
        raise UnreadableMember(f"is {what}, not a table of readings")
    return content


def _fits(head: str, dialect: Dialect) -> bool:
    """Whether a file is laid out like an earlier one, so that it need not be looked into."""
    if not dialect.has_header or dialect.num_skipped_lines:
        return False
    first = head.split("\n", 1)[0].rstrip("\r")
    return tuple(cell.strip() for cell in first.split(dialect.delimiter)) == dialect.names


def _names(dialect: Dialect) -> tuple[str, ...]:
    numbered = tuple(f"channel_{place + 1}" for place in range(len(dialect.names)))
    return tuple(n or g for n, g in zip(dialect.names, numbered, strict=True))


def _parse(text: str, dialect: Dialect, num_columns: int) -> pa.Table:
    names = [f"c{place}" for place in range(num_columns)]
    try:
        return pyarrow.csv.read_csv(
            BytesIO(text.encode()),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, skip_rows=dialect.first_data_line - 1, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=dialect.delimiter),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string())
            ),
        )
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0].removeprefix("CSV parse error: ").rstrip(".")
        raise UnreadableMember(f"is no table of readings ({reason[:120]})") from error


def _numbers(cells: pa.Array, style: NumberStyle) -> np.ndarray:
    """Cells as numbers, float64 `(steps,)`; NaN where a cell is none."""
    return np.asarray(parse_numbers(cells, style).to_numpy(zero_copy_only=False), float)


def _channels_of(columns: dict[str, np.ndarray]) -> tuple[str, ...]:
    found = tuple(
        name
        for name, values in columns.items()
        if not _TIME_NAME.fullmatch(name)
        and len(values)
        and np.isfinite(values).mean() >= MIN_SHARE_OF_NUMBERS
    )
    if not found:
        raise UnreadableMember("has no column of numbers")
    return found
