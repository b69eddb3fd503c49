"""The store of runs: what pages and commands ask and change, each in one transaction."""

import time
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from dlstudio.errors import ConflictError, Problem, StudioError
from dlstudio.runs import points, queries, queue
from dlstudio.runs.changes import MAX_NAME_LENGTH, refuse
from dlstudio.runs.database import Database, open_database
from dlstudio.runs.folders import RunFolder, make_run_folder, remove_run_folder, run_folder
from dlstudio.runs.records import (
    FilterChoices,
    Lease,
    PointBatch,
    RunCurve,
    RunEvent,
    RunFilter,
    RunRecord,
    RunStatus,
)
from dlstudio.runs.schema import choices, runs, tags
from dlstudio.runs.summary import RunSummary, summarize
from dlstudio.settings import Settings
from dlstudio.spec.run import RunSpec

_BASELINE = "baseline_run"
_WRITTEN_AT = "written_at"
MAX_TAG_LENGTH = 60


class Store:
    """The runs of a workspace. Safe to share between threads; open one a process.

    Wherever a run is named, its id is meant; `get_run` turns what a person typed into a run.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        """Wrap an open database; see `open_store`."""
        self.settings = settings
        self.database = database

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    # Reading

    def list_runs(
        self, wanted: RunFilter | None = None, limit: int = 1000, offset: int = 0
    ) -> tuple[RunRecord, ...]:
        """List runs, newest first.

        Args:
            wanted: Which runs; all by default.
            limit: The most runs to return.
            offset: How many to leave out at the beginning.
        """
        with self.database.reading() as connection:
            return queries.list_runs(connection, wanted or RunFilter(), limit, offset)

    def count_runs(self, wanted: RunFilter | None = None) -> int:
        """Count the runs that a filter lets through."""
        with self.database.reading() as connection:
            return queries.count_runs(connection, wanted or RunFilter())

    def get_run(self, reference: str) -> RunRecord:
        """Find one run.

        Args:
            reference: An id, an exact name, or at least three letters that begin one id only.

        Raises:
            NotFoundError: There is no such run; the nearest name is part of the fix.
            ConflictError: Several ids begin like this.
        """
        with self.database.reading() as connection:
            return queries.get_by_id(connection, queries.find_id(connection, reference))

    def summary(self, run: RunRecord) -> RunSummary:
        """Everything that a script wants to know about a run, as one JSON object."""
        return summarize(run)

    def folder(self, run_id: str) -> RunFolder:
        """The files of a run; the folder may not exist yet."""
        return run_folder(self.settings, run_id)

    def read_points(self, run_id: str, after_id: int = 0, limit: int = 100_000) -> PointBatch:
        """Read the metric points of a run that were written after those read before.

        A resumed run trains some epochs again: a newer point of the same split, name and epoch
        replaces the older one.

        Args:
            run_id: The run.
            after_id: `last_id` of the batch read before; 0 for all.
            limit: The most points to return.
        """
        with self.database.reading() as connection:
            return points.read_points(connection, run_id, after_id, limit)

    def read_curves(
        self, run_ids: Sequence[str], names: Sequence[str] = (), max_points: int = 400
    ) -> tuple[RunCurve, ...]:
        """Read whole curves of several runs.

        Args:
            run_ids: The runs, in the order wanted.
            names: Metrics to read; all by default.
            max_points: Roughly the most points a curve; long ones keep every n-th epoch.
        """
        with self.database.reading() as connection:
            return points.read_curves(connection, run_ids, names, max_points)

    def list_events(
        self, run_id: str, after_id: int = 0, limit: int = 1000
    ) -> tuple[RunEvent, ...]:
        """Read the events of a run that came after an id, oldest first."""
        with self.database.reading() as connection:
            return queries.list_events(connection, run_id, after_id, limit)

    def newest_events(self, run_id: str, limit: int) -> tuple[RunEvent, ...]:
        """Read the last events of a run, newest first."""
        with self.database.reading() as connection:
            return queries.newest_events(connection, run_id, limit)

    def count_events(self, run_id: str) -> int:
        """Count the events of a run."""
        with self.database.reading() as connection:
            return queries.count_events(connection, run_id)

    def list_tags(self) -> tuple[str, ...]:
        """Every tag in use, in alphabetical order."""
        with self.database.reading() as connection:
            return queries.list_tags(connection)

    def filter_choices(self) -> FilterChoices:
        """What the runs offer to filter by."""
        with self.database.reading() as connection:
            return queries.filter_choices(connection)

    # The queue

    def submit(self, spec: RunSpec, name: str | None = None) -> RunRecord:
        """Put a new run at the end of the queue.

        Args:
            spec: What to do; it should have passed `check_spec`.
            name: A name; by default the spec's, else made of dataset and architecture. It is
                numbered if another run has it.

        Returns:
            The run, queued. `Supervisor.wake` starts it without delay.
        """
        wanted = name or spec.name or f"{spec.dataset.name}-{spec.architecture.kind}"
        with self.database.writing() as connection:
            run_id = queue.submit(connection, spec, wanted.strip())
            run = queries.get_by_id(connection, run_id)
        make_run_folder(self.settings, run_id)
        return run

    def move_in_queue(self, run_id: str, position: int) -> None:
        """Give a queued run another place in the queue; 1 is next.

        Raises:
            ConflictError: The run is not queued any more.
        """
        with self.database.writing() as connection:
            queue.move(connection, run_id, position)

    def request_stop(self, run_id: str) -> RunRecord:
        """Ask a running run to stop and keep its best model, or cancel a queued one.

        Returns:
            The run; `stopping` until its worker has seen the wish, at most about half a second
            plus what evaluation and saving take.

        Raises:
            ConflictError: The run is over.
        """
        with self.database.writing() as connection:
            queue.request_stop(connection, run_id)
            return queries.get_by_id(connection, run_id)

    def resume_run(self, run_id: str) -> RunRecord:
        """Put an interrupted, stopped or failed run back into the queue.

        Returns:
            The run, queued; it goes on from its last checkpoint, or from the start without one.

        Raises:
            ConflictError: The run is active or finished, failed before its first checkpoint, or
                diverged.
        """
        is_resumable = self.folder(run_id).has_checkpoint
        with self.database.writing() as connection:
            queue.requeue(connection, run_id, is_resumable)
            return queries.get_by_id(connection, run_id)

    # What people add

    def rename_run(self, run_id: str, name: str) -> RunRecord:
        """Give a run another name.

        Raises:
            StudioError: The name is empty or too long.
            ConflictError: Another run has this name.
        """
        name = _checked_text(name, "name", MAX_NAME_LENGTH)
        with self.database.writing() as connection:
            same = sa.select(runs.c.id).where(runs.c.name == name, runs.c.id != run_id)
            if connection.execute(same).first() is not None:
                raise ConflictError(
                    f"Another run is named {name!r} already.", "Choose another name.", "name"
                )
            connection.execute(runs.update().where(runs.c.id == run_id).values(name=name))
            return queries.get_by_id(connection, run_id)

    def set_note(self, run_id: str, note: str) -> RunRecord:
        """Replace a run's note; an empty text removes it."""
        with self.database.writing() as connection:
            connection.execute(runs.update().where(runs.c.id == run_id).values(note=note))
            return queries.get_by_id(connection, run_id)

    def set_tags(self, run_id: str, wanted: Iterable[str]) -> RunRecord:
        """Replace a run's tags.

        Raises:
            StudioError: A tag is empty or longer than 60 characters.
        """
        texts = {_checked_text(tag, "tag", MAX_TAG_LENGTH) for tag in wanted}
        with self.database.writing() as connection:
            run = queries.get_by_id(connection, run_id)
            connection.execute(tags.delete().where(tags.c.run_id == run.id))
            if texts:
                rows = [{"run_id": run.id, "tag": tag} for tag in sorted(texts)]
                connection.execute(tags.insert(), rows)
            return queries.get_by_id(connection, run_id)

    def delete_run(self, run_id: str) -> None:
        """Delete a run with its curves, model and files.

        Raises:
            NotFoundError: There is no such run.
            ConflictError: A worker works on it.
        """
        with self.database.writing() as connection:
            run = queries.get_by_id(connection, run_id)
            deleted = connection.execute(
                runs.delete().where(runs.c.id == run.id, runs.c.status.not_in(queue.ACTIVE))
            )
            if deleted.rowcount != 1:
                raise refuse(run, "be deleted", "Stop it first, then delete it.")
            pinned = (choices.c.name == _BASELINE, choices.c.value == run.id)
            connection.execute(choices.delete().where(*pinned))
        remove_run_folder(self.settings, run.id)

    def require_unused_data(
        self,
        dataset: str,
        only_versions: Collection[str],
        statuses: tuple[RunStatus, ...] = (RunStatus.QUEUED, *queue.ACTIVE),
    ) -> None:
        """Refuse to touch the files of a dataset that a run is learning from, or waits to.

        Args:
            dataset: The dataset's name.
            only_versions: Fingerprints of versions that no other dataset has: a run knows its
                version also when the dataset was given another name.
            statuses: What the run is doing; of active ones the worker reads the files.

        Raises:
            ConflictError: A run needs it.
        """
        for run in self.list_runs(RunFilter(statuses=statuses)):
            if run.dataset == dataset or run.fingerprint in only_versions:
                raise ConflictError(
                    f"The run {run.name!r} is {run.status} and needs the dataset {dataset!r} "
                    "until it ends.",
                    "Wait for its end or stop it first, then try again.",
                    where="dataset",
                )

    def pin_baseline(self, run_id: str | None) -> None:
        """Choose the run that others are compared with; None removes the pin.

        Raises:
            NotFoundError: There is no such run.
        """
        with self.database.writing() as connection:
            connection.execute(choices.delete().where(choices.c.name == _BASELINE))
            if run_id is not None:
                run = queries.get_by_id(connection, run_id)
                connection.execute(choices.insert().values(name=_BASELINE, value=run.id))

    def pinned_baseline(self) -> RunRecord | None:
        """The run that others are compared with, if one was chosen."""
        query = sa.select(choices.c.value).where(choices.c.name == _BASELINE)
        with self.database.reading() as connection:
            run_id = connection.execute(query).scalar_one_or_none()
            return None if run_id is None else queries.get_by_id(connection, run_id)

    # For supervisors

    def claim_next(self, host: str, num_slots: int, only: str | None = None) -> queue.Claim | None:
        """Take the next run that a free slot of this machine can run; see `queue.claim_next`."""
        with self.database.writing() as connection:
            return queue.claim_next(connection, host, num_slots, only)

    def has_queued(self) -> bool:
        """Whether any run waits for a slot."""
        with self.database.reading() as connection:
            return queries.has_queued(connection)

    def list_leases(self) -> tuple[Lease, ...]:
        """The leases of all active runs."""
        with self.database.reading() as connection:
            return queries.list_leases(connection)

    def prove_writable(self) -> None:
        """Write something small that means nothing.

        Raises:
            DBAPIError: The disk is full, or the database locked or away.
        """
        mark = choices.c.name == _WRITTEN_AT
        with self.database.writing() as connection:
            connection.execute(choices.delete().where(mark))
            connection.execute(choices.insert().values(name=_WRITTEN_AT, value=str(time.time())))

    def interrupt(self, run_id: str, token: int, problem: Problem | None) -> bool:
        """Declare a run's worker gone; see `queue.interrupt`."""
        with self.database.writing() as connection:
            return queue.interrupt(connection, run_id, token, problem)


def open_store(settings: Settings) -> Store:
    """Open the store of a workspace, creating it if there is none.

    Args:
        settings: Where the store is.

    Raises:
        StudioError: The database cannot be opened.
    """
    return Store(settings, open_database(settings.database_url))


def _checked_text(text: str, field: str, max_length: int) -> str:
    text = text.strip()
    if 0 < len(text) <= max_length:
        return text
    raise StudioError(
        f"A {field} has {len(text)} characters, but 1 to {max_length} were expected.",
        f"Write a shorter {field}." if text else f"Write a {field}.",
        where=field,
    )
