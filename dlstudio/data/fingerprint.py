"""The name of a content: equal rows, kinds and roles give equal fingerprints."""

# pyarrow makes its compute functions at run time, so pyright cannot see them.
# pyright: reportAttributeAccessIssue=false

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dlstudio.data.sequences.columns import channels_of, flat_parts
from dlstudio.spec.dataset import ColumnKind, ColumnRole

FINGERPRINT_BYTES = 16
CONTENT_VERSION = b"dlstudio-table-1"


class ContentHash:
    """Hashes a table column by column, independent of how the rows are batched."""

    def __init__(self, num_columns: int) -> None:
        """Begin with no rows."""
        self._columns = [_ColumnHash() for _ in range(num_columns)]

    def update(self, batch: pa.RecordBatch) -> None:
        """Add rows in order."""
        for column, values, field in zip(self._columns, batch.columns, batch.schema, strict=True):
            column.update(values, channels_of(field) if pa.types.is_list(field.type) else ())

    def digests(self) -> tuple[str, ...]:
        """One digest a column, over its values in order."""
        return tuple(column.digest() for column in self._columns)


def fingerprint(
    names: Sequence[str],
    kinds: Sequence[ColumnKind],
    roles: Sequence[ColumnRole],
    digests: Sequence[str],
) -> str:
    """Name a content.

    Args:
        names: Column names.
        kinds: Their kinds.
        roles: Their roles.
        digests: Their values' digests, from `ContentHash`.

    Returns:
        32 hexadecimal digits.
    """
    total = hashlib.blake2b(CONTENT_VERSION, digest_size=FINGERPRINT_BYTES)
    for parts in zip(names, kinds, roles, digests, strict=True):
        for part in parts:
            text = str(part).encode("utf-8")
            total.update(len(text).to_bytes(8, "little") + text)
    return total.hexdigest()


def join_digests(digests: Sequence[str], files: Sequence[str]) -> tuple[str, ...]:
    """Add the content of files to the digests of the columns that name them.

    Args:
        digests: A digest a column, of its values.
        files: A digest a column, of the files that its values name; "" for the others. Nothing
            if no column names files.

    Returns:
        Digests for `fingerprint`.
    """
    return tuple(map("".join, zip(digests, files, strict=True))) if files else tuple(digests)


class _ColumnHash:
    def __init__(self) -> None:
        self._validity = hashlib.blake2b(digest_size=16)
        self._lengths = hashlib.blake2b(digest_size=16)
        self._values = hashlib.blake2b(digest_size=16)
        self._type = b""

    def update(self, values: pa.Array, channels: Sequence[str]) -> None:
        self._type = str(values.type).encode() + "".join(f"\0{name}" for name in channels).encode()
        self._validity.update(_bytes_of(pc.is_valid(values).cast(pa.uint8())))
        if pa.types.is_string(values.type):
            filled = pc.fill_null(values, "")
            self._lengths.update(_bytes_of(pc.binary_length(filled)))
            self._values.update(_text_bytes(filled))
            return
        if pa.types.is_list(values.type):
            offsets, numbers = flat_parts(values)
            self._lengths.update(np.diff(offsets).tobytes())
            self._values.update(numbers[offsets[0] : offsets[-1]].tobytes())
            return
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.int64())
        self._values.update(_bytes_of(pc.fill_null(values, 0)))

    def digest(self) -> str:
        whole = hashlib.blake2b(self._type, digest_size=16)
        for part in (self._validity, self._lengths, self._values):
            whole.update(part.digest())
        return whole.hexdigest()


def _bytes_of(values: pa.Array) -> bytes:
    return np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).tobytes()


def _text_bytes(values: pa.Array) -> memoryview:
    """The characters of all texts, one after the other."""
    _, offsets_buffer, data = values.buffers()
    if data is None or len(values) == 0:
        return memoryview(b"")
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)
    first, last = offsets[values.offset], offsets[values.offset + len(values)]
    return memoryview(data)[first:last]
