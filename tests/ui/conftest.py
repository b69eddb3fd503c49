"""The workspace behind the pages that are opened without a browser."""

from collections.abc import Iterator

import pytest

from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages that are opened in the test work in its own fresh workspace."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def store(workspace: None, settings: Settings) -> Iterator[Store]:
    """The open store of a fresh workspace, in which pages work too."""
    del workspace
    store = open_store(settings)
    yield store
    store.close()
