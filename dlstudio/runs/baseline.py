"""Which of several runs the others are measured against."""

from collections.abc import Sequence

from dlstudio.runs.records import RunRecord


def baseline_position(runs: Sequence[RunRecord], pinned: RunRecord | None) -> int:
    """Where the baseline stands: the pinned run if it is among the runs, else the first one.

    Args:
        runs: At least one run.
        pinned: The pinned baseline of the store, if there is one.
    """
    ids = [run.id for run in runs]
    return ids.index(pinned.id) if pinned is not None and pinned.id in ids else 0


def is_left_out(runs: Sequence[RunRecord], pinned: RunRecord | None) -> bool:
    """Whether a baseline is pinned that is not among the runs."""
    return pinned is not None and pinned.id not in [run.id for run in runs]


def left_out_words(name: str) -> str:
    """Say that a pinned baseline is not among the runs.

    Args:
        name: How it is called where this is read.
    """
    return f"The pinned baseline {name} is not among these runs; the first one is used."
