"""Which encoding a text file has, and its content as UTF-8."""

import codecs
from pathlib import Path

from dlstudio.data.damaged_text import DAMAGED_UTF8, REPLACEMENT, is_damaged_utf8
from dlstudio.data.legacy_encoding import guess_legacy_encoding
from dlstudio.errors import DataError

SAMPLE_BYTES = 256 * 1024
CHUNK_BYTES = 1024 * 1024
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class EncodingMismatch(Exception):
    """A byte does not fit the encoding; `offset` is about where in the file."""

    def __init__(self, offset: int) -> None:
        """Keep the place of the byte, counted from the start of the file."""
        super().__init__(offset)
        self.offset = offset


def guess_encoding(sample: bytes, is_whole: bool) -> str:
    """Guess the encoding of a text from its beginning.

    Args:
        sample: The first bytes, with the byte order mark if there is one.
        is_whole: The sample is the whole file, so its last character is complete.

    Returns:
        A name that Python's codecs know.
    """
    wide = _marked_or_wide(sample)
    if wide:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=is_whole)
    except UnicodeDecodeError:
        return DAMAGED_UTF8 if is_damaged_utf8(sample) else guess_legacy_encoding(sample)
    return "utf-8"


def as_utf8(head: bytes) -> bytes:
    """Return the beginning of a text that is marked or UTF-16 as UTF-8 without its mark.

    Args:
        head: The first bytes of any file; those of other files come back as they are.
    """
    encoding = _marked_or_wide(head)
    return head.decode(encoding, "ignore").encode() if encoding else head


def check_encoding_name(encoding: str) -> str:
    """Return the encoding if Python can decode it.

    Raises:
        DataError: There is no such encoding.
    """
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise DataError(
            f"The encoding {encoding!r} is not known.",
            "Choose an encoding such as utf-8, cp1252, utf-16 or shift_jis, or leave it open.",
            where="encoding",
        ) from error
    return encoding


def find_damage(path: Path) -> tuple[int, int]:
    """Count the letters of a UTF-8 text that cannot be read.

    Args:
        path: The file.

    Returns:
        How many there are, and the line of the first, from 1; 0 if there is none.
    """
    mark = REPLACEMENT.encode()
    count, first_line, num_lines = 0, 0, 0
    with Utf8Stream(path, DAMAGED_UTF8) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found = chunk.count(mark)
            if found and not count:
                before = chunk[: chunk.index(mark)]
                first_line = num_lines + before.count(b"\n") + 1
            count += found
            num_lines += chunk.count(b"\n")
    return count, first_line


class Utf8Stream:
    """Reads a text file of any encoding as UTF-8 bytes, in bounded memory.

    Arrow reads from it. It counts the quotes that it saw, because an odd number of them means
    that one is never closed.
    """

    def __init__(self, path: Path, encoding: str, skip_lines: int = 0) -> None:
        """Open the file.

        Args:
            path: The file.
            encoding: A name that Python's codecs know.
            skip_lines: Lines at the beginning that are left out.
        """
        self._file = path.open("rb")
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._skip_lines = skip_lines
        self._pending = b""
        self._is_at_end = False
        self.num_bytes_read = 0
        self.num_quotes = 0
        self._num_line_ends = 0
        self._last_byte = b""
        self.closed = False

    def __enter__(self) -> "Utf8Stream":
        """Give the stream itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self.closed = True

    @property
    def num_lines(self) -> int:
        """Lines that were read, by line feeds; those that were left out do not count."""
        return self._num_line_ends + (self._last_byte not in (b"", b"\n"))

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def writable(self) -> bool:
        """Say that this stream cannot be written."""
        return False

    def seekable(self) -> bool:
        """Say that this stream has no random access."""
        return False

    def read(self, num_bytes: int = -1) -> bytes:
        """Return the next bytes, empty at the end.

        Raises:
            EncodingMismatch: A byte does not fit the encoding.
        """
        wanted = num_bytes if num_bytes >= 0 else 1 << 62
        parts = [self._pending]
        size = len(self._pending)
        while size < wanted and not self._is_at_end:
            parts.append(self._next_chunk())
            size += len(parts[-1])
        joined = b"".join(parts)
        self._pending = joined[wanted:]
        return joined[:wanted]

    def _next_chunk(self) -> bytes:
        text = self._decode_next()
        while self._skip_lines and not self._is_at_end:
            end = _end_of_line(text)
            if end < 0:
                text += self._decode_next()
                continue
            text = text[end:]
            self._skip_lines -= 1
        if self._skip_lines:
            text = ""
        chunk = text.encode("utf-8", "replace")
        self.num_quotes += chunk.count(b'"')
        self._num_line_ends += chunk.count(b"\n")
        self._last_byte = chunk[-1:] or self._last_byte
        return chunk

    def _decode_next(self) -> str:
        raw = self._file.read(CHUNK_BYTES)
        self._is_at_end = not raw
        try:
            text = self._decoder.decode(raw, final=self._is_at_end)
        except UnicodeDecodeError as error:
            raise EncodingMismatch(self.num_bytes_read + error.start) from error
        self.num_bytes_read += len(raw)
        return text


def _end_of_line(text: str) -> int:
    """Place after the first line end; -1 if the text may go on with the same line."""
    found = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
    if not found:
        return -1
    place = min(found)
    if text[place] == "\n":
        return place + 1
    if place + 1 == len(text):
        return -1
    return place + 2 if text[place + 1] == "\n" else place + 1


def _marked_or_wide(sample: bytes) -> str | None:
    """The encoding that a byte order mark names, or UTF-16 by its zero bytes."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding
    if not _looks_like_utf16(sample):
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _looks_like_utf16(sample: bytes) -> bool:
    if len(sample) < 4:
        return False
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    return most > 0.3 * len(sample) / 2 and least < 0.1 * most
