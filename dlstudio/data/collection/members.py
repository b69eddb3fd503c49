"""The files of a folder or an archive, by names that are safe to use."""

import unicodedata
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind

# What operating systems and programs put beside people's files.
_JUNK_FOLDERS = frozenset({"__macosx", "__pycache__", "$recycle.bin"})
_JUNK_FILES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
Remark = tuple[str, str, str]  # code, problem and fix of a warning


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a collection.

    Attributes:
        path: Its place in the collection, parts joined by "/"; never absolute, never with "..".
        size_bytes: Its size, unpacked.
        place: Where its source keeps it.
        kind: What it is, where its ending does not tell.
    """

    path: str
    size_bytes: int
    place: int
    kind: ColumnKind | None = None

    @property
    def extension(self) -> str:
        """The ending of its name in lower case with the dot; "" if it has none."""
        name = self.path.rsplit("/", 1)[-1]
        dot = name.rfind(".")
        return name[dot:].lower() if dot > 0 else ""


@dataclass(frozen=True)
class Listing:
    """What a collection holds.

    Attributes:
        members: Its files in the order of their paths, without those that systems put there.
        folders: The paths of its folders, as far as the source names them.
        remarks: What was left out, to be told.
        problem: Why nothing of it may be unpacked; None if it may.
    """

    members: tuple[Member, ...]
    folders: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()
    problem: DataError | None = None


class Source(Protocol):
    """Where the members of a collection are read from; `open` may be called by several threads."""

    @property
    def listing(self) -> Listing:
        """What it holds."""
        ...

    def open(self, member: Member) -> BinaryIO:
        """Open a member for reading."""
        ...


class UnreadableMember(Exception):
    """A member that its source cannot give; the text says why, as the rest of a sentence.

    Attributes:
        own_fix: What helps with this member, as a sentence; None if only another file does.
    """

    def __init__(self, reason: str, own_fix: str | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.own_fix = own_fix


def tidy_path(name: str) -> str | None:
    """Turn a name from outside into a path within the collection.

    Args:
        name: As the archive or the system has it.

    Returns:
        The path; None if the name leads out of the collection.
    """
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    is_absolute = plain.startswith("/") or (bool(parts) and parts[0][1:2] == ":")
    if is_absolute or ".." in parts:
        return None
    return unicodedata.normalize("NFC", "/".join(parts))


def is_junk(path: str) -> bool:
    """Whether a path is hidden, or was put there by a system and not by a person."""
    parts = path.lower().split("/")
    is_hidden = any(part.startswith(".") for part in parts)
    return is_hidden or not _JUNK_FOLDERS.isdisjoint(parts) or parts[-1] in _JUNK_FILES
