"""The checkpoint at the end of a training: a full disk is waited for, or all would be lost."""

import time
from collections.abc import Callable
from pathlib import Path

from dlstudio.training.checkpoint import Checkpoint, NoRoomError, write_checkpoint

PATIENCE_S = 600.0
LOOK_S = 2.0


def write_last_checkpoint(
    folder: Path,
    checkpoint: Checkpoint,
    say: Callable[[str], None],
    patience_s: float = PATIENCE_S,
) -> None:
    """Replace a folder's checkpoint, as soon as the disk has room for it.

    Args:
        folder: Where it is kept.
        checkpoint: What to keep.
        say: Is told once that there is no room.
        patience_s: How long to wait for it.

    Raises:
        NoRoomError: The disk stayed full.
        TrainingError: The folder cannot be written.
    """
    give_up_at = time.monotonic() + patience_s
    is_said = False
    while True:
        try:
            write_checkpoint(folder, checkpoint)
            return
        except NoRoomError:
            if time.monotonic() >= give_up_at:
                raise
        if not is_said:
            say(
                "The disk is full. Training is over and waits up to "
                f"{patience_s / 60:g} minutes for room to keep what it learned: free some space."
            )
            is_said = True
        time.sleep(min(LOOK_S, patience_s))
