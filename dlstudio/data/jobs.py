"""Reading a file in a process of its own, so that a page stays quick and may be closed."""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import psutil
from pydantic import ValidationError

from dlstudio.data.options import ReadOptions
from dlstudio.data.progress import IngestProgress
from dlstudio.data.versions import clear_disk_errors
from dlstudio.errors import NotFoundError, Problem
from dlstudio.settings import MEGABYTE, Settings
from dlstudio.spec.frozen import Frozen

JOB_FILE = "job.json"
PROCESS_FILE = "process.json"
PROGRESS_FILE = "progress.json"
RESULT_FILE = "result.json"
LOG_FILE = "ingest.log"
JOBS_FOLDER = "jobs"
SECONDS_TO_END = 3.0
KEEP_S = 7 * 86_400  # as long as uploads are kept
START_TOLERANCE_S = 2.0
Record = TypeVar("Record", bound=Frozen)
# A child that nobody holds would be reported as a leak; those that ended are let go.
_children: list["subprocess.Popen[bytes]"] = []


class IngestStatus(StrEnum):
    """Where the reading of a file stands."""

    RUNNING = "running"  # the process lives
    DONE = "done"  # the dataset is there
    FAILED = "failed"  # the problems say why


class JobRequest(Frozen):
    """What the process is asked to do."""

    path: str
    name: str | None = None
    options: ReadOptions = ReadOptions()
    created_at: str = ""


class JobProblem(Frozen):
    """A problem as it is written to disk."""

    problem: str
    fix: str
    where: str = ""


class JobResult(Frozen):
    """What came of it: a dataset, or problems."""

    name: str = ""
    fingerprint: str = ""
    problems: tuple[JobProblem, ...] = ()


class _ProcessMark(Frozen):
    """A process, told apart from a later one with the same number."""

    pid: int
    started_at: float


@dataclass(frozen=True)
class IngestState:
    """The state of a job at one moment.

    Attributes:
        status: Whether it runs.
        progress: How far it is.
        name: The dataset's name; None until it is known.
        fingerprint: The version that was made; None until it is done.
        problems: Why it failed.
    """

    status: IngestStatus
    progress: IngestProgress
    name: str | None = None
    fingerprint: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class IngestJob:
    """A file that is being read, or was.

    Attributes:
        folder: The job's folder.
        path: The file.
        name: The name that was asked for, None if it follows from the file.
        options: How the file is read.
    """

    folder: Path
    path: Path
    name: str | None
    options: ReadOptions

    @property
    def id(self) -> str:
        """The job's name, for addresses."""
        return self.folder.name

    @property
    def started_s(self) -> float:
        """When the job began, in seconds since 1970; 0 if its name does not say."""
        seconds = self.folder.name.partition("-")[0]
        return float(seconds) if seconds.isdecimal() else 0.0

    def poll(self) -> IngestState:
        """Look where the job stands; never waits."""
        # The process may write its result and end between two looks, so the life is read first.
        is_alive = _is_alive(self.folder)
        progress = _read(self.folder / PROGRESS_FILE, IngestProgress)
        progress = progress or IngestProgress(phase="Starting", fraction=0.0)
        result = _read(self.folder / RESULT_FILE, JobResult)
        if result is not None:
            return _ended(result, progress)
        if is_alive:
            return IngestState(IngestStatus.RUNNING, progress, self.name)
        problem = Problem(
            f"The reading of {self.path.name!r} ended before it was done.",
            f"Add the file again; if it ends again, look into {self.folder / LOG_FILE}.",
            where="file",
        )
        return IngestState(IngestStatus.FAILED, progress, self.name, problems=(problem,))

    def cancel(self) -> None:
        """End the process; nothing of the dataset remains."""
        mark = _read(self.folder / PROCESS_FILE, _ProcessMark)
        if mark is not None and _is_alive(self.folder):
            _end_process(mark.pid)
        problem = JobProblem(problem="The reading was cancelled.", fix="Add the file again.")
        if not (self.folder / RESULT_FILE).exists():
            write_record(self.folder / RESULT_FILE, JobResult(problems=(problem,)))

    def dismiss(self) -> None:
        """Forget the job; the dataset and the file stay."""
        if _is_alive(self.folder) and not (self.folder / RESULT_FILE).exists():
            self.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_ingest(
    settings: Settings, path: Path, name: str | None = None, options: ReadOptions | None = None
) -> IngestJob:
    """Start a process that makes a dataset of a file; it outlives this one.

    Args:
        settings: Where datasets live, and the limits.
        path: The file; it is left where it is.
        name: Name of the dataset; the file's name without its ending by default.
        options: What is known about the file.

    Raises:
        DataError: The disk is full.
    """
    folder = settings.uploads_folder / JOBS_FOLDER / f"{int(time.time())}-{uuid.uuid4().hex[:12]}"
    chosen = options or ReadOptions()
    created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    request = JobRequest(
        path=str(Path(path).absolute()), name=name, options=chosen, created_at=created_at
    )
    with clear_disk_errors(settings.uploads_folder):
        folder.mkdir(parents=True)
        write_record(folder / JOB_FILE, request)
        with (folder / LOG_FILE).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dlstudio.data.ingest", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(settings),
                start_new_session=True,
            )
        _children[:] = [child for child in (*_children, process) if child.poll() is None]
        write_record(folder / PROCESS_FILE, _mark(process.pid))
    return IngestJob(folder, Path(path), name, chosen)


def find_jobs(settings: Settings) -> list[IngestJob]:
    """List every job that was not dismissed, oldest first: running, done and failed ones."""
    folder = settings.uploads_folder / JOBS_FOLDER
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    jobs = [_open(entry) for entry in entries]
    return [job for job in jobs if job is not None]


def forget_old_jobs(settings: Settings) -> None:
    """Forget jobs that ended and began more than a week ago; their datasets stay."""
    for job in find_jobs(settings):
        is_old = time.time() - job.started_s > KEEP_S
        if is_old and job.poll().status is not IngestStatus.RUNNING:
            job.dismiss()


def open_job(settings: Settings, job_id: str) -> IngestJob:
    """Open one job.

    Raises:
        NotFoundError: There is no such job, or it was dismissed.
    """
    for job in find_jobs(settings):
        if job.id == job_id:
            return job
    raise NotFoundError(
        f"There is no upload {job_id!r} any more.", "Add the file again.", where="file"
    )


def write_record(path: Path, record: Frozen) -> None:
    """Write a record so that a reader sees the old one or the new one, whole.

    Args:
        path: The file.
        record: What to write.
    """
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    draft.write_text(record.model_dump_json(), "utf-8")
    draft.replace(path)


def _open(folder: Path) -> IngestJob | None:
    request = _read(folder / JOB_FILE, JobRequest)
    if request is None:
        return None
    return IngestJob(folder, Path(request.path), request.name, request.options)


def _ended(result: JobResult, progress: IngestProgress) -> IngestState:
    if result.problems:
        problems = tuple(Problem(item.problem, item.fix, item.where) for item in result.problems)
        return IngestState(IngestStatus.FAILED, progress, problems=problems)
    done = progress.model_copy(update={"phase": "Done", "fraction": 1.0})
    return IngestState(IngestStatus.DONE, done, result.name, result.fingerprint)


def _read(path: Path, record: type[Record]) -> Record | None:
    try:
        return record.model_validate_json(path.read_text("utf-8"))
    except (FileNotFoundError, ValidationError, json.JSONDecodeError):
        return None


def _mark(pid: int) -> _ProcessMark:
    try:
        return _ProcessMark(pid=pid, started_at=psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return _ProcessMark(pid=pid, started_at=0.0)


def _is_alive(folder: Path) -> bool:
    mark = _read(folder / PROCESS_FILE, _ProcessMark)
    if mark is None:
        return False
    try:
        process = psutil.Process(mark.pid)
        is_same = abs(process.create_time() - mark.started_at) < START_TOLERANCE_S
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _end_process(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        process.terminate()
        process.wait(SECONDS_TO_END)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        psutil.Process(pid).kill()


def _environment(settings: Settings) -> dict[str, str]:
    """The environment that gives the process these settings."""
    return {
        **os.environ,
        "DLSTUDIO_HOME": str(settings.home),
        "DLSTUDIO_MAX_UPLOAD_MB": str(settings.max_upload_bytes / MEGABYTE),
        "DLSTUDIO_MAX_UNPACKED_MB": str(settings.max_unpacked_bytes / MEGABYTE),
        "DLSTUDIO_MAX_COLUMNS": str(settings.max_columns),
        "DLSTUDIO_MAX_FILES": str(settings.max_files),
        "DLSTUDIO_INGEST_MEMORY_MB": str(settings.ingest_memory_bytes / MEGABYTE),
    }
