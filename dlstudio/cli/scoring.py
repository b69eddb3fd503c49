"""Follows a scoring job from the terminal."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from dlstudio.cli.assignments import read_options
from dlstudio.cli.progress_line import ProgressLine
from dlstudio.errors import SpecError, StudioError
from dlstudio.export.scoring import (
    JUST_THE_STEPS,
    AheadRequest,
    ScoringJob,
    ScoringProgress,
    ScoringResult,
    ScoringStatus,
    start_scoring,
)
from dlstudio.runs.records import RunRecord
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings
from dlstudio.spec.task import TaskKind

PAUSE_S = 0.05


@dataclass(frozen=True)
class Wishes:
    """What is asked besides the answers themselves.

    Attributes:
        options: How to read the file: texts such as "delimiter=tab".
        with_codes: Whether the codes of a network that has them are written too.
        with_values: Whether the values that a network rebuilds of a table are written too.
        ahead: What is asked of a forecast.
        threshold: The reconstruction error that flags a row, instead of the run's own.
    """

    options: Sequence[str] = ()
    with_codes: bool = False
    with_values: bool = False
    ahead: AheadRequest = JUST_THE_STEPS
    threshold: float | None = None


def score(run: str, path: Path | None, output_path: Path | None, wishes: Wishes) -> ScoringResult:
    """Score a file with a run in a process of its own and wait for the end.

    Args:
        run: A run's name or id.
        path: The file; None lets a forecast go on from the end of its dataset.
        output_path: Where the rows with their predictions go; None evaluates the file.
        wishes: What else is asked.

    Raises:
        NotFoundError: There is no such run, or it has no model.
        SpecError: Whatever the process found wrong.
    """
    settings = read_settings()
    reading = read_options(wishes.options)
    store = open_store(settings)
    record = store.get_run(run)
    _check_file(record, path, wishes.ahead)
    check_threshold(record, wishes.threshold)
    job = start_scoring(
        settings,
        store.folder(record.id),
        path,
        output_path,
        reading,
        with_codes=wishes.with_codes,
        with_values=wishes.with_values,
        threshold=wishes.threshold,
        ahead=wishes.ahead,
    )
    is_named = False
    try:
        return _wait(job)
    except SpecError as error:  # what is told to be looked at must still be there
        is_named = any(str(job.folder) in problem.fix for problem in error.problems)
        raise
    finally:
        if not is_named:
            job.dismiss()


def check_threshold(run: RunRecord, threshold: float | None) -> None:
    """Refuse a threshold that a run has no use for, before anything is started.

    Raises:
        StudioError: The run does not look for anomalies, or the threshold is not above 0.
    """
    if threshold is None:
        return
    if run.spec.task.kind is not TaskKind.ANOMALY:
        raise StudioError(
            f"A threshold is given, but {run.name!r} does not look for anomalies.",
            "Leave out --threshold, or choose a run of an anomaly detection.",
            where="--threshold",
        )
    if not (math.isfinite(threshold) and threshold > 0.0):
        raise StudioError(
            f"The threshold {threshold:g} is not above 0, as reconstruction errors are.",
            "Choose a number above 0; the report of the run shows what each flags.",
            where="--threshold",
        )


def _check_file(run: RunRecord, path: Path | None, ahead: AheadRequest) -> None:
    """Find out before anything is started what only a forecast can do."""
    if run.spec.task.kind is TaskKind.FORECASTING:
        return
    if path is None:
        raise StudioError(
            f"No file is named, but {run.name!r} answers rows; only a forecast goes on from its "
            "own data.",
            f"Name one: dlstudio predict {run.name} FILE.",
            where="FILE",
        )
    if ahead != JUST_THE_STEPS:
        raise StudioError(
            f"{run.name!r} is no forecast: nothing is known in advance, and it has no band.",
            "Leave out --known and --band.",
            where="--known" if ahead.known_path else "--band",
        )


def print_notes(result: ScoringResult) -> None:
    """Print what a person should know about the result, to stderr."""
    for note in result.notes:
        typer.echo(f"Note: {note}", err=True)


def _wait(job: ScoringJob) -> ScoringResult:
    line = ProgressLine()
    try:
        while (state := job.poll()).status is ScoringStatus.RUNNING:
            line.show(_progress_text(state.progress))
            time.sleep(PAUSE_S)
    except KeyboardInterrupt:
        job.cancel()
        raise
    finally:
        line.clear()
    if state.problems:
        raise SpecError(state.problems)
    return state.result or ScoringResult()


def _progress_text(progress: ScoringProgress) -> str:
    if progress.num_rows is None or not progress.num_rows_done:
        return progress.phase
    return f"{progress.phase} {progress.num_rows_done:,} of {progress.num_rows:,} rows"
