"""Errors that a person can act on: what went wrong, what to do, and where."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PASSING = ("locked", "busy", "full", "connection", "deadlock", "serializ", "timeout", "read-only")
"""Words by which a database says that the same may succeed later."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        problem: One sentence with the offending value and what was expected.
        fix: One sentence that starts with a verb and names the control, column or file.
        where: The field, column or file the problem belongs to, such as
            "training.learning_rate"; empty if it belongs to no single place.
    """

    problem: str
    fix: str
    where: str = ""

    def __str__(self) -> str:
        """Place, problem and fix on one line."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.problem} {self.fix}"


class StudioError(Exception):
    """Something the user can mend; anything else that is raised is a bug of ours."""

    def __init__(self, problem: str, fix: str, where: str = "") -> None:
        """Say what went wrong.

        Args:
            problem: One sentence with the offending value and what was expected.
            fix: One sentence that starts with a verb and tells the way out.
            where: The field, column or file as the user sees it.
        """
        super().__init__(problem, fix, where)
        self.problem = problem
        self.fix = fix
        self.where = where

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem this error reports; one unless a subclass collects several."""
        return (Problem(self.problem, self.fix, self.where),)

    def __str__(self) -> str:
        """One line a problem."""
        return "\n".join(str(problem) for problem in self.problems)


class DataError(StudioError):
    """A file or a dataset cannot be used as it is."""


class NotFoundError(StudioError):
    """A dataset, run or file that was named does not exist."""


class ConflictError(StudioError):
    """The thing exists but is in a state that does not allow what was asked."""


class TrainingError(StudioError):
    """Training cannot start or cannot go on."""


class SpecError(StudioError):
    """A spec is wrong; carries every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Collect problems.

        Args:
            problems: At least one problem; `where` is the dotted path of the field.
        """
        self._problems = tuple(problems)
        first = self._problems[0]
        super().__init__(first.problem, first.fix, first.where)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the spec, in the order of its fields."""
        return self._problems

    def __reduce__(self) -> tuple[type["SpecError"], tuple[tuple[Problem, ...]]]:
        """Let the error cross a process border whole."""
        return (SpecError, (self._problems,))


def disk_problem(error: Exception, folder: Path | None = None) -> Problem | None:
    """Say that the disk is full, if that is why something failed.

    Args:
        error: What was raised: by the system, or by SQLite, which says so in words only.
        folder: What was written to, as far as the caller knows; where a file could not even be
            opened, the system names it.

    Returns:
        The problem; None if the cause is another one.
    """
    fix = "Free some space and try again."
    if "database or disk is full" in str(error):
        return Problem("The disk that holds the store of runs is full.", fix)
    if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    name = error.filename
    place = Path(name).parent if isinstance(name, str) and Path(name).is_absolute() else folder
    return Problem(f"The disk that holds {place} is full." if place else "The disk is full.", fix)


def store_problem(error: Exception) -> Problem | None:
    """Say that the database of runs is away or locked, if that is why something failed.

    Args:
        error: What was raised. SQLAlchemy's error is known by its name and words: importing it
            would cost every command a third of a second.

    Returns:
        The problem; None if the cause is another one.
    """
    said = str(getattr(error, "orig", "")).strip().partition("\n")[0]
    is_away = any(word in said.lower() for word in PASSING)
    if type(error).__name__ not in ("OperationalError", "InternalError") or not is_away:
        return None
    return Problem(
        f"The store of runs does not answer: {said.rstrip('.')}.",
        "Try again in a moment; if it stays so, look at the database that DLSTUDIO_DATABASE_URL "
        "names. Runs that train go on meanwhile.",
        "DLSTUDIO_DATABASE_URL",
    )
