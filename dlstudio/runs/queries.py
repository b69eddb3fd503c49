"""Reading runs: lists, single runs, events. Nothing here writes."""

import difflib
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from dlstudio.errors import ConflictError, NotFoundError, Problem
from dlstudio.reports.progress import EngineChoice, Progress, ResourceUse
from dlstudio.runs.records import (
    Artifact,
    EventKind,
    FilterChoices,
    Lease,
    RunEvent,
    RunFilter,
    RunRecord,
    RunStatus,
)
from dlstudio.runs.schema import events, leases, runs, tags

SHORTEST_PREFIX = 3
_artifacts = TypeAdapter(tuple[Artifact, ...])


def list_runs(
    connection: sa.Connection, wanted: RunFilter, limit: int, offset: int = 0
) -> tuple[RunRecord, ...]:
    """Read the runs that a filter lets through, newest first."""
    order = (runs.c.created_at.desc(), runs.c.id)
    rows = connection.execute(
        _with_lease().where(*_conditions(wanted)).order_by(*order).limit(limit).offset(offset)
    ).all()
    return _records(connection, rows)


def count_runs(connection: sa.Connection, wanted: RunFilter) -> int:
    """Count the runs that a filter lets through."""
    count = sa.select(sa.func.count()).select_from(runs).where(*_conditions(wanted))
    return int(connection.execute(count).scalar_one())


def get_by_id(connection: sa.Connection, run_id: str) -> RunRecord:
    """Read one run by its whole id; NotFoundError if there is none."""
    row = connection.execute(_with_lease().where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise _missing(connection, run_id)
    return _records(connection, [row])[0]


def find_id(connection: sa.Connection, reference: str) -> str:
    """Find a run by its id, its exact name, or the beginning of its id.

    Args:
        connection: An open connection.
        reference: What a person typed.

    Returns:
        The run's id.

    Raises:
        NotFoundError: Nothing matches; the nearest name is part of the fix.
        ConflictError: Several ids begin like this.
    """
    exact = sa.select(runs.c.id).where(sa.or_(runs.c.id == reference, runs.c.name == reference))
    found = connection.execute(exact.order_by(runs.c.id != reference)).scalars().first()
    if found is not None:
        return str(found)
    if len(reference) >= SHORTEST_PREFIX:
        beginning = runs.c.id.startswith(reference.lower(), autoescape=True)
        ids = connection.execute(sa.select(runs.c.id).where(beginning).limit(2)).scalars().all()
        if len(ids) == 1:
            return str(ids[0])
        if ids:
            raise ConflictError(
                f"Several runs have an id that begins with {reference!r}.",
                "Give more letters of the id, or the run's name.",
                where="run",
            )
    raise _missing(connection, reference)


def list_tags(connection: sa.Connection) -> tuple[str, ...]:
    """Every tag in use, in alphabetical order."""
    return _distinct(connection, tags.c.tag)


def filter_choices(connection: sa.Connection) -> FilterChoices:
    """Read what runs can be filtered by, without reading the runs."""
    return FilterChoices(
        datasets=_distinct(connection, runs.c.dataset),
        architectures=_distinct(connection, runs.c.architecture),
        tags=_distinct(connection, tags.c.tag),
    )


def list_events(
    connection: sa.Connection, run_id: str, after_id: int, limit: int
) -> tuple[RunEvent, ...]:
    """Read the events of a run that came after an id, oldest first."""
    query = (
        sa.select(events)
        .where(events.c.run_id == run_id, events.c.id > after_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return tuple(_event(row) for row in connection.execute(query))


def newest_events(connection: sa.Connection, run_id: str, limit: int) -> tuple[RunEvent, ...]:
    """Read the last events of a run, newest first."""
    query = sa.select(events).where(events.c.run_id == run_id)
    rows = connection.execute(query.order_by(events.c.id.desc()).limit(limit))
    return tuple(_event(row) for row in rows)


def count_events(connection: sa.Connection, run_id: str) -> int:
    """Count the events of a run."""
    query = sa.select(sa.func.count()).where(events.c.run_id == run_id)
    return int(connection.execute(query).scalar_one())


def _event(row: sa.Row[Any]) -> RunEvent:
    return RunEvent(row.id, row.run_id, row.time, EventKind(row.kind), row.text)


def list_leases(connection: sa.Connection) -> tuple[Lease, ...]:
    """Read the leases of all active runs."""
    query = (
        sa.select(leases)
        .join(runs)
        .where(runs.c.status.in_([str(status) for status in RunStatus if status.is_active]))
    )
    return tuple(Lease(**row) for row in connection.execute(query).mappings())


def has_queued(connection: sa.Connection) -> bool:
    """Whether any run waits for a slot."""
    query = sa.select(runs.c.id).where(runs.c.status == RunStatus.QUEUED).limit(1)
    return connection.execute(query).first() is not None


def _distinct(connection: sa.Connection, column: sa.Column[str]) -> tuple[str, ...]:
    return tuple(connection.execute(sa.select(column).distinct().order_by(column)).scalars())


def _with_lease() -> sa.Select:
    return sa.select(runs, leases.c.heartbeat_at).select_from(runs.outerjoin(leases))


def _conditions(wanted: RunFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(_mentions(wanted.text))
    if wanted.statuses:
        conditions.append(runs.c.status.in_([str(status) for status in wanted.statuses]))
    if wanted.datasets:
        conditions.append(runs.c.dataset.in_(wanted.datasets))
    if wanted.architectures:
        conditions.append(runs.c.architecture.in_(wanted.architectures))
    for tag in wanted.tags:
        conditions.append(runs.c.id.in_(sa.select(tags.c.run_id).where(tags.c.tag == tag)))
    return conditions


def _mentions(text: str) -> sa.ColumnElement[bool]:
    columns = (runs.c.name, runs.c.dataset, runs.c.architecture, runs.c.note)
    tagged = sa.select(tags.c.run_id).where(tags.c.tag.icontains(text, autoescape=True))
    return sa.or_(
        *(column.icontains(text, autoescape=True) for column in columns), runs.c.id.in_(tagged)
    )


def _records(connection: sa.Connection, rows: Sequence[sa.Row]) -> tuple[RunRecord, ...]:
    ids = [row.id for row in rows]
    tags_of = _tags_of(connection, ids)
    is_any_queued = any(row.status == RunStatus.QUEUED for row in rows)
    positions = _queue_positions(connection) if is_any_queued else {}
    now = time.time()
    return tuple(_record(row, tags_of[row.id], positions.get(row.id), now) for row in rows)


def _tags_of(connection: sa.Connection, ids: list[str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    query = sa.select(tags.c.run_id, tags.c.tag).order_by(tags.c.tag)
    if len(ids) <= 500:  # a longer list is slower than reading all tags
        query = query.where(tags.c.run_id.in_(ids))
    for run_id, tag in connection.execute(query):
        found[run_id].append(tag)
    return found


def _queue_positions(connection: sa.Connection) -> dict[str, int]:
    query = (
        sa.select(runs.c.id)
        .where(runs.c.status == RunStatus.QUEUED)
        .order_by(runs.c.queue_position, runs.c.id)
    )
    ids = connection.execute(query).scalars()
    return {run_id: position for position, run_id in enumerate(ids, start=1)}


def _record(row: sa.Row, run_tags: list[str], position: int | None, now: float) -> RunRecord:
    return RunRecord(
        id=row.id,
        name=row.name,
        status=RunStatus(row.status),
        spec_json=row.spec,
        dataset=row.dataset,
        fingerprint=row.fingerprint,
        task=row.task,
        architecture=row.architecture,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_s=_duration_s(row, now),
        epoch=row.epoch,
        num_epochs=row.num_epochs,
        best_epoch=row.best_epoch,
        num_parameters=row.num_parameters,
        metrics=json.loads(row.metrics) if row.metrics else {},
        progress=Progress.model_validate_json(row.progress) if row.progress else None,
        resources=ResourceUse.model_validate_json(row.resources) if row.resources else None,
        engine=EngineChoice.model_validate_json(row.engine) if row.engine else None,
        artifacts=_artifacts.validate_json(row.artifacts) if row.artifacts else (),
        tags=tuple(run_tags),
        note=row.note,
        problem=Problem(**json.loads(row.problem)) if row.problem else None,
        queue_position=position,
        heartbeat_at=row.heartbeat_at,
        attempt=row.attempt,
    )


def _duration_s(row: sa.Row, now: float) -> float:
    if row.started_at is None:
        return row.trained_s
    return row.trained_s + max(0.0, (row.ended_at or now) - row.started_at)


def _missing(connection: sa.Connection, reference: str) -> NotFoundError:
    names = connection.execute(sa.select(runs.c.name).order_by(runs.c.created_at.desc()))
    nearest = difflib.get_close_matches(reference, list(names.scalars()), n=1, cutoff=0.5)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    return NotFoundError(
        f"There is no run {reference!r}.",
        f"{hint}See all runs on the Runs page or with `dlstudio runs list`.",
        where="run",
    )
