"""From a claim to the end of a run: the part of a worker that needs no TensorFlow."""

import logging
import shutil
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from dlstudio.errors import Problem, StudioError, disk_problem
from dlstudio.runs.attempt import Attempt, Ending, LeaseLostError
from dlstudio.runs.folders import RunFolder, make_run_folder, remove_torn_writes
from dlstudio.runs.heartbeat import Heartbeat
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store

HELLO_PATIENCE_S = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A run in the hands of its worker.

    Attributes:
        run: The run as it was when the work began.
        folder: Where its files go.
        attempt: The right to write about it.
        heartbeat: Hears the news and knows about stop requests.
    """

    run: RunRecord
    folder: RunFolder
    attempt: Attempt
    heartbeat: Heartbeat


def work_on_run(store: Store, run_id: str, token: int, train: Callable[[Job], Ending]) -> None:
    """Do the work of a claim and write down how it ended, whatever happens.

    SIGTERM and SIGINT ask the work to stop and keep its best model.

    Args:
        store: The store that gave the claim.
        run_id: The run.
        token: The token of the claim.
        train: Does the work; every error it raises becomes the run's problem.
    """
    attempt = Attempt(store.database, run_id, token)
    try:
        attempt.say_hello(HELLO_PATIENCE_S)
        heartbeat = Heartbeat(attempt)
        _stop_on_signals(heartbeat)
        with heartbeat:
            folder = make_run_folder(store.settings, run_id)
            remove_torn_writes(folder)
            job = Job(store.get_run(run_id), folder, attempt, heartbeat)
            ending = _guarded(train, job)
        if not heartbeat.is_lost:
            attempt.end(ending)
            # Not before: killed until here, or if the run is another's by now, it goes on from it.
            if ending.status is RunStatus.FINISHED:
                shutil.rmtree(job.folder.checkpoint, ignore_errors=True)
    except LeaseLostError as error:
        log.warning("%s", error)
    except DBAPIError as error:
        # The lease runs out and a supervisor declares the run interrupted: it can be resumed.
        log.error("The run store stayed away, giving up: %s", error.orig)


def problem_of(error: Exception, folder: Path | None = None) -> Problem:
    """Say in words why a run failed.

    Args:
        error: What was raised.
        folder: Where the run's files go, if it is a run.

    Returns:
        A StudioError's own problem; a known one of the system; else that it is a bug of ours.
    """
    if isinstance(error, StudioError):
        return error.problems[0]
    if full := disk_problem(error, folder):
        return Problem(
            f"{full.problem.rstrip('.')}, so the run's files could not be written.",
            "Free disk space, then resume the run, or clone it if it has no checkpoint yet.",
            "disk",
        )
    # TensorFlow's error for a full memory is named like this; it cannot be imported here.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return Problem(
            "The memory is full: the network and one batch do not fit.",
            "Choose a smaller batch size or fewer units, or free memory, then start again.",
            "training.batch_size",
        )
    return Problem(
        f"Something unexpected happened: {type(error).__name__}: {str(error)[:500]}",
        "Copy the end of the run's log into a bug report: this is our mistake, not yours.",
    )


def _guarded(train: Callable[[Job], Ending], job: Job) -> Ending:
    # One of the two edges where every exception is caught: the run must not end without a word.
    try:
        return train(job)
    except LeaseLostError:
        raise
    except Exception as error:
        problem = problem_of(error, job.folder.path)
        with suppress(OSError):  # the log may be on the disk that is full
            traceback.print_exc()
        return Ending(RunStatus.FAILED, problem=problem, message=problem.problem)


def _stop_on_signals(heartbeat: Heartbeat) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: heartbeat.stop())
