"""A ZIP archive as a collection; names in archives are never paths here."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

from dlstudio.data.collection.members import (
    Listing,
    Member,
    Remark,
    UnreadableMember,
    is_junk,
    tidy_path,
)
from dlstudio.data.readers.request import ReadRequest
from dlstudio.data.unpack import reason_too_large
from dlstudio.errors import DataError
from dlstudio.settings import GIGABYTE, MEGABYTE

_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
# Other methods, such as Deflate64 of Windows for large archives, cannot be unpacked.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_NAMES_OF_METHODS = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_LINK_MODE, _MODE_MASK = 0xA000, 0xF000
_END_MARK, _END_BYTES, _MAX_COMMENT = b"PK\x05\x06", 22, 65_535
_MIN_ENTRY_BYTES = 46  # of the directory at the end of an archive
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class ZipSource:
    """The members of a ZIP archive."""

    def __init__(self, archive: zipfile.ZipFile, listing: Listing) -> None:
        """Keep an open archive and what it holds."""
        self._archive = archive
        self._infos = archive.infolist()
        self._listing = listing

    @property
    def listing(self) -> Listing:
        """What the archive holds."""
        return self._listing

    def open(self, member: Member) -> BinaryIO:
        """Open a member; several threads may read different members at once.

        Raises:
            UnreadableMember: Its place in the archive is damaged.
        """
        try:
            return cast(BinaryIO, _Checked(self._archive.open(self._infos[member.place])))
        except _DAMAGE as error:
            raise _unreadable(error) from error


class _Checked:
    """A member being read; damage is told in words."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> "_Checked":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGE as error:
            raise _unreadable(error) from error


@contextmanager
def open_zip(request: ReadRequest) -> Iterator[ZipSource]:
    """Open an archive and check every name and size in it before anything is unpacked.

    Args:
        request: The archive and the limits.

    Yields:
        The archive; its listing says if it holds names that lead out of it, or passwords.

    Raises:
        DataError: The archive is damaged, or unpacks to more files or bytes than are allowed.
    """
    _check_num_entries(request)
    try:
        archive = zipfile.ZipFile(request.path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise DataError(
            f"The archive {request.file_name!r} is damaged or incomplete: {error}.",
            "Download or pack it again.",
            where="file",
        ) from error
    with archive:
        infos = archive.infolist()
        _check_sizes(request, infos)
        yield ZipSource(archive, _list(request, infos))


def _list(request: ReadRequest, infos: list[zipfile.ZipInfo]) -> Listing:
    members: dict[str, Member] = {}
    folders, links, repeated = [], [], []
    problem: DataError | None = None
    for place, (info, name) in enumerate(zip(infos, _names(infos), strict=True)):
        path = tidy_path(name)
        if path is None:
            problem = problem or _leads_out(request, name)
        elif not path or is_junk(path):
            continue
        elif info.is_dir() or name.endswith("\\"):
            folders.append(path)
        elif (info.external_attr >> 16) & _MODE_MASK == _LINK_MODE:
            links.append(path)
        else:
            if info.flag_bits & _ENCRYPTED:
                problem = problem or _encrypted(request, path)
            elif info.compress_type not in _METHODS:
                problem = problem or _packed_otherwise(request, path, info.compress_type)
            if path in members:
                repeated.append(path)
            members[path] = Member(path, info.file_size, place)
    ordered = tuple(members[path] for path in sorted(members))
    remarks = (*_link_remark(links), *_repeated_remark(repeated))
    return Listing(ordered, tuple(folders), remarks, problem)


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names as people see them.

    Archives that do not say that their names are UTF-8 should hold them in code page 437, but most
    that have letters beyond ASCII are UTF-8 all the same, as from macOS.
    """
    names = [info.filename for info in infos]
    unsaid = [
        place
        for place, info in enumerate(infos)
        if not info.flag_bits & _UTF8_NAMES and not info.filename.isascii()
    ]
    try:
        decoded = [names[place].encode("cp437").decode("utf-8") for place in unsaid]
    except UnicodeError:
        return names
    for place, name in zip(unsaid, decoded, strict=True):
        names[place] = name
    return names


def _leads_out(request: ReadRequest, name: str) -> DataError:
    return DataError(
        f"The archive {request.file_name!r} holds {name[:200]!r}, a name that leads out of it; "
        "nothing was unpacked.",
        "Pack the folder again so that all names begin inside of it.",
        where="file",
    )


def _encrypted(request: ReadRequest, path: str) -> DataError:
    return DataError(
        f"{path!r} in {request.file_name!r} is protected by a password.",
        "Pack the files again without a password.",
        where="file",
    )


def _packed_otherwise(request: ReadRequest, path: str, method: int) -> DataError:
    named = _NAMES_OF_METHODS.get(method, f"number {method}")
    return DataError(
        f"{path!r} in {request.file_name!r} is packed by the method {named}, which cannot be read.",
        "Pack the files again by the usual method, Deflate; Windows takes another one for large "
        "archives, 7-Zip where it is asked to.",
        where="file",
    )


def _check_num_entries(request: ReadRequest) -> None:
    """Refuse far too many members by the size of their directory, before it is read."""
    size = request.path.stat().st_size
    with request.path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _MAX_COMMENT))
        tail = file.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END_BYTES:
        return  # no archive, which opening it tells
    num_entries, num_bytes = struct.unpack("<HI", tail[place + 10 : place + 16])
    if num_entries < 0xFFFF and num_bytes < 0xFFFFFFFF:
        at_most = min(size, num_bytes) // _MIN_ENTRY_BYTES
    else:
        at_most = size // _MIN_ENTRY_BYTES
        num_entries = _num_entries_zip64(tail, place) or at_most
    check_num_files(request, min(num_entries, at_most) if num_entries < 0xFFFF else num_entries)


def _num_entries_zip64(tail: bytes, end: int) -> int | None:
    mark = tail.rfind(b"PK\x06\x06", 0, end)
    if mark < 0 or len(tail) - mark < 40:
        return None
    return int(struct.unpack("<Q", tail[mark + 32 : mark + 40])[0])


def check_num_files(request: ReadRequest, num_files: int) -> None:
    """Refuse more files than are allowed.

    Raises:
        DataError: There are too many.
    """
    if num_files > request.settings.max_files:
        raise DataError(
            f"{request.file_name!r} holds {num_files:,} files; at most "
            f"{request.settings.max_files:,} are allowed.",
            "Divide it, or raise DLSTUDIO_MAX_FILES and start the studio again.",
            where="file",
        )


def _check_sizes(request: ReadRequest, infos: Iterable[zipfile.ZipInfo]) -> None:
    """A member never yields more than its declared size, so that the sum of them is a bound."""
    listed = list(infos)
    total = sum(info.file_size for info in listed)
    packed = request.path.stat().st_size
    if reason := reason_too_large(total, packed, request.settings.max_unpacked_bytes):
        largest = max(listed, key=lambda info: info.file_size)
        raise DataError(
            f"{request.file_name!r} unpacks to {total / GIGABYTE:,.1f} GB, {reason}. The largest "
            f"file in it is {largest.filename!r} with {largest.file_size / MEGABYTE:,.1f} MB.",
            "Unpack it yourself and add the folder, if you trust where it comes from.",
            where="file",
        )


def _unreadable(error: Exception) -> UnreadableMember:
    reason = (str(error) or type(error).__name__).splitlines()[0][:120].rstrip(".")
    return UnreadableMember(f"is damaged in the archive ({reason})")


def _link_remark(links: list[str]) -> list[Remark]:
    if not links:
        return []
    noun = "link was" if len(links) == 1 else "links were"
    problem = f"{len(links):,} {noun} left out, the first is {links[0]!r}; links are not followed."
    return [("links-left-out", problem, "Pack the files themselves instead of links to them.")]


def _repeated_remark(repeated: list[str]) -> list[Remark]:
    if not repeated:
        return []
    noun = "name occurs" if len(repeated) == 1 else "names occur"
    problem = (
        f"{len(repeated):,} {noun} more than once in the archive, the first is {repeated[0]!r}; "
        "the last file of each name was taken, as other programs do."
    )
    return [("repeated-names", problem, "Pack the archive again if another file was meant.")]
