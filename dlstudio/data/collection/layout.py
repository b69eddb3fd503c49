"""What the folders of a collection say about its files: split, class and group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.members import Listing, Member
from dlstudio.spec.dataset import ColumnKind

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A file and what the folders above it say.

    Attributes:
        member: The file.
        label: Its class folder; None if it lies in none.
        group: The folders between class and file; None if there are none.
        split: "train", "validation" or "test"; None if it lies in no such folder.
    """

    member: Member
    label: str | None = None
    group: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class ClassFolders:
    """Files in folders that name their classes.

    Attributes:
        kind: What the files are.
        files: Those of that kind.
        others: Those of no kind, or of another.
        empty_classes: Class folders without a file of that kind.
    """

    kind: ColumnKind
    files: tuple[Placed, ...]
    others: tuple[Member, ...]
    empty_classes: tuple[str, ...]

    @property
    def num_classes(self) -> int:
        """How many different classes there are."""
        return len({placed.label for placed in self.files} - {None})


def read_layout(listing: Listing, chosen: ColumnKind | None = None) -> ClassFolders | None:
    """Tell what a collection without a manifest holds.

    Args:
        listing: Its files and folders.
        chosen: The kind of files that are wanted; the most frequent one by default.

    Returns:
        The files of that kind and their places; None if there are none.
    """
    kinds = [kind_of(member) for member in listing.members]
    counts = Counter(kind for kind in kinds if kind is not None and chosen in (None, kind))
    if not counts:
        return None
    kind = main_kind(counts)
    members = [member for member, its in zip(listing.members, kinds, strict=True) if its is kind]
    return place_files(listing, members, kind)


def place_files(listing: Listing, members: Sequence[Member], kind: ColumnKind) -> ClassFolders:
    """Tell what the folders above some files say.

    Args:
        listing: The collection.
        members: Files of it, at least one.
        kind: What they are.
    """
    chosen = set(members)
    others = [member for member in listing.members if member not in chosen]
    depth = _num_common_folders(members, listing)
    has_splits = _has_splits(members, depth)
    files = tuple(_place(_below(member, depth), has_splits) for member in members)
    empty = _empty_classes(listing.folders, files, depth, has_splits)
    return ClassFolders(kind, files, tuple(others), empty)


def main_kind(counts: Counter[ColumnKind]) -> ColumnKind:
    """The kind that a collection is about: media before texts, which often only describe them."""
    media = {kind: count for kind, count in counts.items() if kind in MEDIA_KINDS}
    return max(media or counts, key=lambda kind: counts[kind])


MEDIA_KINDS = (ColumnKind.IMAGE, ColumnKind.AUDIO, ColumnKind.VIDEO)


def _num_common_folders(members: Sequence[Member], listing: Listing) -> int:
    """How many folders above the classes hold all files, as when a whole folder was packed.

    A single folder names no class, since there is no other one: unless folders beside it are empty.
    """
    folders = {tuple(member.path.split("/")[:-1]) for member in members}
    shortest = min(len(folder) for folder in folders)
    first = next(iter(folders))
    depth = 0
    while depth < shortest and all(folder[depth] == first[depth] for folder in folders):
        depth += 1
    is_class = len(folders) == 1 and depth > 0 and _has_empty_sibling(first, listing)
    return depth - is_class


def _has_empty_sibling(folder: tuple[str, ...], listing: Listing) -> bool:
    """Whether folders without any file, which may be classes, lie beside one."""
    *above, own = folder
    filled = {tuple(member.path.split("/")[: len(folder)]) for member in listing.members}
    paths = (name.split("/") for name in listing.folders)
    empty = {last for *rest, last in paths if rest == above and (*rest, last) not in filled}
    return own.lower() not in SPLIT_NAMES and bool(empty)


def _has_splits(members: Sequence[Member], depth: int) -> bool:
    """Whether the folders below the common ones are train and others like it."""
    folders = {
        parts[depth].lower()
        for parts in (member.path.split("/")[:-1] for member in members)
        if len(parts) > depth
    }
    names = {SPLIT_NAMES.get(folder) for folder in folders}
    return None not in names and "train" in names and len(names) > 1


def _below(member: Member, depth: int) -> Member:
    """Name a member from below the folders that hold all."""
    return replace(member, path=member.path.split("/", depth)[-1])


def _place(member: Member, has_splits: bool) -> Placed:
    folders = member.path.split("/")[:-1]
    split = None
    if has_splits and folders:
        split, folders = SPLIT_NAMES[folders[0].lower()], folders[1:]
    label = folders[0] if folders else None
    return Placed(member, label, "/".join(folders[1:]) or None, split)


def _empty_classes(
    folders: Sequence[str], files: Sequence[Placed], depth: int, has_splits: bool
) -> tuple[str, ...]:
    labels = {placed.label for placed in files}
    first = depth + has_splits
    named = {parts[first] for parts in (folder.split("/") for folder in folders) if parts[first:]}
    return tuple(sorted(named - labels)) if labels - {None} else ()
