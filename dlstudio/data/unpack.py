"""Files inside .gz and .zip, unpacked within limits; names in archives are never paths here."""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from dlstudio.data.readers.request import ReadRequest
from dlstudio.errors import DataError
from dlstudio.settings import GIGABYTE, MEGABYTE

CHUNK_BYTES = 4 * MEGABYTE
# Tables compress 5 to 50 times; a bomb 1,000 times and more.
MAX_RATIO = 200
MIN_SUSPICIOUS_BYTES = 256 * MEGABYTE
MIN_FREE_BYTES = 256 * MEGABYTE
TABLE_ENDINGS = (
    ".csv",
    ".tsv",
    ".tab",
    ".txt",
    ".data",
    ".dat",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".pq",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".xlsb",
    ".ods",
)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def unpack_gzip(request: ReadRequest, target: Path) -> None:
    """Unpack a .gz file.

    Args:
        request: The file and the limits.
        target: Where its content goes.

    Raises:
        DataError: The file is damaged, or unpacks to more than is allowed.
    """
    with gzip.open(request.path) as source:
        _copy(source, target, request)


def unpack_zip(request: ReadRequest, target: Path) -> str:
    """Unpack the one table of a .zip file, or the one that was chosen.

    Args:
        request: The file, the limits, and in its options the member if there are several.
        target: Where its content goes.

    Returns:
        The member's name.

    Raises:
        DataError: The archive is damaged, is protected by a password, holds no table or several,
            or unpacks to more than is allowed.
    """
    try:
        with closing(zipfile.ZipFile(request.path)) as archive:
            member = _chosen_member(request, archive.infolist())
            _check_member(request, member)
            with archive.open(member) as source:
                _copy(source, target, request)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _damaged(request, error) from error
    return member.filename


def _chosen_member(request: ReadRequest, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [member for member in members if _is_content(member)]
    wanted = request.options.member
    if wanted is not None:
        for member in files:
            if member.filename == wanted:
                return member
        raise _member_error(request, f"holds no file {wanted!r}", files)
    tables = [member for member in files if member.filename.lower().endswith(TABLE_ENDINGS)]
    candidates = tables or files
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise DataError(
            f"The archive {request.file_name!r} holds no file.",
            "Put one table, such as a CSV file, into the archive.",
            where="file",
        )
    raise _member_error(request, f"holds {len(candidates):,} files", candidates)


def _is_content(member: zipfile.ZipInfo) -> bool:
    """Not a folder, and not what operating systems put beside files."""
    parts = member.filename.replace("\\", "/").split("/")
    is_hidden = parts[0] == "__MACOSX" or parts[-1].startswith(".")
    return not member.is_dir() and not is_hidden and parts[-1].lower() != "thumbs.db"


def _member_error(request: ReadRequest, problem: str, files: list[zipfile.ZipInfo]) -> DataError:
    names = ", ".join(repr(member.filename) for member in files[:10])
    return DataError(
        f"The archive {request.file_name!r} {problem}.",
        f"Choose one under File in the archive: {names}.",
        where="member",
    )


def _check_member(request: ReadRequest, member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise DataError(
            f"{member.filename!r} in {request.file_name!r} is protected by a password.",
            "Unpack the archive and add the file itself.",
            where="file",
        )
    most_bytes = request.settings.max_unpacked_bytes
    if reason := reason_too_large(member.file_size, member.compress_size, most_bytes):
        raise _too_large(request, member.file_size, reason)


def _copy(source: _Readable, target: Path, request: ReadRequest) -> None:
    packed_bytes = request.path.stat().st_size
    num_bytes = 0
    with target.open("wb") as file:
        for chunk in _chunks(source, request):
            num_bytes += len(chunk)
            most_bytes = request.settings.max_unpacked_bytes
            if reason := reason_too_large(num_bytes, packed_bytes, most_bytes):
                raise _too_large(request, num_bytes, reason)
            if shutil.disk_usage(target.parent).free < MIN_FREE_BYTES:
                raise _disk_full(request, target.parent)
            file.write(chunk)


def _chunks(source: _Readable, request: ReadRequest) -> Iterator[bytes]:
    try:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise _damaged(request, error) from error


def reason_too_large(num_bytes: int, packed_bytes: int, most_bytes: int) -> str | None:
    """Say why a packed file is not unpacked.

    Args:
        num_bytes: What it unpacks to.
        packed_bytes: Its own size.
        most_bytes: What a file may unpack to.

    Returns:
        The end of a sentence about the unpacked size; None if it is allowed.
    """
    if num_bytes > most_bytes:
        return f"more than the {most_bytes / GIGABYTE:,.3g} GB that are allowed"
    if num_bytes > MIN_SUSPICIOUS_BYTES and num_bytes > MAX_RATIO * packed_bytes:
        ratio = num_bytes // max(1, packed_bytes)
        return f"{ratio:,} times its own size, more than the {MAX_RATIO} that are allowed"
    return None


def _too_large(request: ReadRequest, num_bytes: int, reason: str) -> DataError:
    return DataError(
        f"{request.file_name!r} unpacks to {num_bytes / GIGABYTE:,.1f} GB or more, {reason}.",
        "Unpack it yourself and add the file, if you trust where it comes from.",
        where="file",
    )


def _disk_full(request: ReadRequest, folder: Path) -> DataError:
    return DataError(
        f"The disk that holds {str(folder.parent)!r} is full; {request.file_name!r} could not be "
        "unpacked and nothing was changed.",
        "Free some space, or set DLSTUDIO_HOME to a folder on another disk.",
        where="disk",
    )


def _damaged(request: ReadRequest, error: Exception) -> DataError:
    return DataError(
        f"The archive {request.file_name!r} is damaged or incomplete: {error}.",
        "Download or pack it again.",
        where="file",
    )
