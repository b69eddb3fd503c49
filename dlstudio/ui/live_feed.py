"""What has happened in some runs since the last look, as events for the live curves."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dlstudio.errors import NotFoundError
from dlstudio.reports.progress import MetricPoint
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import Store

MOST_POINTS = 2000
"""Points of one curve in the first event; a longer history is thinned out evenly."""

_PAGE = 5000

Row = tuple[int, int, float, float]
Curves = dict[str, list[Row]]


@dataclass(frozen=True)
class LiveEvent:
    """One server-sent event; `id` is set where a reader may go on from."""

    kind: str
    data: object
    id: int | None = None

    def as_text(self) -> str:
        """Write the event as the browser's EventSource reads it."""
        id_line = "" if self.id is None else f"id: {self.id}\n"
        return f"event: {self.kind}\n{id_line}data: {json.dumps(self.data, allow_nan=False)}\n\n"


class LiveFeed:
    """Reads the store for one listener, from where that listener stopped."""

    def __init__(self, store: Store, run_ids: Sequence[str], after_id: int = 0) -> None:
        """Begin a feed.

        Args:
            store: The store that the workers write to.
            run_ids: The runs to follow.
            after_id: Id of the last point that the listener has seen; 0 for none.
        """
        self._store = store
        self._run_ids = tuple(dict.fromkeys(run_ids))
        # One place a run: while one is read, the others go on, and ids are counted over all runs.
        self._last_ids = dict.fromkeys(self._run_ids, after_id)
        self._statuses: dict[str, object] = {}
        self._progress: dict[str, object] = {}
        self._running: set[str] = set()

    @property
    def awaits_first_points(self) -> bool:
        """Whether a run has begun to train and none of its points has come yet."""
        return any(self._last_ids[run_id] == 0 for run_id in self._running)

    def read(self) -> list[LiveEvent]:
        """Read what is new: status, points, progress and, when every run is over, the end."""
        # Status first: a run that is over now has written all its points already.
        records = {run_id: self._record(run_id) for run_id in self._run_ids}
        self._running = {
            run_id
            for run_id, record in records.items()
            if record is not None and record.status is RunStatus.RUNNING
        }
        events = self._changes(
            "status",
            self._statuses,
            {run_id: _status(record) for run_id, record in records.items()},
        )
        events += self._points()
        events += self._changes(
            "progress",
            self._progress,
            {run_id: _progress(record) for run_id, record in records.items()},
        )
        if all(record is None or record.status.is_over for record in records.values()):
            events.append(LiveEvent("end", {}))
        return events

    def _record(self, run_id: str) -> RunRecord | None:
        try:
            return self._store.get_run(run_id)
        except NotFoundError:
            return None

    def _changes(
        self, kind: str, known: dict[str, object], now: dict[str, object]
    ) -> list[LiveEvent]:
        changed = {run_id: value for run_id, value in now.items() if known.get(run_id) != value}
        known.update(changed)
        return [LiveEvent(kind, changed)] if changed else []

    def _points(self) -> list[LiveEvent]:
        # Whatever is new now came after all that was read before, so a listener that goes on from
        # here misses nothing.
        seen_id = max(self._last_ids.values(), default=0)
        found: dict[str, Curves] = {}
        for run_id in self._run_ids:
            curves = self._new_curves(run_id)
            if curves:
                found[run_id] = {name: thin_out(rows) for name, rows in curves.items()}
        return [LiveEvent("points", found, id=seen_id)] if found else []

    def _new_curves(self, run_id: str) -> Curves:
        curves: defaultdict[str, list[Row]] = defaultdict(list)
        while True:
            last_id = self._last_ids[run_id]
            batch = self._store.read_points(run_id, after_id=last_id, limit=_PAGE)
            for point in batch.points:
                curves[f"{point.split}/{point.name}"].append(_row(point))
            self._last_ids[run_id] = batch.last_id
            if len(batch.points) < _PAGE:
                return curves


def thin_out(rows: list[Row], most: int = MOST_POINTS) -> list[Row]:
    """Keep every n-th point, the lowest, the highest and the last: about `most` at most."""
    stride = -(-len(rows) // most)
    if stride <= 1:
        return rows
    by_value = sorted(range(len(rows)), key=lambda place: rows[place][3])
    kept = {*range(0, len(rows), stride), by_value[0], by_value[-1], len(rows) - 1}
    return [rows[place] for place in sorted(kept)]


def _row(point: MetricPoint) -> Row:
    return (point.epoch, point.step, point.time_s, point.value)


def _status(record: RunRecord | None) -> object:
    if record is None:
        return {"status": "removed", "name": "", "num_epochs": 0}
    return {
        "status": record.status.value,
        "name": record.name,
        "num_epochs": record.num_epochs,
    }


def _progress(record: RunRecord | None) -> object:
    if record is None or record.progress is None:
        return None
    resources = record.resources.model_dump() if record.resources else {}
    return {**record.progress.model_dump(), **resources}
