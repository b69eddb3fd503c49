"""GIF files, which are images or short videos."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from dlstudio.data.collection.file_kinds import kind_of
from dlstudio.data.collection.members import Listing, Member, Source, UnreadableMember
from dlstudio.data.media.images import is_animation
from dlstudio.settings import MEGABYTE
from dlstudio.spec.dataset import ColumnKind

ENDING = ".gif"
# Drawn from all, since those of a class or a day stand together; all of a small collection.
MOST_LOOKED_AT = 200
FEWEST_LOOKED_AT = 5
MOST_BYTES = 64 * MEGABYTE


def settle_animations(source: Source, file_kind: object = None) -> Listing:
    """Tell whether the GIF files of a collection are images or videos.

    They are what was chosen; else what most of the other files are; by themselves they are videos
    if most of those that are looked at move. What is then read of some of them only in part is told
    with the dataset, once all were checked.

    Args:
        source: The collection.
        file_kind: The chosen kind of files; anything but an image or a video leaves it open.

    Returns:
        What it holds, its GIF files marked as videos if they are.
    """
    listing = source.listing
    animations = [member for member in listing.members if member.extension == ENDING]
    if not animations or not _are_videos(source, animations, file_kind):
        return listing
    members = tuple(
        replace(member, kind=ColumnKind.VIDEO) if member.extension == ENDING else member
        for member in listing.members
    )
    return replace(listing, members=members)


def _are_videos(source: Source, animations: list[Member], file_kind: object) -> bool:
    if file_kind in (ColumnKind.IMAGE, ColumnKind.VIDEO):
        return file_kind == ColumnKind.VIDEO
    others = Counter(
        kind_of(member) for member in source.listing.members if member.extension != ENDING
    )
    num_videos, num_images = others[ColumnKind.VIDEO], others[ColumnKind.IMAGE]
    if num_videos or num_images:
        return num_videos > num_images
    moves = [_moves(source, member) for member in _some(animations)]
    return 2 * sum(moves) > len(moves)


def _some(animations: list[Member]) -> Iterator[Member]:
    """Files from all over the collection, always the same ones, until enough was read."""
    drawn = random.Random(0).sample(animations, min(MOST_LOOKED_AT, len(animations)))
    num_bytes = 0
    for number, member in enumerate(drawn):
        num_bytes += member.size_bytes
        if number >= FEWEST_LOOKED_AT and num_bytes > MOST_BYTES:
            return
        yield member


def _moves(source: Source, member: Member) -> bool:
    try:
        with source.open(member) as file:
            return is_animation(BytesIO(file.read()))
    except UnreadableMember:
        return False
