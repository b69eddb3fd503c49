"""Names under which the members of a collection lie in a dataset's folder."""

import hashlib
import os
from pathlib import Path

FILES_FOLDER = "files"
MAX_PART_BYTES = 120
MAX_PARTS = 20
_UNSAFE = frozenset('<>:"|?*\\/')
# Windows takes these for devices, whatever their ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


class StoredNames:
    """Gives each member a path of its own that any file system takes, also one blind to case."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self._folder = folder
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()

    def take(self, path: str) -> str:
        """Choose the path of a member, and make the folder that it lies in.

        Args:
            path: The member's path in its collection.

        Returns:
            A path relative to the dataset's folder.
        """
        folder, _, name = f"/{stored_path(path)}".rpartition("/")
        place = f"{self._made_folder(folder[1:])}{name}"
        if place.casefold() in self._taken:
            stem, ending = os.path.splitext(place)
            place = f"{stem}-{_short_hash(path)}{ending}"
        self._taken.add(place.casefold())
        return f"{FILES_FOLDER}/{place}"

    def _made_folder(self, folder: str) -> str:
        """Make a folder once; return its path with "/", in which it may be named otherwise."""
        if folder in self._made:
            return self._made[folder]
        parent, _, name = f"/{folder}".rpartition("/")
        place = f"{self._made_folder(parent[1:])}{name}" if folder else ""
        if place.casefold() in self._taken:  # a file has that name
            place = f"{place}-{_short_hash(folder)}"
        (self._folder / place).mkdir(parents=True, exist_ok=True)
        self._taken.add(place.casefold())
        self._made[folder] = f"{place}/" if place else ""
        return self._made[folder]


def stored_path(path: str) -> str:
    """Replace what some file system does not take in names.

    Args:
        path: A path within a collection.
    """
    parts = path.split("/")
    if len(parts) > MAX_PARTS:
        parts = [*parts[: MAX_PARTS - 2], _short_hash("/".join(parts[:-1])), parts[-1]]
    return "/".join(_safe_part(part) for part in parts)


def _safe_part(part: str) -> str:
    clean = "".join("_" if _is_unsafe(letter) else letter for letter in part).rstrip(". ") or "_"
    if clean.split(".")[0].lower() in _DEVICES:
        clean = f"_{clean}"
    raw = clean.encode("utf-8", "replace")
    if len(raw) <= MAX_PART_BYTES:
        return clean
    ending = os.path.splitext(clean)[1][:10]
    kept = raw[: MAX_PART_BYTES - 50].decode("utf-8", "ignore")
    return f"{kept}-{_short_hash(part)}{ending}"


def _is_unsafe(letter: str) -> bool:
    return letter in _UNSAFE or not letter.isprintable()


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()
