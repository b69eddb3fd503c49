"""Drafts of specs: one file each, named by an id in the address, so that no edit is ever lost."""

import secrets
import time
from pathlib import Path

from pydantic import ValidationError

from dlstudio.errors import NotFoundError
from dlstudio.runs.folders import write_text_atomically
from dlstudio.settings import Settings
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.run import RunSpec

MOST_STEPS_BACK = 30


class Draft(Frozen):
    """A spec that someone is working on.

    Attributes:
        id: Short, opaque and impossible to guess; part of the page's address.
        spec: The spec as it is now; its fields are valid, its dataset may disagree.
        text: YAML that was typed but not applied yet; None if there is none.
        earlier: What the spec was before, latest last, for undoing.
        updated_at: When it was last changed, in seconds since 1970-01-01 UTC.
    """

    id: str
    spec: RunSpec
    text: str | None = None
    earlier: tuple[RunSpec, ...] = ()
    updated_at: float = 0.0

    def with_spec(self, spec: RunSpec) -> "Draft":
        """The draft after an edit; the spec before it can be brought back."""
        earlier = (*self.earlier, self.spec)[-MOST_STEPS_BACK:]
        return self.model_copy(update={"spec": spec, "earlier": earlier, "text": None})

    def undone(self) -> "Draft":
        """The draft before its last edit; itself if there was none."""
        if not self.earlier:
            return self
        update = {"spec": self.earlier[-1], "earlier": self.earlier[:-1], "text": None}
        return self.model_copy(update=update)


def new_draft(settings: Settings, spec: RunSpec) -> Draft:
    """Begin a draft and write it.

    Args:
        settings: Where drafts live.
        spec: What it begins with.
    """
    return write_draft(settings, Draft(id=new_draft_id(), spec=spec))


def new_draft_id() -> str:
    """Make an id that no draft has."""
    return secrets.token_hex(6)


def write_draft(settings: Settings, draft: Draft) -> Draft:
    """Write a draft, whole or not at all, and return it with the time of writing."""
    path = _path(settings, draft.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = draft.model_copy(update={"updated_at": time.time()})
    write_text_atomically(path, written.model_dump_json())
    return written


def read_draft(settings: Settings, draft_id: str) -> Draft:
    """Read a draft.

    Args:
        settings: Where drafts live.
        draft_id: The draft's id, as it stands in the address.

    Raises:
        NotFoundError: There is no such draft, or this version of the studio cannot read it.
    """
    try:
        if not draft_id.isalnum():
            raise FileNotFoundError(draft_id)
        text = _path(settings, draft_id).read_text(encoding="utf-8")
        return Draft.model_validate_json(text)
    except (FileNotFoundError, ValidationError) as error:
        raise NotFoundError(
            f"There is no draft {draft_id!r} that can be opened.",
            "Choose another draft, or begin a new one from a dataset.",
            where="draft",
        ) from error


def list_drafts(settings: Settings, limit: int = 12) -> list[Draft]:
    """Read the drafts that were changed last, latest first.

    Args:
        settings: Where drafts live.
        limit: The most drafts to read.
    """
    paths = sorted(_folder(settings).glob("*.json"), key=_modified_at, reverse=True)
    drafts = []
    for path in paths:
        try:
            drafts.append(read_draft(settings, path.stem))
        except NotFoundError:
            continue
        if len(drafts) == limit:
            break
    return drafts


def remove_draft(settings: Settings, draft_id: str) -> None:
    """Delete a draft; nothing happens if it is gone already."""
    if draft_id.isalnum():
        _path(settings, draft_id).unlink(missing_ok=True)


def reuse_or_begin(settings: Settings, spec: RunSpec) -> Draft:
    """Return a recent draft that nobody has changed since it began with this spec, else a new one.

    Opening the same address again then does not leave a heap of equal drafts behind.
    """
    for draft in list_drafts(settings):
        if draft.spec == spec and not draft.earlier and draft.text is None:
            return draft
    return new_draft(settings, spec)


def _folder(settings: Settings) -> Path:
    return settings.home / "drafts"


def _path(settings: Settings, draft_id: str) -> Path:
    return _folder(settings) / f"{draft_id}.json"


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # removed in another tab
        return 0.0
