"""One request to a process of its own: asked on its stdin, answered in the last line of its stdout.

The process imports TensorFlow, so that the command that asks need not.
"""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from dlstudio.errors import Problem, SpecError, StudioError, disk_problem
from dlstudio.spec.frozen import Frozen


class Answer(Frozen):
    """What was wrong; nothing if the request was done."""

    problems: tuple[Problem, ...] = ()


_Request = TypeVar("_Request", bound=Frozen)
_Answer = TypeVar("_Answer", bound=Answer)


def ask(
    module: str,
    request: Frozen,
    answer_type: type[_Answer],
    does: str,
    environment: Mapping[str, str] | None = None,
) -> _Answer:
    """Start a module of this package as a process, hand it a request and wait for its answer.

    Args:
        module: The module; its `main` calls `answer`.
        request: What it is asked.
        answer_type: What it answers.
        does: What it does, for the message when it ends without an answer: "draws samples".
        environment: Variables that it gets besides those of this process.

    Raises:
        SpecError: Whatever the process found wrong.
    """
    ended = subprocess.run(
        [sys.executable, "-m", module],
        input=request.model_dump_json(),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    try:
        given = answer_type.model_validate_json(ended.stdout.strip().rpartition("\n")[2])
    except ValidationError:
        raise SpecError((_silence(does, ended.stderr),)) from None
    if given.problems:
        raise SpecError(given.problems)
    return given


def answer(request_type: type[_Request], respond: Callable[[_Request], Answer]) -> int:
    """Do what stdin asks for and print the answer as the last line.

    Args:
        request_type: What stdin holds, as JSON.
        respond: Does it; what it raises becomes a problem of the answer.

    Returns:
        The exit status: 1 if the answer holds problems.
    """
    try:
        given = respond(request_type.model_validate_json(sys.stdin.read()))
    except StudioError as error:
        given = Answer(problems=error.problems)
    except OSError as error:
        given = Answer(problems=(_file_problem(error),))
    except Exception as error:
        traceback.print_exc()
        text = f"This is a mistake in DL Studio: {type(error).__name__}: {str(error)[:300]}."
        given = Answer(problems=(Problem(text, "Report it with these details."),))
    sys.stdout.write(f"\n{given.model_dump_json()}\n")
    return 1 if given.problems else 0


def _file_problem(error: OSError) -> Problem:
    if disk_problem(error) is not None:
        fix = "Free some space there, or choose another place."
        return Problem("The file cannot be written: the disk is full.", fix, "-o")
    return Problem(f"The file cannot be written: {error}.", "Check place and space.", "-o")


def _silence(does: str, details: str) -> Problem:
    last = details.strip().rpartition("\n")[2][:300]
    return Problem(
        f"The process that {does} ended unexpectedly: {last or 'it said nothing'}",
        "Try again; if it happens again, report it.",
    )
