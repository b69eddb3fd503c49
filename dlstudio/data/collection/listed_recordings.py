"""Which tables of a collection are recordings, because another table names them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlstudio.data.collection.manifest import MANIFEST_ENDINGS, chosen_tables
from dlstudio.data.collection.members import Listing, Member, Source, UnreadableMember
from dlstudio.data.collection.recordings import RECORDING_EXTENSIONS, recordings_layout
from dlstudio.data.readers.request import ReadRequest
from dlstudio.spec.dataset import ColumnKind

HEAD_BYTES = 64 * 1024
MOST_HEADS = 2_000
# Tables of a few words may name each other's stems by chance, so may time steps and numbered files.
FEWEST_STEMS = 4
MOST_LISTS_OF_STEMS = 3
_LIST_NAME = re.compile(
    "label|meta|manifest|index|list|annot|target|info|class|split|train|test|val", re.IGNORECASE
)
_BETWEEN_CELLS = re.compile(r"[,;|\t\r\n\"']+")


def may_list_recordings(listing: Listing) -> bool:
    """Whether there is a table that can be a recording, and another that can name it."""
    tables = [member for member in listing.members if member.extension in MANIFEST_ENDINGS]
    return len(tables) > 1 and bool(_tables(listing))


def mark_recordings(
    request: ReadRequest, source: Source, listing: Listing, known_kind: object = None
) -> Listing | None:
    """Tell the recordings of a collection from the tables that list them.

    A table is a list if its beginning names other tables by their file names. Names without their
    ending, as identifiers, count if few tables have them and nothing names those tables.

    Args:
        request: The collection; its options may name the table.
        source: Gives the files.
        listing: What it holds.
        known_kind: What its files are where that is known.

    Returns:
        The listing, all tables that are no list marked as recordings; None if no table can be a
        list.
    """
    if listing.problem is not None or not may_list_recordings(listing):
        return None
    wanted = request.options.member
    if wanted is not None and not chosen_tables(wanted, listing.members):
        return None
    lists = _lists(request, source, listing, known_kind)
    recordings = {member for member in _tables(listing) if member not in lists}
    others = [m for m in listing.members if m.extension in MANIFEST_ENDINGS and m not in recordings]
    if not recordings or not others:
        return None
    members = tuple(
        replace(member, kind=ColumnKind.SEQUENCE) if member in recordings else member
        for member in listing.members
    )
    return replace(listing, members=members)


@dataclass(frozen=True)
class _Head:
    """The beginning of a table.

    Attributes:
        member: The table.
        names: File names of other tables among its cells.
        stems: Their names without the ending.
    """

    member: Member
    names: frozenset[str]
    stems: frozenset[str]


def _tables(listing: Listing) -> list[Member]:
    return [member for member in listing.members if member.extension in RECORDING_EXTENSIONS]


def _lists(
    request: ReadRequest, source: Source, listing: Listing, known_kind: object
) -> set[Member]:
    """The tables that name others, among those that could be recordings themselves."""
    tables = _tables(listing)
    if request.options.member is not None:
        return set(chosen_tables(request.options.member, tables))
    if recordings_layout(listing) is not None:
        return set()
    heads = _heads(source, tables)
    by_name = {head.member for head in heads if head.names}
    if by_name:
        return by_name
    fewest = 1 if known_kind == ColumnKind.SEQUENCE else FEWEST_STEMS
    named = {stem for head in heads for stem in head.stems}
    by_stem = {
        head.member
        for head in heads
        if len(head.stems) >= fewest and _stem(head.member) not in named
    }
    return by_stem if len(by_stem) <= MOST_LISTS_OF_STEMS else set()


def _heads(source: Source, tables: Sequence[Member]) -> list[_Head]:
    """The beginnings of tables, those in higher folders and with the names of lists first."""
    names = {_name(member) for member in tables}
    stems = {_stem(member) for member in tables}
    ordered = sorted(
        tables,
        key=lambda member: (member.path.count("/"), not _LIST_NAME.search(_stem(member))),
    )
    heads: list[_Head] = []
    for member in ordered[:MOST_HEADS]:
        cells = _cells(source, member)
        endings = {cell.replace("\\", "/").rsplit("/", 1)[-1].lower() for cell in cells}
        found = frozenset(endings & names - {_name(member)})
        heads.append(_Head(member, found, frozenset(cells & stems - {_stem(member)})))
    return heads


def _cells(source: Source, member: Member) -> set[str]:
    """About the different cells at the beginning of a table; nothing if it cannot be read."""
    try:
        with source.open(member) as file:
            head = file.read(HEAD_BYTES)
    except UnreadableMember:
        return set()
    text = head.decode("utf-16" if b"\0" in head else "utf-8", "replace")
    return {cell.strip() for cell in _BETWEEN_CELLS.split(text)}


def _name(member: Member) -> str:
    return member.path.rsplit("/", 1)[-1].lower()


def _stem(member: Member) -> str:
    return member.path.rsplit("/", 1)[-1].rpartition(".")[0]
