"""Where things live and how much is allowed, read from the environment once a process."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dlstudio.errors import StudioError

MEGABYTE = 1024**2
GIGABYTE = 1024**3
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    Attributes:
        home: The workspace folder; datasets, runs, uploads and the database live below it.
        database_url: SQLAlchemy URL of the store.
        launcher: Name of the launcher that starts workers.
        max_upload_bytes: Largest file that is accepted, before unpacking.
        max_unpacked_bytes: Largest size that an archive may unpack to.
        max_columns: Most columns that a table may have.
        max_files: Most files that a folder or archive may hold.
        ingest_memory_bytes: Memory that reading a file may use.
        cache_bytes: Disk that decoded images, sounds and videos may take.
        num_slots: Runs that train at the same time; 0 means one per GPU, else one.
        lease_s: Seconds after its last heartbeat until a run counts as abandoned.
        checkpoint_s: Fewest seconds from one checkpoint of a run to the next.
    """

    home: Path
    database_url: str
    launcher: str = "local"
    max_upload_bytes: int = 20 * GIGABYTE
    max_unpacked_bytes: int = 100 * GIGABYTE
    max_columns: int = 10_000
    max_files: int = 500_000
    ingest_memory_bytes: int = 1 * GIGABYTE
    cache_bytes: int = 20 * GIGABYTE
    num_slots: int = 0
    lease_s: float = 20.0
    checkpoint_s: float = 10.0

    @property
    def datasets_folder(self) -> Path:
        """Folder that holds one folder a dataset."""
        return self.home / "datasets"

    @property
    def runs_folder(self) -> Path:
        """Folder that holds one folder a run, named by the run's id."""
        return self.home / "runs"

    @property
    def cache_folder(self) -> Path:
        """Folder for decoded files; whatever lies there can be made again."""
        return self.home / "cache"

    @property
    def uploads_folder(self) -> Path:
        """Folder for files on their way in; emptied when they became datasets."""
        return self.home / "uploads"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables.

    Args:
        environment: Names and values; the process's own environment by default.
            `DLSTUDIO_HOME` (default `~/.dlstudio`), `DLSTUDIO_DATABASE_URL` (default a SQLite
            file in the home), `DLSTUDIO_LAUNCHER`, `DLSTUDIO_MAX_UPLOAD_MB`,
            `DLSTUDIO_MAX_UNPACKED_MB`, `DLSTUDIO_MAX_COLUMNS`, `DLSTUDIO_MAX_FILES`,
            `DLSTUDIO_INGEST_MEMORY_MB`, `DLSTUDIO_CACHE_MB`, `DLSTUDIO_SLOTS`, `DLSTUDIO_LEASE_S`,
            `DLSTUDIO_CHECKPOINT_S`.

    Returns:
        The settings; nothing is created on disk.

    Raises:
        StudioError: A variable that should hold a number does not, or the home is a file.
    """
    source = os.environ if environment is None else environment
    home = Path(source.get("DLSTUDIO_HOME") or Path.home() / ".dlstudio").expanduser().absolute()
    if home.is_file():
        raise StudioError(
            f"DLSTUDIO_HOME is {str(home)!r}, which is a file.",
            "Set DLSTUDIO_HOME to a folder or unset it.",
            where="DLSTUDIO_HOME",
        )
    return Settings(
        home=home,
        database_url=_database_url(source.get("DLSTUDIO_DATABASE_URL", ""), home),
        launcher=source.get("DLSTUDIO_LAUNCHER") or "local",
        max_upload_bytes=int(_number(source, "DLSTUDIO_MAX_UPLOAD_MB", 20_480) * MEGABYTE),
        max_unpacked_bytes=int(_number(source, "DLSTUDIO_MAX_UNPACKED_MB", 102_400) * MEGABYTE),
        max_columns=int(_number(source, "DLSTUDIO_MAX_COLUMNS", 10_000)),
        max_files=int(_number(source, "DLSTUDIO_MAX_FILES", 500_000)),
        ingest_memory_bytes=int(_number(source, "DLSTUDIO_INGEST_MEMORY_MB", 1024) * MEGABYTE),
        cache_bytes=int(_number(source, "DLSTUDIO_CACHE_MB", 20_480) * MEGABYTE),
        num_slots=int(_number(source, "DLSTUDIO_SLOTS", 0)),
        lease_s=_number(source, "DLSTUDIO_LEASE_S", 20.0),
        checkpoint_s=_number(source, "DLSTUDIO_CHECKPOINT_S", 10.0),
    )


def studio_folder() -> Path:
    """The folder of app.py, pages/, sample_data/ and .streamlit/.

    Returns:
        The repository, or `dlstudio/share` where the package was installed from a wheel.
    """
    package = Path(__file__).resolve().parent
    share = package / "share"
    return share if share.is_dir() else package.parent


def _database_url(text: str, home: Path) -> str:
    """The store's address; a SQLite file given relative to this folder is made absolute.

    The server and its workers may run in other folders than the command that started them.
    """
    if not text:
        return f"{SQLITE}{home / 'studio.db'}"
    path = text.removeprefix(SQLITE)
    if path in ("", text) or path.startswith(("/", ":", "file:")):
        return text
    return f"{SQLITE}{Path(path).absolute()}"


def _number(source: Mapping[str, str], name: str, default: float) -> float:
    text = source.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise StudioError(
            f"{name} is {text!r}, but a number of at least 0 was expected.",
            f"Set {name} to a number or unset it.",
            where=name,
        )
    return value
