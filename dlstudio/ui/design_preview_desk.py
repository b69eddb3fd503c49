"""Asks the warm worker what a network will look like, without making anyone wait."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from dlstudio.reports.preview import NetworkPreview, PreviewFailed
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.run import RunSpec

Answer = NetworkPreview | PreviewFailed
Ask = Callable[[RunSpec], Answer]

MOST_ANSWERS = 200


@dataclass(frozen=True)
class PreviewState:
    """What is known about a spec's network: the answer, or None while it is worked out."""

    answer: Answer | None


class PreviewDesk:
    """Remembers answers by the content of the spec and works out the latest question only.

    Whoever types changes the spec many times: a question that nobody waits for any more is
    dropped before its turn.
    """

    def __init__(self, ask: Ask) -> None:
        """Open a desk.

        Args:
            ask: Works out one preview; may block; called from one thread at a time.
        """
        self._ask = ask
        self._answers: OrderedDict[str, Future[Answer]] = OrderedDict()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="preview")

    def look_up(self, spec: RunSpec, info: DatasetInfo, patience_s: float = 0.0) -> PreviewState:
        """Return the preview of a spec if it is known; else have it worked out.

        Args:
            spec: A spec without problems.
            info: Its dataset.
            patience_s: How long to wait for the answer, in seconds.
        """
        future = self._question(preview_key(spec, info), spec)
        wait([future], timeout=patience_s)
        if not future.done() or future.cancelled():
            return PreviewState(None)
        return PreviewState(future.result())

    def forget(self, spec: RunSpec, info: DatasetInfo) -> None:
        """Drop the answer to a spec, so that it is asked again; for a failure that may pass."""
        with self._lock:
            self._answers.pop(preview_key(spec, info), None)

    def close(self) -> None:
        """Answer no more questions."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _question(self, key: str, spec: RunSpec) -> "Future[Answer]":
        with self._lock:
            known = self._answers.get(key)
            if known is not None and not known.cancelled():
                self._answers.move_to_end(key)
                return known
            for waiting in self._answers.values():
                waiting.cancel()  # has no effect on the one being worked out
            future = self._thread.submit(self._ask, spec)
            self._answers[key] = future
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
            return future


def preview_key(spec: RunSpec, info: DatasetInfo) -> str:
    """Name the content that decides a preview; a run's name does not."""
    return f"{info.fingerprint} {spec.model_dump_json(exclude={'name', 'dataset'})}"
