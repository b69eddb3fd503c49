"""The tables of the store, their version and the road from an older version to this one."""

from collections.abc import Callable

import sqlalchemy as sa

from dlstudio.errors import ConflictError

SCHEMA_VERSION = 1

metadata = sa.MetaData()

store_version = sa.Table(
    "store_version",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),  # always 1: claims lock this row
    sa.Column("version", sa.Integer, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("task", sa.String(40), nullable=False),
    sa.Column("architecture", sa.String(40), nullable=False),
    sa.Column("device", sa.String(20), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),  # start of the latest attempt
    sa.Column("ended_at", sa.Double),
    sa.Column("trained_s", sa.Double, nullable=False, default=0.0),  # all attempts before this one
    sa.Column("epoch", sa.Integer, nullable=False, default=0),
    sa.Column("num_epochs", sa.Integer, nullable=False),
    sa.Column("best_epoch", sa.Integer),
    sa.Column("num_parameters", sa.BigInteger),
    sa.Column("metrics", sa.Text),  # JSON: split -> name -> value
    sa.Column("artifacts", sa.Text),  # JSON: list of records.Artifact
    sa.Column("engine", sa.Text),  # JSON of reports.progress.EngineChoice
    sa.Column("progress", sa.Text),  # JSON of reports.progress.Progress
    sa.Column("resources", sa.Text),  # JSON of reports.progress.ResourceUse
    sa.Column("problem", sa.Text),  # JSON of errors.Problem
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("queue_position", sa.Double),  # order among the queued; null for all others
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Index("runs_by_status", "status", "queue_position"),
    sa.Index("runs_by_age", "created_at"),
)

# One row a run that was ever claimed. A token is valid while it equals the row's token and the
# run is active; every claim and every loss raises it, which fences out the previous worker.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("slot", sa.Integer, nullable=False),
    sa.Column("pid", sa.Integer),  # of the worker; before there is one, of who wants to start it
    sa.Column("process_mark", sa.Double),  # with the pid, names one process for ever
    sa.Column("heartbeat_at", sa.Double, nullable=False),
    sa.Column("num_heartbeats", sa.Integer, nullable=False, default=0),
)

metric_points = sa.Table(
    "metric_points",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("split", sa.String(16), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("time_s", sa.Double, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Index("points_by_run", "run_id", "id"),
    sqlite_autoincrement=True,  # ids never return, so a reader's last id stays meaningful
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("events_by_run", "run_id", "id"),
    sqlite_autoincrement=True,
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag", sa.String(120), primary_key=True),
    sa.Index("runs_by_tag", "tag"),
)

# Each deliberate look at a run's test set.
test_looks = sa.Table(
    "test_looks",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("looks_by_data", "fingerprint"),
)

# Choices that belong to the whole store, such as the pinned baseline run.
choices = sa.Table(
    "choices",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# MIGRATIONS[n] turns a store of version n into one of version n + 1.
MIGRATIONS: dict[int, Callable[[sa.Connection], None]] = {}


def is_up_to_date(connection: sa.Connection) -> bool:
    """Whether the store has exactly this program's version."""
    if not sa.inspect(connection).has_table(store_version.name):
        return False
    version = connection.execute(sa.select(store_version.c.version)).scalar_one_or_none()
    return version == SCHEMA_VERSION


def bring_up_to_date(connection: sa.Connection) -> None:
    """Create the tables of a fresh store, or migrate an older one, inside one transaction.

    Args:
        connection: A connection with an open write transaction.

    Raises:
        ConflictError: The store was written by a newer version of this program.
    """
    if not sa.inspect(connection).has_table(store_version.name):
        metadata.create_all(connection)
        connection.execute(store_version.insert().values(id=1, version=SCHEMA_VERSION))
        return
    version = int(connection.execute(sa.select(store_version.c.version)).scalar_one())
    if version > SCHEMA_VERSION:
        raise ConflictError(
            f"The run store has version {version}, but this program knows up to {SCHEMA_VERSION}.",
            "Update DL Studio, or set DLSTUDIO_HOME to another folder.",
            where="DLSTUDIO_DATABASE_URL",
        )
    for older in range(version, SCHEMA_VERSION):
        MIGRATIONS[older](connection)
        connection.execute(store_version.update().values(version=older + 1))
