"""The runs that a page offers to choose from."""

from collections.abc import Iterable

from dlstudio.errors import NotFoundError
from dlstudio.runs.records import RunRecord
from dlstudio.ui.services import store

MOST_RUNS = 1_000


def recent_runs(named: Iterable[str] = ()) -> list[RunRecord]:
    """The newest runs, and those that the address names however old they are.

    Args:
        named: Ids; those of runs that do not exist are passed over.
    """
    runs = {run.id: run for run in store().list_runs(limit=MOST_RUNS)}
    for run_id in named:
        if run_id and run_id not in runs:
            runs |= {run.id: run for run in _found(run_id)}
    return list(runs.values())


def _found(run_id: str) -> list[RunRecord]:
    try:
        return [store().get_run(run_id)]
    except NotFoundError:
        return []
