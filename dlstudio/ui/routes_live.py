"""Live curves: the metric points of running runs as server-sent events."""

import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dlstudio.errors import NotFoundError
from dlstudio.ui.lifespan import closing
from dlstudio.ui.services import store

if TYPE_CHECKING:
    from dlstudio.ui.live_feed import LiveFeed

PAUSE_S = 0.25
FIRST_PAUSE_S = 0.06  # someone has clicked Train and waits for the first point
PING_S = 15.0
MOST_RUNS = 20


async def stream_live(request: Request) -> Response:
    """Answer `GET /studio/live?runs=ID,ID&after=N` with an event stream.

    Events: `status` {run: {status, name, num_epochs}}, `points` {run: {"split/name":
    [[epoch, step, time_s, value], ...]}} with the last point's id, `progress` {run: {...} or null},
    and `end` when every run is over, after which the stream closes.

    Raises:
        NotFoundError: The address names no runs, or too many.
    """
    from dlstudio.ui.live_feed import LiveFeed  # the server listens before it is imported

    run_ids = [run_id for run_id in request.query_params.get("runs", "").split(",") if run_id]
    if not 1 <= len(run_ids) <= MOST_RUNS or not all(run_id.isalnum() for run_id in run_ids):
        raise NotFoundError(
            f"The address names {len(run_ids)} runs, but 1 to {MOST_RUNS} ids were expected.",
            "Choose fewer runs.",
            where="runs",
        )
    seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
    feed = LiveFeed(store(), run_ids, int(seen) if seen.isdigit() else 0)
    return StreamingResponse(
        _stream(feed),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _stream(feed: "LiveFeed") -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    sent_at = time.monotonic()
    while not closing.is_set():
        events = await to_thread.run_sync(feed.read)
        if events or time.monotonic() - sent_at > PING_S:
            yield "".join(event.as_text() for event in events) or ": ping\n\n"
            sent_at = time.monotonic()
        if events and events[-1].kind == "end":
            return
        await anyio.sleep(FIRST_PAUSE_S if feed.awaits_first_points else PAUSE_S)
