"""A workspace of its own for every test: a real folder and a real database."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from dlstudio.runs.store import Store, open_store
from dlstudio.settings import Settings

POSTGRES = "DLSTUDIO_TEST_POSTGRES_URL"


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """A PostgreSQL schema for one test, as a URL; tests may run at the same time."""
    name = f"test_{uuid.uuid4().hex}"
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    own = engine.url.update_query_dict({"options": f"-csearch_path={name}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A fresh workspace on each kind of database that is there."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'studio.db'}")
        return
    url = os.environ.get(POSTGRES, "")
    if not url:
        assert not os.environ.get("CI"), f"CI must set {POSTGRES}"
        pytest.skip(f"{POSTGRES} is not set")
    with own_schema(url) as own_url:
        yield Settings(home=tmp_path, database_url=own_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The open store of a fresh workspace."""
    store = open_store(settings)
    yield store
    store.close()
