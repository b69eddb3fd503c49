"""What the pages and the routes share in this process: settings, store, supervisor, token.

Store and supervisor are imported and opened when someone first asks: the server listens earlier.
"""

import secrets
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from dlstudio.settings import Settings, read_settings

if TYPE_CHECKING:
    from dlstudio.runs.store import Store
    from dlstudio.runs.supervisor import Supervisor

FIRST_WORKER_S = 10.0
"""How long a server that nobody looks at waits before its first warm worker starts."""

_opening = threading.RLock()  # the first page and the start of the server ask at the same time
_supervises = threading.Event()
_supervisors: "dict[Settings, Supervisor]" = {}


def settings() -> Settings:
    """Read the settings of this process; cheap enough for every page run."""
    return read_settings()


def store() -> "Store":
    """Return the store; it is opened once a process and address."""
    with _opening:
        return _store(settings())


def supervisor() -> "Supervisor":
    """Return the process's supervisor; in a server it is at work when this returns."""
    with _opening:
        own = _supervisors.get(settings())
        return own or _new_supervisor(settings())


def begin_supervising() -> None:
    """Let the supervisor work from the moment that someone asks for it."""
    _supervises.set()


def end_supervising() -> None:
    """End the work of the supervisor; trainers go on."""
    _supervises.clear()
    with _opening:
        while _supervisors:
            _supervisors.popitem()[1].close()


@lru_cache(maxsize=1)
def upload_token() -> str:
    """Return the secret that an upload must carry; it changes with every start of the server."""
    return secrets.token_urlsafe(32)


@lru_cache(maxsize=4)
def _store(settings: Settings) -> "Store":
    from dlstudio.runs.store import open_store

    settings.home.mkdir(parents=True, exist_ok=True)
    return open_store(settings)


def _new_supervisor(settings: Settings) -> "Supervisor":
    from dlstudio.runs.supervisor import Supervisor

    made = _supervisors[settings] = Supervisor(settings, _store(settings))
    if _supervises.is_set():
        made.start(FIRST_WORKER_S)
    return made
