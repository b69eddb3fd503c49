"""Datasets in a few words each, for lists: hundreds of them cost little time and memory."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dlstudio.data.versions import INFO_FILE, dataset_folders, read_current
from dlstudio.settings import Settings
from dlstudio.spec.dataset import DatasetInfo


@dataclass(frozen=True)
class DatasetSummary:
    """The current version of a dataset, without its columns.

    Attributes:
        name: The dataset's name.
        fingerprint: The version.
        num_rows: How many rows it has.
        num_columns: How many columns it has.
        num_warnings: How many things may spoil a model.
        size_bytes: Size on disk.
        created_at: When the version was made, ISO 8601.
    """

    name: str
    fingerprint: str
    num_rows: int
    num_columns: int
    num_warnings: int
    size_bytes: int
    created_at: str


def list_summaries(settings: Settings) -> list[DatasetSummary]:
    """Summarise the current version of every dataset, newest first.

    Args:
        settings: Where datasets live.
    """
    found = []
    for folder in dataset_folders(settings):
        current = read_current(folder)
        summary = _read_summary(folder / current / INFO_FILE) if current else None
        if summary is not None:
            found.append(summary)
    return sorted(found, key=lambda summary: summary.created_at, reverse=True)


def summarise(info: DatasetInfo) -> DatasetSummary:
    """Summarise a version whose columns are known already."""
    return DatasetSummary(
        name=info.name,
        fingerprint=info.fingerprint,
        num_rows=info.num_rows,
        num_columns=len(info.columns),
        num_warnings=len(info.warnings),
        size_bytes=info.size_bytes,
        created_at=info.created_at,
    )


def _read_summary(path: Path) -> DatasetSummary | None:
    try:
        return _read_once(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=4096)
def _read_once(path: Path, _changed_at: int) -> DatasetSummary:
    return summarise(DatasetInfo.model_validate_json(path.read_text("utf-8")))
