"""A workspace of its own for every test: a real folder and a real database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from dlstudio.runs.schema import metadata
from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings

POSTGRES = "DLSTUDIO_TEST_POSTGRES_URL"


def empty_postgres(url: str) -> None:
    """Drop what an earlier test left behind."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A fresh workspace on each kind of database that is there."""
    if request.param == "sqlite":
        return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'studio.db'}")
    url = os.environ.get(POSTGRES, "")
    if not url:
        assert not os.environ.get("CI"), f"CI must set {POSTGRES}"
        pytest.skip(f"{POSTGRES} is not set")
    empty_postgres(url)
    return Settings(home=tmp_path, database_url=url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The open store of a fresh workspace."""
    store = open_store(settings)
    yield store
    store.close()
