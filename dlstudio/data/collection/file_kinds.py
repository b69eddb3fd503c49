"""Which kind of column a file belongs to, by the ending of its name."""

from dlstudio.data.collection.members import Member
from dlstudio.data.media.table import MEDIA
from dlstudio.spec.dataset import ColumnKind

TEXT_EXTENSIONS = frozenset({".txt", ".text", ".md"})
_KINDS = {
    extension: kind for kind, media in MEDIA.items() for extension in sorted(media.extensions)
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
    kind = _KINDS.get(member.extension)
    if kind is ColumnKind.TEXT and _is_about(member):
        return None
    return kind


def _is_about(member: Member) -> bool:
    name = member.path.rsplit("/", 1)[-1].lower()
    return name.split(".")[0] in _ABOUT
