"""The checkpoint at the end of a training: a full disk is waited for, or all would be lost."""

import time
from collections.abc import Callable
from pathlib import Path

from dlstudio.reports.progress import ROOM_PATIENCE_S, DiskRoom, Progress
from dlstudio.training.checkpoint import Checkpoint, NoRoomError, write_checkpoint
from dlstudio.training.watcher import Watcher

LOOK_S = 2.0
ASK_S = 0.2


def write_last_checkpoint(
    folder: Path,
    checkpoint: Checkpoint,
    watcher: Watcher,
    progress: Progress,
    patience_s: float = ROOM_PATIENCE_S,
) -> bool:
    """Replace a folder's checkpoint, as soon as the disk has room for it.

    Args:
        folder: Where it is kept.
        checkpoint: What to keep.
        watcher: Is told once that there is no room, and asked whether to go on waiting.
        progress: Where training ended; told again with what became of the room.
        patience_s: How long to wait for it.

    Returns:
        Whether it was written; it was not if there is no room and the watcher asks to stop.

    Raises:
        NoRoomError: The disk stayed full; the watcher was told that the wait is over.
        TrainingError: The folder cannot be written.
    """
    try:
        write_checkpoint(folder, checkpoint)
        return True
    except NoRoomError:
        if watcher.should_stop():
            return False
    watcher.on_log(
        f"The disk that holds {folder} is full. Training is over and waits up to "
        f"{patience_s / 60:g} minutes for room to keep what it learned: free some space, or stop "
        "the run to end it without."
    )
    watcher.on_progress(progress.model_copy(update={"room": DiskRoom.AWAITED, "eta_s": None}))
    give_up_at = time.monotonic() + patience_s
    while _goes_on(watcher.should_stop, min(LOOK_S, patience_s)):
        try:
            write_checkpoint(folder, checkpoint)
            watcher.on_progress(progress.model_copy(update={"room": DiskRoom.ENOUGH}))
            return True
        except NoRoomError:
            if time.monotonic() >= give_up_at:
                watcher.on_progress(progress.model_copy(update={"room": DiskRoom.GIVEN_UP}))
                raise
    return False


def _goes_on(should_stop: Callable[[], bool], for_s: float) -> bool:
    """Wait, but only until someone asks to stop; whether nobody has."""
    until = time.monotonic() + for_s
    while not should_stop():
        left_s = until - time.monotonic()
        if left_s <= 0:
            return True
        time.sleep(min(ASK_S, left_s))
    return False
