"""Names of runs where several stand side by side: no two alike, and none like a heading."""

from collections import Counter
from collections.abc import Iterable, Sequence

from dlstudio.runs.records import RunRecord


def distinct_names(runs: Sequence[RunRecord], headings: Iterable[str] = ()) -> dict[str, str]:
    """Name runs so that they can be told apart.

    Args:
        runs: The runs.
        headings: What else is called something there, such as the first column of a table.

    Returns:
        A name by the run's id: its own, with the id behind it where others have the same.
    """
    counts = Counter(_seen(name) for name in (*headings, *(run.name for run in runs)))
    return {
        run.id: f"{run.name} ({run.id})" if counts[_seen(run.name)] > 1 else run.name
        for run in runs
    }


def _seen(name: str) -> str:
    """The name as a page shows it: runs of spaces look like one."""
    return " ".join(name.split())
