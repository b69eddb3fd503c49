"""Finds the runs whose worker is gone, and ends workers that a person wants gone."""

import os
import signal
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from dlstudio.errors import ConflictError, Problem
from dlstudio.runs.machine import host_name, is_alive
from dlstudio.runs.records import Lease, RunRecord
from dlstudio.runs.store import Store

# A worker that is only starting imports TensorFlow first, which a busy machine may take long for.
# Its process is watched from the first moment; this is for one that hangs.
START_PATIENCE_S = 180.0
# What one look counts at most: who was away for longer, on a paused or starved machine, may find
# that the workers were away too.
LONGEST_COUNTED_S = 2.0
# How much longer is waited once the store is known to take writes: a worker whose disk was full
# or whose database was locked tries again every two seconds at the latest.
ANSWER_S = 5.0
RESUME = "Resume the run: it goes on from its last checkpoint."
LOOK_S = 0.1
_END = {  # by whether the worker was introduced
    True: Problem("The worker process ended without a word.", RESUME),
    False: Problem("What was about to start the worker ended before it could.", RESUME),
}


@dataclass
class LeaseWatch:
    """Remembers for how long each lease has not moved.

    The time is taken by this process's own clock, while it looked: clocks of two machines may
    differ, and a machine that slept or was paused must not find all its runs abandoned.
    """

    lease_s: float
    _looked_at: float | None = None
    _seen: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    _awaited: frozenset[Lease] = frozenset()

    def silent(self, leases: Iterable[Lease], now: float) -> tuple[Lease, ...]:
        """Return the leases that have not moved for longer than they last.

        Args:
            leases: The leases of all active runs.
            now: The time of a clock that is never set, in seconds; of the time since the last
                look, two seconds count at most.
        """
        passed_s = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        counted_s = min(passed_s, LONGEST_COUNTED_S)
        leases = tuple(leases)
        self._awaited &= frozenset(leases)  # one that has moved since is not silent any more
        self._seen = {lease.run_id: self._silence(lease, counted_s) for lease in leases}
        return tuple(
            lease for lease in leases if self._seen[lease.run_id][2] > self._patience_s(lease)
        )

    def forget(self) -> None:
        """Begin anew: nobody could write while the store was away, which is not silence."""
        self._seen = {}
        self._awaited = frozenset()

    def unanswered(
        self, silent: Iterable[Lease], prove_writable: Callable[[], None]
    ) -> frozenset[Lease]:
        """Return those of the silent that could have written and did not.

        Args:
            silent: Leases that `silent` has returned.
            prove_writable: Raises if the store cannot be written; called when one of them is
                silent for the first time, which is then given `ANSWER_S` more.
        """
        found = frozenset(silent)
        answerless = found & self._awaited
        if answerless != found:
            prove_writable()
        self._awaited |= found
        return answerless

    def _silence(self, lease: Lease, counted_s: float) -> tuple[int, int, float]:
        token, num_heartbeats, silence_s = self._seen.get(lease.run_id, (None, None, 0.0))
        is_unchanged = (token, num_heartbeats) == (lease.token, lease.num_heartbeats)
        return lease.token, lease.num_heartbeats, silence_s + counted_s if is_unchanged else 0.0

    def _patience_s(self, lease: Lease) -> float:
        patience_s = self.lease_s if lease.has_begun else max(self.lease_s, START_PATIENCE_S)
        return patience_s + min(ANSWER_S, self.lease_s) * (lease in self._awaited)


def is_gone(lease: Lease) -> bool:
    """Whether a worker of this machine, or who wanted to start it, has ended for certain."""
    if lease.host != host_name() or lease.pid is None or lease.process_mark is None:
        return False
    return not is_alive(lease.pid, lease.process_mark)


def interrupt_lost_runs(store: Store, watch: LeaseWatch, own_pids: Collection[int] = ()) -> int:
    """Declare every run interrupted whose worker has ended or is silent.

    Args:
        store: The store.
        watch: What was seen before.
        own_pids: Children of this process, whose end it notices itself and knows more about.

    Returns:
        How many runs were interrupted.

    Raises:
        DBAPIError: The store cannot be read or written.
    """
    leases = store.list_leases()
    gone = [lease for lease in leases if lease.pid not in own_pids and is_gone(lease)]
    silent = [lease for lease in watch.silent(leases, time.monotonic()) if lease not in gone]
    answerless = watch.unanswered(silent, store.prove_writable)
    quiet = Problem(
        f"The worker has not written anything for {watch.lease_s:g} seconds.",
        f"{RESUME} If it happens again, look at the machine's memory and disk.",
    )
    losses = [(lease, _END[lease.is_introduced]) for lease in gone]
    losses += [(lease, quiet) for lease in answerless]
    return sum(store.interrupt(lease.run_id, lease.token, problem) for lease, problem in losses)


def settle_run(store: Store, run_id: str) -> RunRecord:
    """Find out whether the worker of a run is still there, if the store says that one works on it.

    Where no studio and no command watches, a run whose machine went down stays "running" for ever.
    This waits until the worker writes, which takes half a second, or has been silent for so long
    that the run counts as interrupted.

    Args:
        store: The store.
        run_id: Any run.

    Returns:
        The run as it is then.
    """
    watch = LeaseWatch(store.settings.lease_s)
    first = lease = _lease_of(store, run_id)
    while lease is not None and lease == first:
        interrupt_lost_runs(store, watch)
        time.sleep(LOOK_S)
        lease = _lease_of(store, run_id)
    return store.get_run(run_id)


def describe_exit(code: int) -> Problem:
    """Say what the exit code of a worker means that ended without closing its run.

    Args:
        code: As `subprocess.Popen` gives it; negative for a signal.
    """
    if code == -signal.SIGKILL:
        return Problem(
            "The worker process was killed, perhaps because the machine's memory ran out.", RESUME
        )
    if code == -signal.SIGBUS:
        return Problem(
            "The worker process could not write to a file it works in: the disk is full.",
            f"Free some space. {RESUME}",
        )
    if code == 0:  # see `work_on_run`: whoever lost the run to another has nothing to say
        return Problem(
            "The worker gave up: the store of runs could not be written for too long.",
            f"Free disk space, or bring its database back. {RESUME}",
        )
    if code < 0:
        name = signal.Signals(-code).name
        return Problem(f"The worker process was ended by the signal {name}.", RESUME)
    return Problem(
        f"The worker process ended with exit code {code} before the run was over.",
        f"Look at the run's log. {RESUME}",
    )


def kill_run(store: Store, run_id: str) -> RunRecord:
    """End a run's worker at once; what came after the last checkpoint is lost.

    Args:
        store: The store.
        run_id: An active run.

    Returns:
        The run, interrupted.

    Raises:
        ConflictError: No worker works on the run, or it works on another machine.
    """
    run = store.get_run(run_id)
    lease = _lease_of(store, run.id)
    if lease is None:
        raise ConflictError(
            f"The run {run.name!r} is {run.status}: no worker works on it.",
            "Kill a run that is running or stopping.",
            where="status",
        )
    if lease.host != host_name():
        machine = lease.host.partition(":")[0]
        raise ConflictError(
            f"The run {run.name!r} is worked on by another machine, {machine}.",
            "Stop it instead, or kill it on that machine.",
            where="status",
        )
    # First the word, then the deed: whoever finds the worker dead would guess at another cause.
    store.interrupt(run.id, lease.token, Problem("The run was killed on request.", RESUME))
    if lease.is_introduced and lease.pid is not None and not is_gone(lease):
        _kill_group(lease.pid)
    return store.get_run(run.id)


def _lease_of(store: Store, run_id: str) -> Lease | None:
    """The lease of a run that a worker works on, as far as the store knows."""
    return next((lease for lease in store.list_leases() if lease.run_id == run_id), None)


def _kill_group(pid: int) -> None:
    # A worker is started as the leader of a group of its own; its helpers end with it.
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
