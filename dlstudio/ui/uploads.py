"""Files on their way in: streamed to disk piece by piece, kept a week, found again by their id."""

import re
import secrets
import shutil
import time
from collections.abc import AsyncIterable
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from anyio import to_thread

from dlstudio.errors import DataError, NotFoundError
from dlstudio.settings import Settings
from dlstudio.ui.formats import size

KEEP_S = 7 * 86_400
ROOM = "Free some space, or set DLSTUDIO_HOME to a folder on a larger disk."
_PIECE_BYTES = 4 * 1024**2
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w.() +-]|\.\.+")


@dataclass(frozen=True)
class Upload:
    """A file that has arrived whole; `id` is unguessable, `path` lies in the uploads folder."""

    id: str
    path: Path
    size_bytes: int


def check_room(settings: Settings, name: str, num_bytes: int) -> None:
    """Check that a file fits before it comes: runs that train write to the same disk.

    Args:
        settings: Where the file would go.
        name: The name the sender gave.
        num_bytes: How large the sender says it is; 0 if it does not say.

    Raises:
        DataError: The disk has no room for it.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(settings.home).free
    if free_bytes < num_bytes:
        raise DataError(
            f"{name!r} has {size(num_bytes)}; the disk of {settings.home} has {size(free_bytes)} "
            "of room.",
            ROOM,
            where=name,
        )


async def receive_upload(pieces: AsyncIterable[bytes], name: str, settings: Settings) -> Upload:
    """Write a stream to disk; nothing is left behind unless the whole stream came.

    Args:
        pieces: The content, in pieces of any size.
        name: The name the sender gave; only harmless characters of it are kept.
        settings: Where the file goes and how large it may be.

    Raises:
        DataError: The file is empty or too large, or the disk is full.
    """
    upload_id = secrets.token_hex(16)
    folder = settings.uploads_folder / upload_id
    arriving = settings.uploads_folder / f"{upload_id}.part"
    try:
        await to_thread.run_sync(lambda: settings.uploads_folder.mkdir(parents=True, exist_ok=True))
        num_bytes = await _write_pieces(pieces, arriving, settings.max_upload_bytes)
        path = folder / safe_file_name(name)
        await to_thread.run_sync(_move_in, arriving, path)
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise DataError(
                f"The disk of {settings.home} is full; {name!r} could not be kept.",
                ROOM,
                where=name,
            ) from error
        raise
    finally:
        arriving.unlink(missing_ok=True)
    return Upload(upload_id, path, num_bytes)


def find_upload(settings: Settings, upload_id: str) -> Upload:
    """Return an upload that has arrived.

    Raises:
        NotFoundError: There is no such upload, or it is older than a week.
    """
    folder = settings.uploads_folder / upload_id
    files = sorted(folder.iterdir()) if _ID.fullmatch(upload_id) and folder.is_dir() else []
    if not files:
        raise NotFoundError(
            "The uploaded file is not there any more.", "Upload it again.", where="upload"
        )
    return Upload(upload_id, files[0], files[0].stat().st_size)


def remove_upload(settings: Settings, upload_id: str) -> None:
    """Delete an upload; deleting one that is gone is fine."""
    if _ID.fullmatch(upload_id):
        shutil.rmtree(settings.uploads_folder / upload_id, ignore_errors=True)


def upload_of(settings: Settings, path: Path) -> str | None:
    """The id of the upload that a path lies in; None for a file from elsewhere."""
    upload_id = path.parent.name
    is_inside = path.parent.parent == settings.uploads_folder and _ID.fullmatch(upload_id)
    return upload_id if is_inside else None


def remove_old_uploads(settings: Settings) -> None:
    """Delete what a killed server left half-written and what has been kept for a week."""
    if not settings.uploads_folder.is_dir():
        return
    for entry in settings.uploads_folder.iterdir():
        if entry.suffix == ".part":
            entry.unlink(missing_ok=True)
        elif _ID.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > KEEP_S:
            shutil.rmtree(entry, ignore_errors=True)


def safe_file_name(name: str) -> str:
    """Keep the harmless part of a file name that came from outside; never empty, never a path."""
    last = re.split(r"[\\/]", name)[-1]
    clean = _UNSAFE.sub("_", last.strip(" .")).strip()[-120:]
    return clean or "upload"


async def _write_pieces(pieces: AsyncIterable[bytes], path: Path, limit_bytes: int) -> int:
    num_bytes = 0
    with path.open("wb") as file:
        waiting = bytearray()
        async for piece in pieces:
            num_bytes += len(piece)
            if num_bytes > limit_bytes:
                raise too_large(limit_bytes)
            waiting += piece
            if len(waiting) >= _PIECE_BYTES:
                await to_thread.run_sync(file.write, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(file.write, bytes(waiting))
    if not num_bytes:
        raise DataError(
            "The file is empty (0 bytes).", "Choose a file that has rows.", where="upload"
        )
    return num_bytes


def too_large(limit_bytes: int) -> DataError:
    """Make the error for a file above the limit."""
    return DataError(
        f"The file is larger than the {size(limit_bytes)} that this studio accepts.",
        "Set DLSTUDIO_MAX_UPLOAD_MB higher, or give the path of the file on the server instead.",
        where="upload",
    )


def _move_in(arriving: Path, path: Path) -> None:
    path.parent.mkdir()
    arriving.rename(path)
