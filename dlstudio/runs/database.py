"""Connections to the store: one write transaction at a time, many readers, no surprises."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError

from dlstudio.errors import PASSING, ConflictError, StudioError
from dlstudio.runs import schema
from dlstudio.runs.postgresql import allow_long_work, postgresql_engine

Result = TypeVar("Result")

BUSY_TIMEOUT_S = 10.0
_WRITES = "dlstudio_writes"


class Database:
    """The store's database, SQLite or PostgreSQL, behind two kinds of transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        """Wrap an engine made by `open_database`."""
        self._engine = engine
        self._writing = engine.execution_options(**{_WRITES: True})

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file on this machine."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees one consistent state and never waits for a writer."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection in a write transaction; commits at the end, rolls back on an error.

        On SQLite the write lock is taken at the beginning (`BEGIN IMMEDIATE`): a transaction that
        reads first and asks for the lock later fails with "locked" under load.
        """
        with self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Open the store's database, creating or migrating it as needed.

    Args:
        url: SQLAlchemy URL, `sqlite:///path` or `postgresql://user:password@host/name`.

    Returns:
        The database, with all tables of this version.

    Raises:
        StudioError: The URL is wrong or the database cannot be reached.
        ConflictError: The store was written by a newer version of this program.
    """
    engine = _engine(url)
    database = Database(engine)
    try:
        _prepare(database)
    except ConflictError:
        database.close()
        raise
    except DatabaseError as error:
        database.close()
        said = str(error.orig).strip().partition("\n")[0].rstrip(".")
        raise StudioError(
            f"The run store at {engine.url.render_as_string()} cannot be opened: {said}.",
            "Check DLSTUDIO_HOME and DLSTUDIO_DATABASE_URL, free space and permissions."
            if database.is_sqlite
            else "Check DLSTUDIO_DATABASE_URL, and that its server runs, lets this machine in and "
            "can be reached from here.",
            where="DLSTUDIO_DATABASE_URL",
        ) from error
    return database


def lock_store(connection: sa.Connection) -> None:
    """Let one transaction at a time pass from here to its end, on every kind of database.

    SQLite's `BEGIN IMMEDIATE` has done so already; PostgreSQL locks the version row.
    """
    connection.execute(sa.select(schema.store_version.c.id).with_for_update())


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed)
        if parsed.drivername == "postgresql+psycopg":
            return postgresql_engine(parsed)
        return sa.create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=20)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StudioError(
            f"The store's address{_without_password(url)} is not one that can be used: {error}.",
            "Set DLSTUDIO_DATABASE_URL to sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
            where="DLSTUDIO_DATABASE_URL",
        ) from error


def _without_password(url: str) -> str:
    """An address to show; nothing of one in which the password cannot be told from the rest."""
    try:
        return f" {sa.make_url(url).render_as_string()!r}"
    except ArgumentError:
        return ""


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        pool_size=5,
        max_overflow=50,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says so
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",  # safe against kills; power loss may cost the last moment
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(database: Database) -> None:
    """Create or migrate; several processes may do so at the same moment."""
    with database.reading() as connection:
        if schema.is_up_to_date(connection):
            return
    if database.is_sqlite:
        with database.writing() as connection:
            schema.bring_up_to_date(connection)
        return
    with database.writing() as connection:
        allow_long_work(connection)
        # No table is there to lock yet; the number is arbitrary but ours.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(4715206)"))
        schema.bring_up_to_date(connection)


def is_busy(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later: nobody's lock or full disk is for ever."""
    text = str(error.orig).lower()
    return any(word in text for word in PASSING)


def retry_while_busy(action: Callable[[], Result], patience_s: float) -> Result:
    """Run a transaction again while the database is locked, away or its disk full.

    Args:
        action: Does one whole transaction; is called at least once.
        patience_s: Seconds after which the last error is raised.

    Returns:
        What the action returned.

    Raises:
        DBAPIError: The database stayed away, or the cause does not pass by waiting.
    """
    give_up_at = time.monotonic() + patience_s
    pause_s = 0.05
    while True:
        try:
            return action()
        except DBAPIError as error:
            if not is_busy(error) or time.monotonic() >= give_up_at:
                raise
            time.sleep(pause_s)
            pause_s = min(2.0, pause_s * 2)
