"""Watchers that write to a store, or do nothing: what reporting costs is the difference."""

import sqlite3
from pathlib import Path

from dlstudio.reports.progress import EpochReport, Progress


class StoreWatcher:
    """Writes each report to a database, as the worker does."""

    def __init__(self, path: Path) -> None:
        """Open a fresh database."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS reports (kind TEXT, report TEXT)")

    def on_progress(self, progress: Progress) -> None:
        """Keep the progress."""
        self._write("progress", progress.model_dump_json())

    def on_epoch(self, report: EpochReport) -> None:
        """Keep the epoch."""
        self._write("epoch", report.model_dump_json())

    def on_log(self, text: str) -> None:
        """Keep the line."""
        self._write("log", text)

    def should_stop(self) -> bool:
        """Ask the database."""
        query = "SELECT count(*) FROM reports WHERE kind = 'stop'"
        return bool(self._connection.execute(query).fetchone()[0])

    def _write(self, kind: str, report: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO reports VALUES (?, ?)", (kind, report))
        self._connection.execute("COMMIT")


class SilentWatcher:
    """Hears nothing."""

    def __init__(self, path: Path) -> None:
        """Need no database."""

    def on_progress(self, progress: Progress) -> None:
        """Ignore it."""

    def on_epoch(self, report: EpochReport) -> None:
        """Ignore it."""

    def on_log(self, text: str) -> None:
        """Ignore it."""

    def should_stop(self) -> bool:
        """Go on."""
        return False
