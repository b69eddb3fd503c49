"""Connections to PostgreSQL that never wait for ever: for a network, a lock or a lost client."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

# How long this side waits, by libpq's names. What the address itself says counts more.
CLIENT_LIMITS: Mapping[str, int] = {
    "connect_timeout": 8,  # seconds until a server that does not answer is given up
    # A connection that leads nowhere, since its network was dropped, ends after some 12 seconds.
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,  # milliseconds; the same for what was sent and never arrived
}
# How long the server waits; only where neither its administrator nor the address says so.
SERVER_LIMITS: Mapping[str, int] = {
    "lock_timeout": 10_000,  # milliseconds, as the next two
    "statement_timeout": 60_000,
    # A client that vanished with its machine must not lock out all others.
    "idle_in_transaction_session_timeout": 60_000,
    "tcp_keepalives_idle": 30,  # seconds, as the next; most systems take two hours
    "tcp_keepalives_interval": 10,
}


def postgresql_engine(url: sa.URL) -> sa.Engine:
    """Prepare connections to a PostgreSQL server; none is opened yet.

    Args:
        url: An address for the driver psycopg; limits in its query are kept.

    Returns:
        An engine that looks whether a pooled connection still works before it is used.
    """
    limits = {name: value for name, value in CLIENT_LIMITS.items() if name not in url.query}
    engine = sa.create_engine(
        url, pool_pre_ping=True, pool_size=5, max_overflow=20, connect_args=limits
    )
    event.listen(engine, "connect", _limit_server)
    return engine


def allow_long_work(connection: sa.Connection) -> None:
    """Let the transaction that has just begun take as long as it needs, as a migration may."""
    for name in ("lock_timeout", "statement_timeout"):
        connection.execute(sa.text(f"SET LOCAL {name} = 0"))


def _limit_server(connection: DBAPIConnection, _record: object) -> None:
    wanted = ", ".join(f"('{name}', '{value}')" for name, value in SERVER_LIMITS.items())
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config(name, wanted.value, false) FROM pg_settings "
        f"JOIN (VALUES {wanted}) AS wanted (name, value) USING (name) WHERE source = 'default'"
    )
    cursor.close()
    connection.commit()
