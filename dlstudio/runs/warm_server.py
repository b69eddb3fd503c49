"""The warm worker's side of the line: requests come in, answers go out, until it must train.

The line is JSON, one object a line, over stdin and stdout. A request is {"id", "ask", ...}; its
answer {"id", "answer"} or {"id", "problems"}. {"ask": "train", "run_id", "token"} is not answered:
the process turns into the run's trainer. When stdin ends, so does the process.
"""

import json
import os
import select
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from dlstudio.errors import StudioError
from dlstudio.runs.work import problem_of

TRAIN = "train"
READY = {"ready": True}

# JSON in, JSON out: this is the edge where the messages become typed.
Answerer = Callable[[dict[str, Any]], Any]


class Line:
    """The connection to the server that started this process."""

    def __init__(self) -> None:
        """Take stdin and stdout for the line; what is printed from now on goes to stderr."""
        sys.stdout.flush()
        self._out: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self._in: TextIO = os.fdopen(os.dup(0), "r", encoding="utf-8")
        os.dup2(2, 1)
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)

    def receive(self) -> dict[str, Any] | None:
        """Wait for a request; None when the server is gone."""
        text = self._in.readline()
        return json.loads(text) if text else None

    @property
    def has_request(self) -> bool:
        """Whether a request, or the server's end, is waiting; only before the first `receive`."""
        return bool(select.select([self._in], [], [], 0)[0])

    def send(self, message: Mapping[str, Any]) -> None:
        """Send an answer; the server may be gone by now, which the next `receive` notices."""
        try:
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()
        except BrokenPipeError:
            return

    def close(self) -> None:
        """Let go of the server: it may end without an effect on this process."""
        self._in.close()
        try:
            self._out.close()
        except BrokenPipeError:
            return


def serve(line: Line, answerers: Mapping[str, Answerer]) -> tuple[str, int] | None:
    """Answer requests until one says which run to train.

    Args:
        line: The connection.
        answerers: What answers each kind of request.

    Returns:
        The run's id and token; None if the server is gone.
    """
    line.send(READY)
    while (request := line.receive()) is not None:
        if request["ask"] == TRAIN:
            line.close()
            return request["run_id"], request["token"]
        line.send({"id": request["id"], **_answer(answerers, request)})
    return None


def print_to(path: Path) -> None:
    """Send all that this process prints, also from C++, to the end of a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    with path.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _answer(answerers: Mapping[str, Answerer], request: dict[str, Any]) -> dict[str, Any]:
    # An edge like the worker's top: a request that fails must not end the worker.
    try:
        return {"answer": answerers[request["ask"]](request)}
    except StudioError as error:
        return {"problems": [asdict(problem) for problem in error.problems]}
    except Exception as error:
        traceback.print_exc()
        return {"problems": [asdict(problem_of(error))]}
