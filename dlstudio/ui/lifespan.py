"""What the server does when it starts and when it stops."""

import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import streamlit as st
from anyio import to_thread

from dlstudio.ui import first_page, services
from dlstudio.ui.server_log import start_log, stop_log
from dlstudio.ui.uploads import remove_old_uploads

closing = threading.Event()
"""Set the moment the server is asked to stop; endless responses end themselves then."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start the supervisor with the server and stop it with the server; runs go on without it."""
    closing.clear()
    _notice_stop_signals()
    log = start_log(services.settings())
    await to_thread.run_sync(remove_old_uploads, services.settings())
    services.begin_supervising()
    first_page.start_preparing()
    yield
    closing.set()
    await to_thread.run_sync(first_page.stop_preparing)
    await to_thread.run_sync(services.end_supervising)
    stop_log(log)


def _notice_stop_signals() -> None:
    # The server waits for open responses before the lifespan ends: they must know earlier.
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def note(signum: int, frame: FrameType | None, before: object = before) -> None:
            closing.set()
            if callable(before):
                before(signum, frame)

        signal.signal(number, note)
