"""The queue: submit, order, claim, stop and take up again. Each step is one transaction."""

import os
import time
from dataclasses import dataclass

import sqlalchemy as sa

from dlstudio.errors import Problem
from dlstudio.runs.changes import (
    add_event,
    change_status,
    free_name,
    new_run_id,
    problem_json,
    refuse,
)
from dlstudio.runs.database import lock_store
from dlstudio.runs.machine import process_mark
from dlstudio.runs.queries import get_by_id
from dlstudio.runs.records import EventKind, RunStatus
from dlstudio.runs.schema import leases, runs
from dlstudio.spec.run import RunSpec

ALL_GPUS = "all_gpus"
ALL_SLOTS = -1  # the slot of a run that takes the whole machine

ACTIVE = (RunStatus.RUNNING, RunStatus.STOPPING)
RESUMABLE = (RunStatus.INTERRUPTED, RunStatus.STOPPED, RunStatus.FAILED)


@dataclass(frozen=True)
class Claim:
    """The right to work on a run.

    Attributes:
        run_id: The run.
        token: Proof of the right; it ends when the store gives the run to someone else.
        slot: Which of the machine's slots the run takes; `ALL_SLOTS` for the whole machine.
        device: The device that the spec asks for.
    """

    run_id: str
    token: int
    slot: int
    device: str


def submit(connection: sa.Connection, spec: RunSpec, name: str) -> str:
    """Put a new run at the end of the queue and return its id."""
    lock_store(connection)
    run_id = new_run_id()
    named = spec.model_copy(update={"name": free_name(connection, name)})
    connection.execute(
        runs.insert().values(
            id=run_id,
            name=named.name,
            status=str(RunStatus.QUEUED),
            spec=named.model_dump_json(),
            dataset=named.dataset.name,
            fingerprint=named.dataset.fingerprint or "",
            task=str(named.task.kind),
            architecture=str(named.architecture.kind),
            device=named.training.device,
            created_at=time.time(),
            num_epochs=named.training.epochs,
            queue_position=_end_of_queue(connection),
        )
    )
    add_event(connection, run_id, EventKind.SUBMITTED)
    return run_id


def move(connection: sa.Connection, run_id: str, position: int) -> None:
    """Give a queued run another place; 1 is next, too large a number is the end."""
    lock_store(connection)
    query = (
        sa.select(runs.c.id)
        .where(runs.c.status == RunStatus.QUEUED)
        .order_by(runs.c.queue_position, runs.c.id)
    )
    order = list(connection.execute(query).scalars())
    if run_id not in order:
        raise refuse(get_by_id(connection, run_id), "be moved", "Move a run that is still queued.")
    order.remove(run_id)
    order.insert(max(0, position - 1), run_id)
    for place, queued_id in enumerate(order, start=1):
        connection.execute(
            runs.update().where(runs.c.id == queued_id).values(queue_position=float(place))
        )


def request_stop(connection: sa.Connection, run_id: str) -> None:
    """Ask the worker to stop and keep the best model; a queued run is cancelled at once."""
    now = time.time()
    cancelled = change_status(
        connection,
        run_id,
        [RunStatus.QUEUED],
        RunStatus.STOPPED,
        queue_position=None,
        ended_at=now,
    )
    if cancelled:
        add_event(connection, run_id, EventKind.STOPPED, "Cancelled while it was queued.")
        return
    if change_status(connection, run_id, [RunStatus.RUNNING], RunStatus.STOPPING):
        add_event(connection, run_id, EventKind.STOP_REQUESTED)
        return
    run = get_by_id(connection, run_id)
    if run.status is not RunStatus.STOPPING:
        raise refuse(run, "be stopped", "Stop a run that is queued or running.")


def requeue(connection: sa.Connection, run_id: str, is_resumable: bool) -> None:
    """Put a run that ended early back into the queue, to go on from its last checkpoint.

    Args:
        connection: A connection with an open write transaction.
        run_id: The run.
        is_resumable: Whether there is a checkpoint; a failed run needs one.

    Raises:
        ConflictError: The run is active, finished, failed before its first checkpoint, or its loss
            was no number.
    """
    lock_store(connection)
    run = get_by_id(connection, run_id)
    if run.status not in RESUMABLE:
        raise refuse(
            run, "be resumed", "Clone it to a new run, or resume one that was stopped early."
        )
    if run.has_diverged:
        raise refuse(
            run,
            "be resumed: its loss would be no number again",
            "Clone it, lower the learning rate, and train it as a new run.",
        )
    if run.status is RunStatus.FAILED and not is_resumable:
        raise refuse(
            run,
            "be resumed: it has no checkpoint",
            "Mend what ended it, then clone it to a new run.",
        )
    connection.execute(
        runs.update()
        .where(runs.c.id == run_id)
        .values(
            status=str(RunStatus.QUEUED),
            queue_position=_end_of_queue(connection),
            trained_s=run.duration_s,
            started_at=None,
            ended_at=None,
            problem=None,
            progress=None,
            resources=None,
        )
    )
    add_event(connection, run_id, EventKind.RESUMED)


def claim_next(
    connection: sa.Connection, host: str, num_slots: int, only: str | None = None
) -> Claim | None:
    """Take the first queued run that a free slot of this machine can run.

    Runs that ask for a certain GPU wait for its slot and let others pass; a run that asks for all
    GPUs lets nobody pass, or it would wait for ever.

    Args:
        connection: A connection with an open write transaction.
        host: Name of this machine, equal for all supervisors on it.
        num_slots: Runs that may train here at the same time.
        only: Claim this run or none.

    Returns:
        The claim, or None if nothing can be started.
    """
    lock_store(connection)
    free = _free_slots(connection, host, num_slots)
    if not free:
        return None
    queued = sa.select(runs.c.id, runs.c.device).where(runs.c.status == RunStatus.QUEUED)
    if only is not None:
        queued = queued.where(runs.c.id == only)
    for run_id, device in connection.execute(queued.order_by(runs.c.queue_position, runs.c.id)):
        slot = _suitable_slot(device, free, num_slots)
        if slot is not None:
            return _claim(connection, Claim(run_id, 0, slot, device), host)
        if device == ALL_GPUS:
            return None
    return None


def interrupt(connection: sa.Connection, run_id: str, token: int, problem: Problem | None) -> bool:
    """Declare a run's worker gone; whoever holds this token is fenced out from now on.

    Args:
        connection: A connection with an open write transaction.
        run_id: The run.
        token: The token under which the worker was last seen.
        problem: What is known about the cause.

    Returns:
        False if the run ended, or was claimed anew, in the meantime.
    """
    raised = connection.execute(
        leases.update()
        .where(leases.c.run_id == run_id, leases.c.token == token)
        .values(token=token + 1)
    )
    if raised.rowcount != 1:
        return False
    changed = change_status(
        connection,
        run_id,
        ACTIVE,
        RunStatus.INTERRUPTED,
        ended_at=time.time(),
        problem=problem_json(problem),
        progress=None,
        resources=None,
    )
    if changed:
        add_event(connection, run_id, EventKind.INTERRUPTED, problem.problem if problem else "")
    return changed


def _claim(connection: sa.Connection, claim: Claim, host: str) -> Claim:
    now = time.time()
    previous = sa.select(leases.c.token).where(leases.c.run_id == claim.run_id)
    token = (connection.execute(previous).scalar_one_or_none() or 0) + 1
    connection.execute(leases.delete().where(leases.c.run_id == claim.run_id))
    connection.execute(
        leases.insert().values(
            run_id=claim.run_id,
            token=token,
            host=host,
            slot=claim.slot,
            # Until a worker is introduced: if who wants to start it ends first, nobody will.
            pid=os.getpid(),
            process_mark=process_mark(os.getpid()),
            heartbeat_at=now,
        )
    )
    change_status(
        connection,
        claim.run_id,
        [RunStatus.QUEUED],
        RunStatus.RUNNING,
        queue_position=None,
        started_at=now,
        ended_at=None,
        attempt=runs.c.attempt + 1,
    )
    add_event(connection, claim.run_id, EventKind.STARTED)
    return Claim(claim.run_id, token, claim.slot, claim.device)


def _free_slots(connection: sa.Connection, host: str, num_slots: int) -> list[int]:
    query = (
        sa.select(leases.c.slot)
        .join(runs)
        .where(leases.c.host == host, runs.c.status.in_([str(status) for status in ACTIVE]))
    )
    taken = set(connection.execute(query).scalars())
    if ALL_SLOTS in taken:
        return []
    return [slot for slot in range(num_slots) if slot not in taken]


def _suitable_slot(device: str, free: list[int], num_slots: int) -> int | None:
    if device == ALL_GPUS:
        return ALL_SLOTS if len(free) == num_slots else None
    kind, _, number = device.partition(":")
    wanted = int(number) if kind == "gpu" and number else None
    if wanted is None or wanted >= num_slots:  # the worker says what is wrong with the device
        return free[0]
    return wanted if wanted in free else None


def _end_of_queue(connection: sa.Connection) -> float:
    last = connection.execute(sa.select(sa.func.max(runs.c.queue_position))).scalar_one()
    return (last or 0.0) + 1.0
