"""What the pages and the routes share in this process: settings, store, supervisor, token."""

import secrets
from functools import lru_cache

from dlstudio.runs.store import Store, open_store
from dlstudio.runs.supervisor import Supervisor
from dlstudio.settings import Settings, read_settings


def settings() -> Settings:
    """Read the settings of this process; cheap enough for every page run."""
    return read_settings()


def store() -> Store:
    """Return the store; it is opened once a process and address."""
    return _store(settings())


def supervisor() -> Supervisor:
    """Return the process's supervisor; the server's lifespan starts and stops it."""
    return _supervisor(settings())


@lru_cache(maxsize=1)
def upload_token() -> str:
    """Return the secret that an upload must carry; it changes with every start of the server."""
    return secrets.token_urlsafe(32)


@lru_cache(maxsize=4)
def _store(settings: Settings) -> Store:
    settings.home.mkdir(parents=True, exist_ok=True)
    return open_store(settings)


@lru_cache(maxsize=4)
def _supervisor(settings: Settings) -> Supervisor:
    return Supervisor(settings, _store(settings))
