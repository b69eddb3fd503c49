"""A PostgreSQL server that is silent, locked or left alone keeps nobody waiting for long."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from dlstudio.errors import StudioError, store_problem
from dlstudio.runs.database import Database, is_busy, lock_store, open_database
from dlstudio.runs.postgresql import CLIENT_LIMITS, SERVER_LIMITS, postgresql_engine
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from tests.runs.conftest import POSTGRES, own_schema


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a schema of its own."""
    server = os.environ.get(POSTGRES, "")
    if not server:
        assert not os.environ.get("CI"), f"CI must set {POSTGRES}"
        pytest.skip(f"{POSTGRES} is not set")
    with own_schema(server) as own_url:
        yield own_url


def with_limit(url: str, limit: str) -> str:
    """The address with one more setting of the server."""
    made = sa.make_url(url)
    options = f"{made.query['options']} -c{limit}"
    return made.update_query_dict({"options": options}).render_as_string(hide_password=False)


def settings_of(database: Database) -> dict[str, int]:
    """What the server of a connection keeps to, in its units."""
    query = sa.text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    with database.reading() as connection:
        rows = connection.execute(query, {"names": list(SERVER_LIMITS)})
        return {name: int(setting) for name, setting in rows}


def test_a_server_that_accepts_and_says_nothing_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://me:secret@127.0.0.1:{silent.getsockname()[1]}/runs"
        started = time.monotonic()
        with pytest.raises(StudioError, match="cannot be opened: connection timeout") as caught:
            open_store(Settings(home=tmp_path, database_url=f"{address}?connect_timeout=2"))
    assert time.monotonic() - started < 6
    assert "that its server runs" in caught.value.fix
    assert "secret" not in str(caught.value)


def test_the_limits_of_a_connection_are_ours_unless_the_address_says_otherwise(url: str) -> None:
    made = sa.make_url(url).update_query_dict({"keepalives_idle": "77"})
    engine = postgresql_engine(made)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        found = {
            name: int(value)
            for name, value in driver.info.get_parameters().items()
            if name in CLIENT_LIMITS
        }
    engine.dispose()
    # What libpq takes for granted anyway is not among the parameters it tells.
    assert CLIENT_LIMITS.items() | {("keepalives_idle", 77)} >= found.items()
    assert found["connect_timeout"] == CLIENT_LIMITS["connect_timeout"]
    assert found["tcp_user_timeout"] == CLIENT_LIMITS["tcp_user_timeout"]
    assert found["keepalives_idle"] == 77


def test_the_server_keeps_to_limits_unless_the_address_says_otherwise(url: str) -> None:
    database = open_database(with_limit(url, "lock_timeout=1234"))
    assert settings_of(database) == {**SERVER_LIMITS, "lock_timeout": 1234}
    database.close()


def test_a_store_that_another_client_has_locked_is_told_in_a_sentence(url: str) -> None:
    holder, other = open_database(url), open_database(with_limit(url, "lock_timeout=200"))
    with holder.writing() as connection:
        lock_store(connection)
        with pytest.raises(OperationalError) as caught, other.writing() as late:
            lock_store(late)
    assert is_busy(caught.value)
    problem = store_problem(caught.value)
    assert problem is not None
    assert problem.problem.startswith("The store of runs does not answer: canceling statement")
    holder.close()
    other.close()


def test_a_client_that_vanished_within_a_transaction_locks_nobody_out(url: str) -> None:
    vanished = open_database(with_limit(url, "idle_in_transaction_session_timeout=300"))
    other = open_database(url)
    with (
        pytest.raises(DBAPIError, match="idle-in-transaction") as caught,
        vanished.writing() as held,
    ):
        lock_store(held)
        with other.writing() as connection:
            lock_store(connection)
        held.execute(sa.text("SELECT 1"))
    assert is_busy(caught.value)
    assert store_problem(caught.value) is not None
    vanished.close()
    other.close()
