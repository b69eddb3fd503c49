"""The files that the cells of a manifest name, however their paths are written."""

from collections import defaultdict
from collections.abc import Sequence

from dlstudio.data.collection.members import Member


class FileFinder:
    """Finds members by the texts of cells; a text is looked up and never used as a path."""

    def __init__(self, members: Sequence[Member], folder: str) -> None:
        """Index the members.

        Args:
            members: The files of the collection.
            folder: Where the manifest lies, to which its paths are relative; "" for the top.
        """
        self._by_path = {member.path: member for member in members}
        self._by_name: dict[str, list[Member]] = defaultdict(list)
        self._by_stem: dict[str, list[Member]] = defaultdict(list)
        self._folder = f"{folder}/" if folder else ""
        for member in members:
            name = member.path.rsplit("/", 1)[-1]
            self._by_name[name.lower()].append(member)
            self._by_stem[name.rpartition(".")[0]].append(member)

    def find(self, text: str) -> Member | None:
        """Find a file by its path: relative to the manifest, to the top, or by how it ends.

        Args:
            text: Such as "img/1.png" or "/data/photos/img/1.png".
        """
        parts = [part for part in text.strip().replace("\\", "/").split("/") if part not in _DOTS]
        path = "/".join(parts)
        found = self._by_path.get(self._folder + path) or self._by_path.get(path)
        if found is not None or not parts:
            return found
        candidates = self._by_name.get(parts[-1].lower(), ())
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        scores = [_num_common_at_end(parts, member.path.split("/")) for member in candidates]
        is_clear = scores.count(max(scores)) == 1
        return candidates[scores.index(max(scores))] if is_clear else None

    def find_by_stem(self, text: str) -> Member | None:
        """Find a file by its name without the ending, as an identifier; None if it is not one."""
        candidates = self._by_stem.get(text.strip(), ())
        return candidates[0] if len(candidates) == 1 else None


_DOTS = ("", ".", "..")


def _num_common_at_end(parts: Sequence[str], others: Sequence[str]) -> int:
    count = 0
    for part, other in zip(reversed(parts), reversed(others), strict=False):
        if part.lower() != other.lower():
            break
        count += 1
    return count
