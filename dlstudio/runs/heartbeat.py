"""The worker's voice: a thread that renews the lease and writes what is new, in batches."""

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from types import TracebackType

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dlstudio.runs.attempt import Attempt, LeaseLostError, WorkerReport
from dlstudio.runs.database import is_busy
from dlstudio.runs.resources import ResourceMeter

LONGEST_PAUSE_S = 0.5  # a stop request is seen after at most this long
SHORTEST_PAUSE_S = 0.2  # at most five writes a second, however fast the epochs are
LAST_PATIENCE_S = 300.0  # how long the last words wait for a database that cannot be written

log = logging.getLogger(__name__)


class Heartbeat:
    """Collects news from the trainer's thread and writes it from its own.

    News is never lost while the database is locked or away: it is kept and written later. No error
    of a database ends the beat: a healthy run must not be called dead.
    """

    def __init__(self, attempt: Attempt) -> None:
        """Prepare; `with` starts and ends the thread.

        Args:
            attempt: The work to report about; its process has said hello.
        """
        self._attempt = attempt
        self._meter = ResourceMeter()
        self._pending = WorkerReport()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = threading.Event()
        self._hurry = threading.Event()
        self._has_points = False
        self._faults: set[str] = set()
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        """Start to beat."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left and end the thread."""
        self._closing.set()
        self._hurry.set()
        self._news.set()
        self._thread.join()

    @property
    def should_stop(self) -> bool:
        """Whether the worker should stop: on request, or because the run is no longer its own."""
        return self._stop.is_set() or self._lost.is_set()

    @property
    def is_lost(self) -> bool:
        """Whether the run was taken away; nothing more can be written about it."""
        return self._lost.is_set()

    def stop(self) -> None:
        """Ask the worker to stop, as a signal does. Safe in a signal handler."""
        self._stop.set()

    def tell(self, news: WorkerReport) -> None:
        """Add news; it is written within a fifth of a second. Never waits for the database.

        The first points are written at once: someone has clicked Train and looks at empty axes.
        """
        with self._lock:
            self._pending = merge(self._pending, news)
            if news.points and not self._has_points:
                self._has_points = True
                self._hurry.set()
        self._news.set()

    def _beat(self) -> None:
        is_last = False
        while not is_last and not self._lost.is_set():
            self._news.wait(LONGEST_PAUSE_S)
            is_last = self._closing.is_set()
            self._news.clear()
            self._write(LAST_PATIENCE_S if is_last else 0.0)
            if not is_last:
                self._hurry.wait(SHORTEST_PAUSE_S)
                self._hurry.clear()

    def _write(self, patience_s: float) -> None:
        with self._lock:
            report, self._pending = self._pending, WorkerReport()
        try:
            report = replace(report, resources=self._meter.measure())
            self._report(report, patience_s)
            self._faults.clear()
        except SQLAlchemyError as error:
            self._log_once(error)
            with self._lock:
                self._pending = merge(report, self._pending)
            if not (isinstance(error, DBAPIError) and is_busy(error)):
                self._say_nothing_new()
            self._closing.wait(LONGEST_PAUSE_S)

    def _report(self, report: WorkerReport, patience_s: float = 0.0) -> None:
        try:
            if self._attempt.report(report, patience_s):
                self._stop.set()
        except LeaseLostError as error:
            log.warning("%s", error)
            self._lost.set()

    def _say_nothing_new(self) -> None:
        """Renew the lease alone: perhaps it is the news that the database does not take."""
        with suppress(SQLAlchemyError):
            self._report(WorkerReport())

    def _log_once(self, error: SQLAlchemyError) -> None:
        """Log each kind of fault once until news is written again."""
        cause = getattr(error, "orig", None) or error
        if type(cause).__name__ not in self._faults:
            log.warning("The run store cannot be written, trying again: %s", cause)
        self._faults.add(type(cause).__name__)


def merge(older: WorkerReport, newer: WorkerReport) -> WorkerReport:
    """Join two reports into one that says the same as both, one after the other."""
    return WorkerReport(
        progress=newer.progress or older.progress,
        resources=newer.resources or older.resources,
        engine=newer.engine or older.engine,
        epoch=older.epoch if newer.epoch is None else newer.epoch,
        best_epoch=older.best_epoch if newer.best_epoch is None else newer.best_epoch,
        num_parameters=older.num_parameters
        if newer.num_parameters is None
        else newer.num_parameters,
        metrics=newer.metrics or older.metrics,
        points=older.points + newer.points,
        messages=older.messages + newer.messages,
        drop_from_epoch=older.drop_from_epoch
        if newer.drop_from_epoch is None
        else newer.drop_from_epoch,
    )
