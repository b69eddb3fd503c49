"""Follows a scoring job from the terminal."""

import time
from collections.abc import Sequence
from pathlib import Path

import typer

from dlstudio.cli.assignments import read_options
from dlstudio.cli.progress_line import ProgressLine
from dlstudio.errors import SpecError
from dlstudio.export.scoring import (
    ScoringJob,
    ScoringProgress,
    ScoringResult,
    ScoringStatus,
    start_scoring,
)
from dlstudio.runs.store import open_store
from dlstudio.settings import read_settings

PAUSE_S = 0.05


def score(
    run: str,
    path: Path,
    output_path: Path | None,
    options: Sequence[str],
    *,
    with_codes: bool = False,
) -> ScoringResult:
    """Score a file with a run in a process of its own and wait for the end.

    Args:
        run: A run's name or id.
        path: The file.
        output_path: Where the rows with their predictions go; None evaluates the file.
        options: Texts such as "delimiter=tab".
        with_codes: Whether the codes of a network that has them are written too.

    Raises:
        NotFoundError: There is no such run, or it has no model.
        SpecError: Whatever the process found wrong.
    """
    settings = read_settings()
    reading = read_options(options)
    store = open_store(settings)
    folder = store.folder(store.get_run(run).id)
    job = start_scoring(settings, folder, path, output_path, reading, with_codes=with_codes)
    try:
        return _wait(job)
    finally:
        job.dismiss()


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
