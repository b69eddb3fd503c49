"""A run in the foreground of a command: start it, follow it, stop it with Ctrl-C."""

import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from dlstudio.errors import ConflictError, Problem, disk_problem, store_problem
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.database import retry_while_busy
from dlstudio.runs.interrupts import CountedInterrupts
from dlstudio.runs.launchers.protocol import Launcher, TrainerProcess
from dlstudio.runs.launchers.table import launcher_of
from dlstudio.runs.lost_workers import LeaseWatch, describe_exit, interrupt_lost_runs, kill_run
from dlstudio.runs.queue import Claim
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store
from dlstudio.runs.warm_worker import WarmWorker, WorkerGoneError
from dlstudio.settings import Settings

PAUSE_S = 0.1
TURN_PATIENCE_S = 3.0  # after which runs that wait in front and are not started are passed
STORE_PATIENCE_S = 300.0  # how long a command waits for a database that is locked or away


class ForegroundWorker:
    """A worker that warms up while a command still reads its spec, then trains one run."""

    def __init__(self, launcher: Launcher) -> None:
        """Start a worker; returns at once.

        Args:
            launcher: Starts it, and says how many slots there are.

        Raises:
            OSError: No process can be started.
        """
        self._launcher = launcher
        self._warm: WarmWorker | None = launcher.start_warm(slot=0)
        self._claim: Claim | None = None
        self._process: TrainerProcess | None = None
        self._place: int | None = None
        self._slot_free_since = 0.0

    def train(
        self,
        store: Store,
        run_id: str,
        on_change: Callable[[RunRecord], None],
        on_wait: Callable[[Problem], None] = lambda problem: None,
    ) -> RunRecord:
        """Train a queued run and wait for its end.

        The run waits until a slot is free and its turn has come; a studio on the same workspace may
        start it instead. Runs in front of it that nobody starts are passed after some seconds.
        Ctrl-C asks it to stop and keep the best model, a second Ctrl-C kills it. A database that
        goes away is waited for: the run goes on without it.

        Args:
            store: The store.
            run_id: The run, queued.
            on_change: Called with the run whenever something about it has changed.
            on_wait: Called when the database has gone away and is waited for.

        Returns:
            The run as it ended.

        Raises:
            DBAPIError: The database stayed away.
        """
        watch = LeaseWatch(store.settings.lease_s)
        num_obeyed = 0
        seen: RunRecord | None = None
        with CountedInterrupts() as interrupts:
            while True:
                run = self._look_patiently(store, run_id, watch, on_wait)
                if seen is None or _news(run) != _news(seen):
                    on_change(run)
                    seen = run
                if run.status.is_over:
                    return run
                if interrupts.count > num_obeyed:
                    num_obeyed = interrupts.count
                    _end(store, run_id, at_once=num_obeyed > 1)
                time.sleep(PAUSE_S)

    def close(self) -> None:
        """Let go of a worker that was never used; a trainer goes on."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None

    def _look_patiently(
        self,
        store: Store,
        run_id: str,
        watch: LeaseWatch,
        on_wait: Callable[[Problem], None],
    ) -> RunRecord:
        try:
            return self._look(store, run_id, watch)
        except DBAPIError as error:
            watch.forget()  # nobody could write meanwhile, which is not silence
            problem = disk_problem(error) or store_problem(error)
            if problem is not None:
                on_wait(problem)
            return retry_while_busy(lambda: self._look(store, run_id, watch), STORE_PATIENCE_S)

    def _look(self, store: Store, run_id: str, watch: LeaseWatch) -> RunRecord:
        """Do what is to be done for the run; the run as it was before."""
        run = store.get_run(run_id)
        if run.status is RunStatus.QUEUED and self._is_its_turn(store, run.queue_position):
            self._try_to_start(store, run_id)
        self._notice_end(store)
        own_pids = {self._process.pid} if self._process is not None else set()
        interrupt_lost_runs(store, watch, own_pids)
        return run

    def _is_its_turn(self, store: Store, place: int | None) -> bool:
        """Whether the run is next, or a slot stays free although others wait in front of it."""
        host = self._launcher.host
        num_busy = sum(lease.host == host for lease in store.list_leases())
        if num_busy >= self._launcher.num_slots or place != self._place:
            self._place, self._slot_free_since = place, time.monotonic()
        return place == 1 or time.monotonic() - self._slot_free_since > TURN_PATIENCE_S

    def _try_to_start(self, store: Store, run_id: str) -> None:
        claim = store.claim_next(self._launcher.host, self._launcher.num_slots, only=run_id)
        if claim is None:
            return
        self._claim = claim
        self._process = self._hand_over(claim) or self._launcher.start_trainer(claim)
        Attempt(store.database, claim.run_id, claim.token).introduce(self._process.pid)

    def _hand_over(self, claim: Claim) -> TrainerProcess | None:
        worker, self._warm = self._warm, None
        if worker is None:
            return None
        try:
            if self._launcher.suits(worker, claim):
                worker.train(claim)
                return worker.process
        except WorkerGoneError:
            return None
        worker.close()
        return None

    def _notice_end(self, store: Store) -> None:
        code = self._process.poll() if self._process is not None else None
        if code is not None and self._claim is not None:
            store.interrupt(self._claim.run_id, self._claim.token, describe_exit(code))
            self._process = None  # not before: a store that is away is told later


def start_worker_early(settings: Settings) -> ForegroundWorker:
    """Start a worker before it is known what it shall train.

    Args:
        settings: Where runs live and which launcher starts workers.

    Raises:
        StudioError: The launcher does not exist.
        OSError: No process can be started.
    """
    return ForegroundWorker(launcher_of(settings))


def _end(store: Store, run_id: str, *, at_once: bool) -> None:
    try:
        if at_once:
            kill_run(store, run_id)
        else:
            store.request_stop(run_id)
    except ConflictError:
        if not store.get_run(run_id).status.is_over:  # it ended by itself meanwhile
            raise


def _news(run: RunRecord) -> tuple[object, ...]:
    return (run.status, run.epoch, run.progress, run.queue_position, run.problem)
