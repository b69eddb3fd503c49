"""A folder of the server as a collection; links in it are not followed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dlstudio.data.collection.members import (
    Listing,
    Member,
    Remark,
    UnreadableMember,
    is_junk,
    tidy_path,
)
from dlstudio.data.collection.zip_source import check_num_files
from dlstudio.data.readers.request import ReadRequest
from dlstudio.errors import DataError
from dlstudio.settings import GIGABYTE


class FolderSource:
    """The files below a folder."""

    def __init__(self, paths: list[str], listing: Listing) -> None:
        """Keep the system's names of the files and what the folder holds."""
        self._paths = paths
        self._listing = listing

    @property
    def listing(self) -> Listing:
        """What the folder holds."""
        return self._listing

    def open(self, member: Member) -> BinaryIO:
        """Open a file; never through a link that took its place meanwhile.

        Raises:
            UnreadableMember: The file may not be read, or is gone.
        """
        path = self._paths[member.place]
        try:
            return os.fdopen(os.open(path, os.O_RDONLY | _NO_LINKS | _BINARY), "rb")
        except PermissionError as error:
            raise UnreadableMember("may not be read") from error
        except OSError as error:
            raise UnreadableMember(f"cannot be opened ({error.strerror})") from error


_NO_LINKS: int = getattr(os, "O_NOFOLLOW", 0)  # not on Windows
_BINARY: int = getattr(os, "O_BINARY", 0)  # on Windows only


@contextmanager
def open_folder(request: ReadRequest) -> Iterator[FolderSource]:
    """List a folder of the server.

    Args:
        request: The folder and the limits.

    Raises:
        DataError: The folder may not be read, or holds more files or bytes than are allowed.
    """
    walk = _Walk(request)
    walk.enter(request.path)
    order = sorted(range(len(walk.members)), key=lambda place: walk.members[place].path)
    listing = Listing(
        tuple(walk.members[place] for place in order), tuple(walk.folders), tuple(_remarks(walk))
    )
    yield FolderSource(walk.paths, listing)


class _Walk:
    """Gathers the files below a folder."""

    def __init__(self, request: ReadRequest) -> None:
        self._request = request
        self.paths: list[str] = []
        self.members: list[Member] = []
        self.folders: list[str] = []
        self.links: list[str] = []
        self.closed: list[str] = []
        self._num_bytes = 0

    def enter(self, folder: Path) -> None:
        """Gather what is in a folder and below."""
        waiting = [(str(folder), "")]
        while waiting:
            name, path = waiting.pop()
            try:
                with os.scandir(name) as entries:
                    for entry in entries:
                        below = self._take(entry, path)
                        if below is not None:
                            waiting.append((entry.path, below))
            except PermissionError as error:
                if not path:
                    raise self._closed() from error
                self.closed.append(path)

    def _take(self, entry: os.DirEntry[str], parent: str) -> str | None:
        """Note a file; return the path of a folder that is to be entered."""
        shown = entry.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        path = tidy_path(f"{parent}/{shown}" if parent else shown)
        if path is None or is_junk(path):
            return None
        if entry.is_symlink():
            self.links.append(path)
        elif entry.is_dir():
            self.folders.append(path)
            return path
        elif entry.is_file():
            size = entry.stat().st_size
            self._num_bytes += size
            self.members.append(Member(path, size, len(self.paths)))
            self.paths.append(entry.path)
            self._check_limits()
        return None

    def _check_limits(self) -> None:
        check_num_files(self._request, len(self.paths))
        limit = self._request.settings.max_unpacked_bytes
        if self._num_bytes > limit:
            raise DataError(
                f"{self._request.file_name!r} holds more than the {limit / GIGABYTE:,.0f} GB that "
                "are allowed.",
                "Divide it, or raise DLSTUDIO_MAX_UNPACKED_MB and start the studio again.",
                where="file",
            )

    def _closed(self) -> DataError:
        return DataError(
            f"The folder {str(self._request.path)!r} may not be read.",
            "Change the permissions of the folder.",
            where="file",
        )


def _remarks(walk: _Walk) -> Iterator[Remark]:
    if walk.links:
        noun = "link was" if len(walk.links) == 1 else "links were"
        yield (
            "links-left-out",
            f"{len(walk.links):,} {noun} left out, the first is {walk.links[0]!r}; links are not "
            "followed.",
            "Copy the files themselves into the folder.",
        )
    if walk.closed:
        yield (
            "closed-folders",
            f"{len(walk.closed):,} folders may not be read and were left out, the first is "
            f"{walk.closed[0]!r}.",
            "Change their permissions and add the folder again.",
        )
