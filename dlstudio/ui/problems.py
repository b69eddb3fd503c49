"""How problems that a person can mend are shown: beside their place, with the fix."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from dlstudio.errors import Problem, StudioError
from dlstudio.ui.formats import escape_markdown


def show_problems(problems: Iterable[Problem], where: str | None = None) -> bool:
    """Show problems at this spot of the page.

    Args:
        problems: What is wrong; may be empty.
        where: Show only the problems of this place (and places below it, such as
            "training.schedule" for "training"); all of them by default.

    Returns:
        Whether anything was shown.
    """
    chosen = [problem for problem in problems if _belongs(problem, where)]
    for problem in chosen:
        st.error(problem_text(problem, with_place=where is None), icon=":material/error:")
    return bool(chosen)


def problem_text(problem: Problem, *, with_place: bool = True) -> str:
    """Write a problem as Markdown: the place, what is wrong, and what to do.

    Args:
        problem: The problem.
        with_place: Begin with the place that the problem belongs to, if it names one.
    """
    is_said = with_place and problem.where not in _UNSAID
    place = f"**{escape_markdown(problem.where)}**: " if is_said else ""
    text, fix = escape_markdown(problem.problem), escape_markdown(problem.fix)
    return f"{place}{text}  \n**To fix it:** {fix}"


# These places are no field of the screen; the sentence itself names them.
_UNSAID = ("", "disk", "file", "upload", "run", "dataset", "dataset.name", "dataset.fingerprint")


@contextmanager
def showing_problems() -> Iterator[None]:
    """Run a part of a page; a `StudioError` is shown there and the page goes on after it."""
    try:
        yield
    except StudioError as error:
        show_problems(error.problems)


def _belongs(problem: Problem, where: str | None) -> bool:
    return where is None or problem.where == where or problem.where.startswith(f"{where}.")
