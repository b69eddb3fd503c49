"""What a full disk means for a run that goes on, in words for pages and the command line."""

from pathlib import Path

from dlstudio.errors import Problem
from dlstudio.reports.progress import ROOM_PATIENCE_S, DiskRoom
from dlstudio.runs.records import RunRecord, RunStatus


def waits_for_room(run: RunRecord) -> bool:
    """Whether a run is trained and waits for room on the disk to keep what it learned."""
    return _room(run) is DiskRoom.AWAITED


def room_problem(run: RunRecord, folder: Path) -> Problem | None:
    """Say that the disk is too full for what a run learns; None while there is room.

    Args:
        run: The run; one that was asked to stop waits for nothing.
        folder: Where the files of runs are.
    """
    kept = run.spec.training.keep.value
    full = f"The disk that holds {folder} is full"
    match _room(run):
        case DiskRoom.ENOUGH:
            return None
        case DiskRoom.MISSING:
            return Problem(
                f"{full}: no checkpoint can be written.",
                "Free some space. Training goes on meanwhile and tries again.",
                "disk",
            )
        case DiskRoom.AWAITED:
            return Problem(
                f"{full}: training is over and waits up to "
                f"{ROOM_PATIENCE_S / 60:g} minutes for room to keep what it learned.",
                "Free some space, and the run ends by itself. Or stop it: the "
                f"{kept} epoch is kept if it fits, but a resumed run begins at an earlier "
                "checkpoint.",
                "disk",
            )
        case DiskRoom.GIVEN_UP:
            return Problem(
                f"{full}: training ended without a last checkpoint.",
                f"Free some space if you can. The {kept} epoch is saved as the model now, if it "
                "fits.",
                "disk",
            )


def _room(run: RunRecord) -> DiskRoom:
    if run.status is not RunStatus.RUNNING or run.progress is None:
        return DiskRoom.ENOUGH
    return run.progress.room
