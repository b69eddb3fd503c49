"""Members of a collection become files of a dataset: copied, hashed and decoded by threads."""

import hashlib
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlstudio.data.collection.members import Member, Source, UnreadableMember
from dlstudio.data.collection.stored_names import FILES_FOLDER, StoredNames
from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.table import MEDIA
from dlstudio.data.unpack import MIN_FREE_BYTES
from dlstudio.errors import DataError
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import ColumnKind

CHUNK_BYTES = MEGABYTE
# A thread takes several files at once, because handing over one costs as much as reading it.
FILES_A_TASK = 32
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What became of a member.

    Attributes:
        path: Its place in the dataset's folder.
        digest: Of its content.
        probe: What the decoder found; None if it could not be read.
        reason: Why not, as the rest of a sentence; empty if it could.
        own_fix: What helps with this file, if anything but another file does.
    """

    path: str
    digest: bytes
    probe: Any
    reason: str = ""
    own_fix: str | None = None


def store_files(
    source: Source,
    members: Sequence[Member],
    kind: ColumnKind,
    folder: Path,
    report: Callable[[int], None],
) -> Iterator[StoredFile]:
    """Copy members into `files/` of a folder and check each with the decoder of its kind.

    Args:
        source: Gives the members.
        members: Which ones, in the wanted order.
        kind: The kind of all of them.
        folder: The build folder of the dataset.
        report: Is told how many are done.

    Yields:
        One result a member, in order. Of a member that cannot be read no file remains.

    Raises:
        DataError: The disk has too little space.
    """
    _check_space(folder, sum(member.size_bytes for member in members))
    names = StoredNames(folder / FILES_FOLDER)
    store = _Store(source, kind, folder)
    num_done = 0
    with ThreadPoolExecutor(num_threads()) as threads:
        waiting: deque[Future[list[StoredFile]]] = deque()
        try:
            for first in range(0, len(members), FILES_A_TASK):
                chosen = members[first : first + FILES_A_TASK]
                task = [(member, names.take(member.path)) for member in chosen]
                waiting.append(threads.submit(store.store_all, task))
                if len(waiting) > 2 * num_threads():
                    yield from (done := waiting.popleft().result())
                    report(num_done := num_done + len(done))
            while waiting:
                yield from (done := waiting.popleft().result())
                report(num_done := num_done + len(done))
        finally:
            threads.shutdown(cancel_futures=True)


def num_threads() -> int:
    """Threads that read files; Pillow and zlib let others work while they do."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))


@dataclass(frozen=True)
class _Store:
    source: Source
    kind: ColumnKind
    folder: Path

    def store_all(self, task: list[tuple[Member, str]]) -> list[StoredFile]:
        return [self._store(member, path) for member, path in task]

    def _store(self, member: Member, path: str) -> StoredFile:
        target = self.folder / path
        try:
            digest = copy_member(self.source, member, target)
            return StoredFile(path, digest, MEDIA[self.kind].probe(target))
        except (UnreadableMedia, UnreadableMember) as error:
            target.unlink(missing_ok=True)
            reason = error.reason if isinstance(error, UnreadableMedia) else str(error)
            return StoredFile(path, b"", None, reason, error.own_fix)


def copy_member(source: Source, member: Member, target: Path) -> bytes:
    """Copy one member and hash it on the way.

    Args:
        source: Gives the member.
        member: Which one.
        target: The new file.

    Returns:
        The digest of its content.

    Raises:
        UnreadableMember: The source cannot give it.
    """
    content = hashlib.blake2b(digest_size=DIGEST_BYTES)
    with source.open(member) as incoming, target.open("wb") as file:
        while chunk := incoming.read(CHUNK_BYTES):
            content.update(chunk)
            file.write(chunk)
    return content.digest()


def _check_space(folder: Path, num_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if num_bytes + MIN_FREE_BYTES > free:
        raise DataError(
            f"The files take {num_bytes / MEGABYTE:,.0f} MB, but the disk that holds "
            f"{str(folder.parent)!r} has {free / MEGABYTE:,.0f} MB left; nothing was changed.",
            "Free some space, or set DLSTUDIO_HOME to a folder on another disk.",
            where="disk",
        )
