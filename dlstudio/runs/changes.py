"""The building stones of every transition: change a status, add an event, name a run."""

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa

from dlstudio.errors import ConflictError, Problem
from dlstudio.runs.records import EventKind, RunRecord, RunStatus
from dlstudio.runs.schema import events, runs

ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another
ID_LENGTH = 12  # 60 bits: cannot be guessed, can be read out
MAX_NAME_LENGTH = 200


def new_run_id() -> str:
    """Draw a fresh id; it begins with a letter, so that no tool takes it for a number."""
    first = secrets.choice(ID_LETTERS[:-8])
    return first + "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH - 1))


def add_event(connection: sa.Connection, run_id: str, kind: EventKind, text: str = "") -> None:
    """Write down that something happened to a run now."""
    connection.execute(
        events.insert().values(run_id=run_id, time=time.time(), kind=str(kind), text=text)
    )


def change_status(
    connection: sa.Connection,
    run_id: str,
    expected: Iterable[RunStatus],
    status: RunStatus,
    **values: object,
) -> bool:
    """Move a run to another status if it still has one of the expected ones.

    Args:
        connection: A connection with an open write transaction.
        run_id: The run.
        expected: Statuses from which this change is allowed.
        status: The new status.
        **values: More columns of the run to set.

    Returns:
        Whether the run had an expected status and was changed.
    """
    changed = connection.execute(
        runs.update()
        .where(runs.c.id == run_id, runs.c.status.in_([str(one) for one in expected]))
        .values(status=str(status), **values)
    )
    return changed.rowcount == 1


def problem_json(problem: Problem | None) -> str | None:
    """A problem as the store keeps it."""
    return None if problem is None else json.dumps(asdict(problem))


def free_name(connection: sa.Connection, wanted: str) -> str:
    """Return a name, numbered if another run has it already."""
    wanted = wanted[: MAX_NAME_LENGTH - 8]
    query = sa.select(runs.c.name).where(runs.c.name.startswith(wanted, autoescape=True))
    taken = set(connection.execute(query).scalars())
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def refuse(run: RunRecord, wish: str, fix: str) -> ConflictError:
    """Build the error for something that a run's status does not allow.

    Args:
        run: The run as it is.
        wish: What was asked for, as in "be deleted".
        fix: What to do instead.
    """
    return ConflictError(f"The run {run.name!r} is {run.status} and cannot {wish}.", fix, "status")
