"""Which file a dataset version was read from, so that it can be read again with other options."""

import json
from pathlib import Path

from dlstudio.settings import Settings


def remember_source(settings: Settings, fingerprint: str, path: Path) -> None:
    """Note the file that a version was read from.

    Args:
        settings: The workspace.
        fingerprint: The version.
        path: An upload, or a file of the server.
    """
    note = _note(settings, fingerprint)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"path": str(path)}), encoding="utf-8")


def find_source(settings: Settings, fingerprint: str) -> Path | None:
    """Return the file or folder that a version was read from, if known and still there."""
    note = _note(settings, fingerprint)
    if not note.is_file():
        return None
    path = Path(json.loads(note.read_text(encoding="utf-8"))["path"])
    return path if path.exists() else None


def pass_on_source(settings: Settings, fingerprint: str, new_fingerprint: str) -> None:
    """Note that a version was made of another one, and so of the same file, if that is known."""
    path = find_source(settings, fingerprint)
    if path is not None:
        remember_source(settings, new_fingerprint, path)


def _note(settings: Settings, fingerprint: str) -> Path:
    return settings.uploads_folder / "sources" / f"{Path(fingerprint).name}.json"
