"""Which kind of column a file belongs to, by the ending of its name."""

from dlstudio.data.collection.members import Member
from dlstudio.data.media.table import MEDIA
from dlstudio.spec.dataset import ColumnKind

TEXT_EXTENSIONS = frozenset({".txt", ".text", ".md"})
# GIF files are images here unless they were found to be videos.
_KINDS = {
    extension: kind for kind in reversed(MEDIA) for extension in sorted(MEDIA[kind].extensions)
} | dict.fromkeys(sorted(TEXT_EXTENSIONS), ColumnKind.TEXT)
# Files that describe a collection and are no part of it.
_ABOUT = frozenset({"readme", "license", "licence", "copying", "changelog", "authors", "notice"})


def kind_of(member: Member) -> ColumnKind | None:
    """Tell what a file is by its name; its content is checked later.

    Args:
        member: The file.

    Returns:
        An image, a sound, a video, a text or a sequence; None for anything else.
    """
    kind = member.kind or _KINDS.get(member.extension)
    if kind is ColumnKind.TEXT and _is_about(member):
        return None
    return kind


def _is_about(member: Member) -> bool:
    name = member.path.rsplit("/", 1)[-1].lower()
    return name.split(".")[0] in _ABOUT
