"""What a command prints when it fails."""

import os
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import typer

from dlstudio.errors import Problem, StudioError, disk_problem, store_problem
from dlstudio.settings import read_settings


def explain_failure(error: Exception) -> int:
    """Explain an error on stderr, without a traceback.

    Args:
        error: What a command raised.

    Returns:
        The exit code.
    """
    if isinstance(error, StudioError):
        print_problems(error.problems)
    else:
        print_problems([disk_problem(error) or store_problem(error) or _bug(error)])
    return 1


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems to stderr, each with its place and its fix."""
    for problem in problems:
        place = f" ({problem.where})" if problem.where else ""
        typer.echo(f"Problem{place}: {problem.problem}", err=True)
        typer.echo(f"  Fix: {problem.fix}", err=True)


def _bug(error: Exception) -> Problem:
    """Whatever is not a StudioError is our own mistake; its details go to a file."""
    summary = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    path = _write_details(error)
    details = f" with the details in {path}" if path else ""
    return Problem(f"This is a mistake in DL Studio: {summary}.", f"Report it{details}.")


def _write_details(error: Exception) -> Path | None:
    try:
        folder = read_settings().home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"error-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.log"
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except (OSError, StudioError):
        return None
    return path
