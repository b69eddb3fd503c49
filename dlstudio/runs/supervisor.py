"""Keeps the queue moving: fills slots, keeps a worker warm, notices workers that are gone."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError

from dlstudio.errors import Problem, StudioError
from dlstudio.reports.first_batch import FirstBatch
from dlstudio.reports.generated import GeneratedSamples
from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.reports.rebuilt_row import RebuiltRow
from dlstudio.runs.attempt import Attempt
from dlstudio.runs.launchers.protocol import Launcher, TrainerProcess
from dlstudio.runs.launchers.table import launcher_of
from dlstudio.runs.lost_workers import LeaseWatch, describe_exit, interrupt_lost_runs, kill_run
from dlstudio.runs.queue import Claim
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import Store
from dlstudio.runs.warm_worker import WarmWorker, WorkerGoneError
from dlstudio.settings import Settings
from dlstudio.spec.run import RunSpec

PAUSE_S = 0.5  # how soon the work of other processes is noticed; one's own wakes the thread
REPLACEMENT_DELAY_S = 4.0  # importing TensorFlow would slow down the run that has just begun
RESTART_DELAY_S = 5.0  # a worker that dies at once must not be started in a tight loop
_rows = TypeAdapter(list[dict[str, Any]])

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Child:
    """A trainer that this process started."""

    claim: Claim
    process: TrainerProcess


class Supervisor:
    """One a server; several on one store share the slots. Safe to share between threads.

    Nothing here is needed for a run to go on: trainers are detached, and a supervisor that starts
    later finds them by the store.
    """

    def __init__(self, settings: Settings, store: Store, launcher: Launcher | None = None) -> None:
        """Prepare; `start` begins the work.

        Args:
            settings: Launcher and length of leases.
            store: The store.
            launcher: Starts workers; by default the one that the settings name.
        """
        self._store = store
        self._launcher = launcher or launcher_of(settings)
        self._watch = LeaseWatch(settings.lease_s)
        self._children: list[_Child] = []
        self._warm: WarmWorker | None = None
        self._warm_wanted_at = 0.0
        self._warm_changed = threading.Condition()
        self._is_store_away = False
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, warm_delay_s: float = 0.0) -> None:
        """Begin; returns at once.

        Args:
            warm_delay_s: How long the first warm worker waits, unless `warm_up` is called or
                someone asks for it sooner.
        """
        self._closing.clear()
        self._warm_wanted_at = time.monotonic() + warm_delay_s
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; running trainers go on, the warm worker ends."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10.0)
        with self._warm_changed:
            if self._warm is not None:
                self._warm.close()
            self._warm = None
            self._warm_changed.notify_all()

    def wake(self) -> None:
        """Look at the queue now; call it after a run was submitted or resumed."""
        self._wake.set()

    def warm_up(self) -> None:
        """Start the first warm worker now; one that waits for a run to end goes on waiting."""
        if not self._children:
            self._warm_wanted_at = 0.0
            self._wake.set()

    @property
    def is_warm(self) -> bool:
        """Whether a worker stands by that answers at once."""
        worker = self._warm
        return worker is not None and worker.is_ready

    # What pages do with runs

    def submit(self, spec: RunSpec, name: str | None = None) -> RunRecord:
        """Put a new run into the queue and start it without delay; see `Store.submit`."""
        run = self._store.submit(spec, name)
        self.wake()
        return run

    def stop(self, run_id: str) -> RunRecord:
        """Ask a run to stop and keep its best model; see `Store.request_stop`."""
        run = self._store.request_stop(run_id)
        self.wake()
        return run

    def kill(self, run_id: str) -> RunRecord:
        """End a run's worker at once; see `lost_workers.kill_run`."""
        run = kill_run(self._store, run_id)
        self.wake()
        return run

    def resume(self, run_id: str) -> RunRecord:
        """Put a run that ended early back into the queue; see `Store.resume_run`."""
        run = self._store.resume_run(run_id)
        self.wake()
        return run

    # What only a process with TensorFlow can answer

    def preview(self, spec: RunSpec, timeout_s: float = 30.0) -> NetworkPreview | PreviewFailed:
        """Build the network of a spec and say what it looks like.

        Args:
            spec: What is asked; its dataset is opened by the worker.
            timeout_s: How long to wait; a worker that is still starting needs some seconds.

        Returns:
            The exact network, or what is wrong with the spec or the worker.
        """
        try:
            answer = self._ask("preview", timeout_s, spec=spec.model_dump(mode="json"))
            return NetworkPreview.model_validate(answer)
        except StudioError as error:
            return PreviewFailed(problems=error.problems)

    def first_batch(self, spec: RunSpec, timeout_s: float = 60.0) -> FirstBatch:
        """Compute the first batch of a training as the network sees it.

        Args:
            spec: A spec without problems; its dataset is opened by the worker.
            timeout_s: How long to wait.

        Raises:
            StudioError: A file of the dataset is gone or damaged, or the worker is not there.
        """
        answer = self._ask("first_batch", timeout_s, spec=spec.model_dump(mode="json"))
        return FirstBatch.model_validate(answer)

    def predict(
        self, run_id: str, rows: Sequence[Mapping[str, object]], timeout_s: float = 60.0
    ) -> list[dict[str, Any]]:
        """Let a trained model answer a few raw rows.

        Args:
            run_id: A run that has a model.
            rows: Values by column, as a person types them; None for a missing one.
            timeout_s: How long to wait.

        Returns:
            A prediction a row, by the column names of DESIGN §5.

        Raises:
            StudioError: A column is missing, the run has no model, or the worker is not there.
        """
        answer = self._ask("predict", timeout_s, run_id=run_id, rows=[dict(row) for row in rows])
        return _rows.validate_python(answer)

    def explain(
        self, run_id: str, row: Mapping[str, object], timeout_s: float = 60.0
    ) -> RebuiltRow:
        """Let a trained model that rebuilds its inputs rebuild one raw row.

        Args:
            run_id: A run of a dimensionality reduction or an anomaly detection.
            row: Values by column, as a person types them; None for a missing one.
            timeout_s: How long to wait.

        Raises:
            StudioError: A column is missing, the run has no model, or the worker is not there.
        """
        answer = self._ask("explain", timeout_s, run_id=run_id, rows=[dict(row)])
        return RebuiltRow.model_validate(answer)

    def generate(
        self, run_id: str, request: Mapping[str, object], timeout_s: float = 60.0
    ) -> GeneratedSamples:
        """Let a trained VAE or GAN draw samples.

        Args:
            run_id: A run that has a generator.
            request: "num_samples" and "seed", or "codes"; perhaps "classes", a name a sample.
            timeout_s: How long to wait.

        Raises:
            StudioError: The run has no generator, lacks a class, or the worker is not there.
        """
        answer = self._ask("generate", timeout_s, run_id=run_id, **request)
        return GeneratedSamples.model_validate(answer)

    def forecast(self, job_id: str, timeout_s: float = 120.0) -> None:
        """Let a trained forecast continue the dataset of its run.

        Args:
            job_id: A job that says which run; the answer lies in its folder when this returns.
            timeout_s: How long to wait.

        Raises:
            StudioError: The dataset is gone, its series cannot be continued, or the worker is not
                there.
        """
        self._ask("forecast", timeout_s, job=job_id)

    def _ask(self, kind: str, timeout_s: float, **details: object) -> object:
        give_up_at = time.monotonic() + timeout_s
        worker = self._wait_for_warm(give_up_at)
        try:
            return worker.ask(kind, max(0.1, give_up_at - time.monotonic()), **details)
        except WorkerGoneError:
            # It became a trainer, or died, just now: its successor answers.
            successor = self._wait_for_warm(give_up_at, other_than=worker)
            return successor.ask(kind, max(0.1, give_up_at - time.monotonic()), **details)

    def _wait_for_warm(self, give_up_at: float, other_than: WarmWorker | None = None) -> WarmWorker:
        with self._warm_changed:
            if self._warm is None or self._warm is other_than:
                self._warm_wanted_at = 0.0
                self._wake.set()
            while self._warm is None or self._warm is other_than:
                left_s = give_up_at - time.monotonic()
                if left_s <= 0 or self._closing.is_set() or self._thread is None:
                    raise StudioError(
                        "No worker is ready to compute this.",
                        "Try again in a few seconds; if it stays so, look at logs/warm-worker.log "
                        "in the workspace folder.",
                    )
                self._warm_changed.wait(left_s)
            return self._warm

    # The thread

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._tick()
                self._is_store_away = False
            except DBAPIError as error:
                self._note_that_store_is_away(error)
            except Exception:
                # An edge: one mistake must not stop all runs of this server for ever.
                log.exception("The supervisor stumbled and goes on")
            self._wake.wait(PAUSE_S)
            self._wake.clear()

    def _note_that_store_is_away(self, error: DBAPIError) -> None:
        self._watch.forget()
        if not self._is_store_away:
            log.warning("The run store is not available, trying again: %s", error.orig)
        self._is_store_away = True

    def _tick(self) -> None:
        self._start_queued()
        self._reap()
        own_pids = {child.process.pid for child in self._children}
        interrupt_lost_runs(self._store, self._watch, own_pids)
        self._start_queued()
        self._keep_warm()

    def _start_queued(self) -> None:
        while self._store.has_queued():
            claim = self._store.claim_next(self._launcher.host, self._launcher.num_slots)
            if claim is None:
                return
            self._start(claim)

    def _start(self, claim: Claim) -> None:
        try:
            process = self._hand_over(claim) or self._launcher.start_trainer(claim)
        except OSError as error:
            problem = Problem(
                f"No worker process could be started: {error}.",
                "Free memory or disk space on this machine, then press Resume.",
            )
            self._store.interrupt(claim.run_id, claim.token, problem)
            return
        Attempt(self._store.database, claim.run_id, claim.token).introduce(process.pid)
        self._warm_wanted_at = time.monotonic() + REPLACEMENT_DELAY_S
        self._children.append(_Child(claim, process))
        threading.Thread(
            target=self._wait_for, args=(process,), name="trainer", daemon=True
        ).start()

    def _wait_for(self, process: TrainerProcess) -> None:
        process.wait()
        self._wake.set()

    def _hand_over(self, claim: Claim) -> TrainerProcess | None:
        """Turn the warm worker into the claim's trainer, if there is one that suits."""
        with self._warm_changed:
            worker = self._warm
            if worker is None or not worker.is_alive or not self._launcher.suits(worker, claim):
                return None
            self._warm = None
        try:
            worker.train(claim)
        except WorkerGoneError:
            return None
        return worker.process

    def _reap(self) -> None:
        """Notice trainers of ours that have ended; their exit code says why."""
        for child in list(self._children):
            code = child.process.poll()
            if code is None:
                continue
            self._store.interrupt(child.claim.run_id, child.claim.token, describe_exit(code))
            self._children.remove(child)  # not before: a store that is away is told later
            self._warm_wanted_at = 0.0

    def _keep_warm(self) -> None:
        now = time.monotonic()
        worker = self._warm
        if worker is not None and worker.is_alive:
            return
        if worker is not None:
            log.warning("The warm worker ended with code %s", worker.process.poll())
            with self._warm_changed:
                self._warm = None
            self._warm_wanted_at = now + RESTART_DELAY_S
        if now < self._warm_wanted_at:
            return
        self._warm_wanted_at = now + RESTART_DELAY_S
        started = self._launcher.start_warm(self._next_slot())
        with self._warm_changed:
            self._warm = started
            self._warm_changed.notify_all()

    def _next_slot(self) -> int:
        host = self._launcher.host
        taken = {lease.slot for lease in self._store.list_leases() if lease.host == host}
        return next((s for s in range(self._launcher.num_slots) if s not in taken), 0)
