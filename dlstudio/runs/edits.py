"""What a person changes about a run, while another may change it in another window."""

from contextlib import suppress
from dataclasses import dataclass

from dlstudio.errors import ConflictError, NotFoundError
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store


@dataclass(frozen=True)
class RunEdit:
    """A run's name, tags and note as they are wanted."""

    name: str
    tags: tuple[str, ...]
    note: str


def change_run(store: Store, seen: RunRecord, wanted: RunEdit) -> None:
    """Change what differs from what was seen; what somebody else changed meanwhile stays.

    Args:
        store: The store.
        seen: The run as it was shown when the changes were made.
        wanted: What is to be.

    Raises:
        NotFoundError: The run was deleted meanwhile.
        ConflictError: Somebody else changed the name or the note, too; nothing is changed then.
        StudioError: The name or a tag cannot be used, or another run has the name.
    """
    now = store.get_run(seen.id)
    name, note = wanted.name.strip(), wanted.note
    _refuse_both("name", seen.name, now.name, name)
    _refuse_both("note", seen.note, now.note, note)
    if name not in (seen.name, now.name):
        store.rename_run(seen.id, name)
    removed, added = set(seen.tags) - set(wanted.tags), set(wanted.tags) - set(seen.tags)
    if removed or added:
        store.set_tags(seen.id, (set(now.tags) - removed) | added)
    if note not in (seen.note, now.note):
        store.set_note(seen.id, note)


def delete_if_there(store: Store, run_id: str) -> None:
    """Delete a run; one that somebody else has deleted already is fine.

    Raises:
        ConflictError: A worker works on it.
    """
    with suppress(NotFoundError):
        store.delete_run(run_id)


def _refuse_both(field: str, seen: str, now: str, wanted: str) -> None:
    if wanted in (seen, now) or now == seen:
        return
    raise ConflictError(
        f"The {field} was changed meanwhile, in another window; it is {now[:300]!r} now.",
        f"Copy your {field}, close this window and open it again to change it.",
        where=field,
    )
