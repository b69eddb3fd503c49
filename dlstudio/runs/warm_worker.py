"""The server's side of a warm worker: ask it, or turn it into the trainer of a run."""

import json
import subprocess
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import count
from typing import Any

from dlstudio.errors import Problem, SpecError, StudioError
from dlstudio.runs.queue import Claim
from dlstudio.runs.warm_server import READY, TRAIN


class WorkerGoneError(StudioError):
    """The worker ended before it answered."""

    def __init__(self) -> None:
        """Say so; another worker takes its place by itself."""
        super().__init__(
            "The worker that computes previews and predictions ended unexpectedly.",
            "Try again in a few seconds: another one is being started.",
        )


class WarmWorker:
    """A process that has TensorFlow ready. Safe to share between threads."""

    def __init__(self, process: "subprocess.Popen[str]", gpus: str | None) -> None:
        """Take over a process that speaks the line of `warm_server`.

        Args:
            process: Started with pipes for stdin and stdout, in text mode.
            gpus: The GPUs it sees, as in `CUDA_VISIBLE_DEVICES`; None if that was not set.
        """
        self.process = process
        self.gpus = gpus
        self._ids = count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._is_over = False
        threading.Thread(target=self._listen, name="warm-worker", daemon=True).start()

    @property
    def is_ready(self) -> bool:
        """Whether it has finished warming up."""
        return self._ready.is_set() and self.is_alive

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._is_over and self.process.poll() is None

    def ask(self, kind: str, timeout_s: float, **details: object) -> object:
        """Send a request and wait for the answer; also while it is still warming up.

        Args:
            kind: The kind of request.
            timeout_s: How long to wait.
            **details: What the request needs, as JSON.

        Returns:
            The answer, as JSON.

        Raises:
            WorkerGoneError: It ended, or became a trainer, in the meantime.
            StudioError: It took too long.
            SpecError: What it found wrong.
        """
        answer: Future[dict[str, Any]] = Future()
        number = next(self._ids)
        with self._lock:
            if self._is_over:
                raise WorkerGoneError
            self._waiting[number] = answer
        self._send({"id": number, "ask": kind, **details})
        try:
            return _unpack(answer.result(timeout_s))
        except FutureTimeoutError as error:
            raise StudioError(
                f"The worker did not answer within {timeout_s:g} seconds.",
                "Try again in a moment: it may still be starting, or the network is very large.",
            ) from error
        finally:
            self._waiting.pop(number, None)

    def train(self, claim: Claim) -> None:
        """Turn it into the trainer of a run; it cannot be asked again.

        Raises:
            WorkerGoneError: It ended before.
        """
        self._send({"id": 0, "ask": TRAIN, "run_id": claim.run_id, "token": claim.token})
        self.close()

    def close(self) -> None:
        """Let it go; a worker that is not a trainer ends by itself."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                return

    def _send(self, message: dict[str, object]) -> None:
        assert self.process.stdin is not None
        try:
            with self._lock:
                self.process.stdin.write(json.dumps(message) + "\n")
                self.process.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: closed on our side
            raise WorkerGoneError from error

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for text in lines:
                self._hear(json.loads(text))
        with self._lock:
            self._is_over = True
            left, self._waiting = dict(self._waiting), {}
        for answer in left.values():
            answer.set_exception(WorkerGoneError())
        self.close()
        self.process.wait()

    def _hear(self, message: dict[str, Any]) -> None:
        if message == READY:
            self._ready.set()
        elif (answer := self._waiting.pop(message["id"], None)) is not None:
            answer.set_result(message)


def _unpack(message: dict[str, Any]) -> object:
    if "problems" in message:
        raise SpecError(Problem(**problem) for problem in message["problems"])
    return message["answer"]
