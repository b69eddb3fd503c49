"""A worker's side of the store: every write proves that the run is still this worker's."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dlstudio.errors import ConflictError, Problem, disk_problem
from dlstudio.reports.progress import EngineChoice, MetricPoint, Progress, ResourceUse
from dlstudio.runs.changes import add_event, change_status, problem_json
from dlstudio.runs.database import Database, retry_while_busy
from dlstudio.runs.machine import process_mark
from dlstudio.runs.points import drop_points_from, insert_points
from dlstudio.runs.queue import ACTIVE
from dlstudio.runs.records import Artifact, EventKind, RunStatus
from dlstudio.runs.schema import leases, runs

Result = TypeVar("Result")
END_PATIENCE_S = 600.0
_END_EVENTS = {
    RunStatus.FINISHED: EventKind.FINISHED,
    RunStatus.STOPPED: EventKind.STOPPED,
    RunStatus.FAILED: EventKind.FAILED,
}


class LeaseLostError(ConflictError):
    """The run was taken away from this worker; it must stop and write nothing more."""


@dataclass(frozen=True)
class WorkerReport:
    """What a worker tells at one heartbeat; what is None or empty did not change.

    Attributes:
        progress: Where training is now.
        resources: What the worker uses.
        engine: How the epochs are run.
        epoch: Epochs finished.
        best_epoch: The epoch whose weights are kept.
        num_parameters: Parameters of the network.
        metrics: The latest metrics by split and name.
        points: New points of the curves.
        messages: What the trainer said.
        drop_from_epoch: Points of this epoch and later ones are of an earlier attempt: remove them.
    """

    progress: Progress | None = None
    resources: ResourceUse | None = None
    engine: EngineChoice | None = None
    epoch: int | None = None
    best_epoch: int | None = None
    num_parameters: int | None = None
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    points: tuple[MetricPoint, ...] = ()
    messages: tuple[str, ...] = ()
    drop_from_epoch: int | None = None


@dataclass(frozen=True)
class Ending:
    """How a run ended, for the record.

    Attributes:
        status: finished, stopped or failed.
        metrics: Of the best weights, by split and name; empty keeps the latest.
        best_epoch: The epoch whose weights are kept.
        epoch: Epochs finished.
        artifacts: Files produced.
        problem: Why it failed.
        message: One sentence about why it ended.
    """

    status: RunStatus
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    best_epoch: int | None = None
    epoch: int | None = None
    artifacts: tuple[Artifact, ...] = ()
    problem: Problem | None = None
    message: str = ""


class Attempt:
    """One worker's work on one run, from the claim to the end."""

    def __init__(self, database: Database, run_id: str, token: int) -> None:
        """Take up a claim.

        Args:
            database: The store's database.
            run_id: The run.
            token: The token of the claim.
        """
        self._database = database
        self.run_id = run_id
        self.token = token

    def say_hello(self, patience_s: float = 0.0) -> None:
        """Tell that this process works on the run, so that it can be watched and killed.

        Args:
            patience_s: How long to wait for a database that is locked or away.

        Raises:
            LeaseLostError: The run is no longer this worker's.
        """
        pid = os.getpid()
        me = self._lease_update(
            pid=pid, process_mark=process_mark(pid), num_heartbeats=leases.c.num_heartbeats + 2
        )
        self._write(lambda connection: connection.execute(me), patience_s)

    def introduce(self, pid: int) -> None:
        """Tell which process was started for the run, before it can speak for itself.

        A worker that has already said hello, or has even ended, is left as it is.

        Args:
            pid: Number of the process.
        """
        mine = (leases.c.run_id == self.run_id, leases.c.token == self.token)
        with self._database.writing() as connection:
            connection.execute(
                leases.update()
                .where(*mine, leases.c.num_heartbeats == 0)
                # One that has ended already has no mark; no process has this one.
                .values(pid=pid, process_mark=process_mark(pid) or 0.0, num_heartbeats=1)
            )

    def pin_dataset(self, fingerprint: str) -> None:
        """Write down which version of the dataset is used, for a spec that named none."""
        self._write(lambda connection: self._update_run(connection, fingerprint=fingerprint))

    def report(self, report: WorkerReport, patience_s: float = 0.0) -> bool:
        """Renew the lease and write what is new, all in one transaction.

        Args:
            report: What is new.
            patience_s: How long to wait for a database that is locked or away.

        Returns:
            Whether the worker should stop.

        Raises:
            LeaseLostError: The run is no longer this worker's; nothing was written.
        """
        return self._write(lambda connection: self._report(connection, report), patience_s)

    def end(self, ending: Ending, patience_s: float = END_PATIENCE_S) -> None:
        """Close the run.

        Args:
            ending: How it ended.
            patience_s: How long to wait for a database that is locked or away.

        Raises:
            LeaseLostError: The run is no longer this worker's; nothing was written.
        """
        self._write(lambda connection: self._end(connection, ending), patience_s)

    def _report(self, connection: sa.Connection, report: WorkerReport) -> bool:
        if report.drop_from_epoch is not None:
            drop_points_from(connection, self.run_id, report.drop_from_epoch)
        insert_points(connection, self.run_id, report.points)
        for message in report.messages:
            add_event(connection, self.run_id, EventKind.MESSAGE, message)
        if changes := _changes(report):
            self._update_run(connection, **changes)
        status = sa.select(runs.c.status).where(runs.c.id == self.run_id)
        return connection.execute(status).scalar_one() == RunStatus.STOPPING

    def _end(self, connection: sa.Connection, ending: Ending) -> None:
        values: dict[str, object] = {
            "ended_at": time.time(),
            "problem": problem_json(ending.problem),
            "progress": None,
            "resources": None,
        }
        if ending.metrics:
            values["metrics"] = json.dumps(ending.metrics)
        if ending.best_epoch is not None:
            values["best_epoch"] = ending.best_epoch
        if ending.epoch is not None:
            values["epoch"] = ending.epoch
        if ending.artifacts:
            dumped = [artifact.model_dump() for artifact in ending.artifacts]
            values["artifacts"] = json.dumps(dumped)
        change_status(connection, self.run_id, ACTIVE, ending.status, **values)
        add_event(connection, self.run_id, _END_EVENTS[ending.status], ending.message)

    def _write(self, action: Callable[[sa.Connection], Result], patience_s: float = 0.0) -> Result:
        def transaction() -> Result:
            try:
                with self._database.writing() as connection:
                    self._renew(connection)
                    return action(connection)
            except DBAPIError as error:
                if disk_problem(error) is not None:
                    self._renew_alone()
                raise

        return retry_while_busy(transaction, patience_s)

    def _renew_alone(self) -> None:
        """Say that this worker lives: a few bytes may still fit where the news does not."""
        with suppress(DBAPIError), self._database.writing() as connection:
            self._renew(connection)

    def _renew(self, connection: sa.Connection) -> None:
        """Renew the lease or find out that it is lost; locks its row until the transaction ends."""
        renewed = connection.execute(
            self._lease_update(heartbeat_at=time.time(), num_heartbeats=leases.c.num_heartbeats + 1)
        )
        if renewed.rowcount != 1:
            raise LeaseLostError(
                f"The run {self.run_id} is no longer this worker's: it was interrupted, deleted "
                "or given to another worker.",
                "Look at the run's page; nothing that this worker still does counts.",
                where="run",
            )

    def _lease_update(self, **values: object) -> sa.Update:
        is_active = sa.exists().where(
            runs.c.id == self.run_id, runs.c.status.in_([str(status) for status in ACTIVE])
        )
        mine = (leases.c.run_id == self.run_id, leases.c.token == self.token)
        return leases.update().where(*mine, is_active).values(**values)

    def _update_run(self, connection: sa.Connection, **values: object) -> None:
        connection.execute(runs.update().where(runs.c.id == self.run_id).values(**values))


def _changes(report: WorkerReport) -> dict[str, object]:
    """Columns of the run that a report changes."""
    values: dict[str, object | None] = {
        "progress": report.progress and report.progress.model_dump_json(),
        "resources": report.resources and report.resources.model_dump_json(),
        "engine": report.engine and report.engine.model_dump_json(),
        "epoch": report.epoch,
        "best_epoch": report.best_epoch,
        "num_parameters": report.num_parameters,
        "metrics": json.dumps(report.metrics) if report.metrics else None,
    }
    return {name: value for name, value in values.items() if value is not None}
