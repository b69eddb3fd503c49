"""Follows a scoring job from the terminal."""

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
    """

    options: Sequence[str] = ()
    with_codes: bool = False
    with_values: bool = False
    ahead: AheadRequest = JUST_THE_STEPS


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
    job = start_scoring(
        settings,
        store.folder(record.id),
        path,
        output_path,
        reading,
        with_codes=wishes.with_codes,
        with_values=wishes.with_values,
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
