"""The files of a run's folder, and writes that are whole or not there at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dlstudio.errors import NotFoundError, disk_problem
from dlstudio.settings import Settings


@dataclass(frozen=True)
class RunFolder:
    """Where the files of one run are; the folder itself is made by `make_run_folder`."""

    path: Path

    @property
    def spec(self) -> Path:
        """What was asked, as YAML."""
        return self.path / "spec.yaml"

    @property
    def dataset(self) -> Path:
        """What the dataset contained, as JSON: predicting needs it when the dataset is gone."""
        return self.path / "dataset.json"

    @property
    def checkpoint(self) -> Path:
        """Folder with what the trainer needs to go on."""
        return self.path / "checkpoint"

    @property
    def model(self) -> Path:
        """The trained model, preprocessing inside."""
        return self.path / "model.keras"

    @property
    def generator(self) -> Path:
        """What makes examples of random numbers, if the run learned to."""
        return self.path / "generator.keras"

    @property
    def generator_usage(self) -> Path:
        """How to use the generator file, in a few lines."""
        return self.path / "generator-usage.txt"

    @property
    def usage(self) -> Path:
        """How to use the model file, in a few lines."""
        return self.path / "usage.txt"

    @property
    def predictions(self) -> Path:
        """Predictions for every row that was held out."""
        return self.path / "predictions.parquet"

    @property
    def codes(self) -> Path:
        """Of a network that rebuilds its inputs, the code of every row, as CSV."""
        return self.path / "codes.csv"

    @property
    def report(self) -> Path:
        """The evaluation report, as JSON."""
        return self.path / "report.json"

    @property
    def series(self) -> Path:
        """Of a forecast, the step of the series and how hard each of them is, as JSON."""
        return self.path / "series.json"

    @property
    def samples(self) -> Path:
        """Folder with what the network rebuilt or made up after some epochs."""
        return self.path / "samples"

    @property
    def log(self) -> Path:
        """Everything the worker printed, all attempts one after the other."""
        return self.path / "worker.log"

    @property
    def has_checkpoint(self) -> bool:
        """Whether an earlier attempt can be continued."""
        if not self.checkpoint.is_dir():
            return False
        return any(path.suffix != ".tmp" for path in self.checkpoint.iterdir())


def run_folder(settings: Settings, run_id: str) -> RunFolder:
    """Name a run's folder without touching the disk.

    Args:
        settings: Where runs live.
        run_id: A run's id, as the store knows it.

    Returns:
        The paths; the folder may not exist.

    Raises:
        NotFoundError: The id is not one that the store gives out.
    """
    if not run_id.isalnum():
        raise NotFoundError(f"{run_id!r} is not the id of a run.", "Choose a run from the list.")
    return RunFolder(settings.runs_folder / run_id)


def make_run_folder(settings: Settings, run_id: str) -> RunFolder:
    """Create a run's folder if it is not there yet, and return its paths."""
    folder = run_folder(settings, run_id)
    folder.path.mkdir(parents=True, exist_ok=True)
    return folder


def remove_run_folder(settings: Settings, run_id: str) -> None:
    """Delete a run's folder with all its files; nothing happens if it does not exist."""
    shutil.rmtree(run_folder(settings, run_id).path, ignore_errors=True)


def remove_torn_writes(folder: RunFolder) -> None:
    """Remove what a killed worker had only begun to write; call it while no worker writes.

    Args:
        folder: The run's folder; whole files and the checkpoint stay.
    """
    for torn in (
        *folder.path.glob(".*"),
        *folder.samples.glob(".*"),
        *folder.checkpoint.glob("*.tmp"),
    ):
        with suppress(OSError):  # on NFS, one that another process has open cannot go yet
            torn.unlink()


def write_text_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or the new, never a part.

    Args:
        path: The file; its folder must exist.
        text: The whole content, written as UTF-8.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file stays.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)  # still there only if something went wrong


@contextmanager
def left_out_if_full() -> Iterator[None]:
    """Do without a write for which the disk has no room; every other error is raised."""
    try:
        yield
    except OSError as error:
        if disk_problem(error) is None:
            raise


def read_log_tail(folder: RunFolder, num_bytes: int = 16_384) -> str:
    """Read the end of a run's log.

    Args:
        folder: The run's folder.
        num_bytes: How much to read at most; the first line may be cut off and is then left out.

    Returns:
        Whole lines, oldest first; empty if nothing was printed.
    """
    if not folder.log.exists():
        return ""
    with folder.log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - num_bytes))
        text = file.read().decode("utf-8", errors="replace")
    return text if size <= num_bytes else text.partition("\n")[2]
