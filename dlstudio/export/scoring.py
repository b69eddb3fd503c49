"""Files scored by a process of their own, so that who asks need not load TensorFlow.

A job is a folder: `request.json` is what was asked, `progress.json` how far it is, `result.json`
the end, `score.log` what the process printed. All are written whole, so any process can look.
`room` takes the place that the end needs until then: why a job failed can be said on a full disk.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from dlstudio.data.options import ReadOptions
from dlstudio.errors import DataError, NotFoundError, Problem, disk_problem
from dlstudio.reports.evaluation import ClassReport
from dlstudio.runs.folders import RunFolder, write_text_atomically
from dlstudio.runs.machine import is_alive, process_mark
from dlstudio.settings import Settings
from dlstudio.spec.frozen import Frozen

JOBS_FOLDER = "scoring"
REQUEST_FILE = "request.json"
PROGRESS_FILE = "progress.json"
RESULT_FILE = "result.json"
PROCESS_FILE = "process.json"
LOG_FILE = "score.log"
ROOM_FILE = "room"
ROOM_BYTES = 16_384

Record = TypeVar("Record", bound=Frozen)
GUESS_EVERYTHING = ReadOptions()


class AheadRequest(Frozen):
    """What is asked of a forecast besides its next steps.

    `known_path` is a table with what is known in advance; with `assume_known`, what nobody gave of
    that is assumed. `with_band` adds how far past forecasts were off, `drawn_path` is where the
    table to draw goes, as Parquet.
    """

    known_path: str | None = None
    assume_known: bool = False
    with_band: bool = False
    drawn_path: str | None = None


class ScoringRequest(Frozen):
    """What to score. Without `output_path` the file is evaluated: it holds the targets too.

    Without `input_path` a forecast continues the dataset of its run. `with_codes` also writes the
    codes of a network that rebuilds its inputs, `with_values` what it rebuilds: of a table's cells
    as columns, of images, sounds and sequences in a file beside the output. `threshold` takes the
    place of the one that an anomaly detection chose.
    """

    run_folder: str
    input_path: str | None
    output_path: str | None = None
    options: ReadOptions = ReadOptions()
    with_codes: bool = False
    with_values: bool = False
    threshold: float | None = None
    ahead: AheadRequest = AheadRequest()


JUST_THE_STEPS = AheadRequest()


class ScoringProgress(Frozen):
    """How far it is, in words and rows; `num_rows` is None until the file was read."""

    phase: str
    num_rows_done: int = 0
    num_rows: int | None = None


class ScoringResult(Frozen):
    """What came out.

    `metrics`, and `classes` with the scores of each class or label, are empty unless the file was
    evaluated.

    `rebuilt_path` is the file with rebuilt images, sounds or sequences, if they were asked for.

    `drawn_path` is a forecast as it is drawn; `num_band_forecasts` says from how many past
    forecasts its band comes, 0 if it has none.
    """

    num_rows: int = 0
    num_rows_rejected: int = 0
    metrics: dict[str, float] = {}
    classes: tuple[ClassReport, ...] = ()
    notes: tuple[str, ...] = ()
    output_path: str | None = None
    rebuilt_path: str | None = None
    drawn_path: str | None = None
    num_band_forecasts: int = 0
    problems: tuple[Problem, ...] = ()


class ScoringStatus(StrEnum):
    """Where a job is."""

    RUNNING = "running"
    DONE = "done"  # the result is there
    FAILED = "failed"  # the result says why


@dataclass(frozen=True)
class ScoringState:
    """A look at a job."""

    status: ScoringStatus
    progress: ScoringProgress
    result: ScoringResult | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it failed; empty unless it did."""
        return self.result.problems if self.result else ()


@dataclass(frozen=True)
class ScoringJob:
    """A job, running or over; `open_job` finds it again by its id."""

    folder: Path

    @property
    def id(self) -> str:
        """Opaque and impossible to guess."""
        return self.folder.name

    def poll(self) -> ScoringState:
        """Look how far the job is; costs a few file reads."""
        # Whether the process lives is asked first: it may write its result and end in between.
        is_running = self._is_running()
        progress = self._read(PROGRESS_FILE, ScoringProgress) or ScoringProgress(phase="Starting")
        result = self._read(RESULT_FILE, ScoringResult)
        if result is not None:
            status = ScoringStatus.FAILED if result.problems else ScoringStatus.DONE
            return ScoringState(status, progress, result)
        if is_running:
            return ScoringState(ScoringStatus.RUNNING, progress)
        lost = ScoringResult(problems=(self._lost_problem(),))
        return ScoringState(ScoringStatus.FAILED, progress, lost)

    def is_of(self, run_folder: RunFolder) -> bool:
        """Whether it asks the model of a run, also in the words of an earlier version."""
        try:
            text = (self.folder / REQUEST_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        return json.loads(text).get("run_folder") == str(run_folder.path)

    def cancel(self) -> None:
        """End the process of a running job; its output does not appear."""
        process = self._process()
        if process is not None and is_alive(*process):
            os.kill(process[0], signal.SIGTERM)

    def dismiss(self) -> None:
        """Forget the job; the output stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_running(self) -> bool:
        process = self._process()
        return process is not None and is_alive(*process)

    def _process(self) -> tuple[int, float] | None:
        """Number of the process and the mark that tells it from a later one."""
        try:
            process = json.loads((self.folder / PROCESS_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return process["pid"], process["mark"]

    def _read(self, name: str, kind: type[Record]) -> Record | None:
        try:
            return kind.model_validate_json((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def _lost_problem(self) -> Problem:
        return Problem(
            "The process that scores the file ended unexpectedly.",
            f"Try again; if it ends again, the reason may be in {self.folder / LOG_FILE}.",
        )


def start_scoring(
    settings: Settings,
    run_folder: RunFolder,
    input_path: Path | None,
    output_path: Path | None,
    options: ReadOptions = GUESS_EVERYTHING,
    *,
    with_codes: bool = False,
    with_values: bool = False,
    threshold: float | None = None,
    ahead: AheadRequest = JUST_THE_STEPS,
) -> ScoringJob:
    """Start to score a file; returns at once.

    Args:
        settings: The workspace.
        run_folder: The folder of a run that has a model.
        input_path: The file: any format that a dataset can be made of; None lets a forecast
            continue the dataset of its run.
        output_path: Where the rows with their predictions go, as CSV or (by its ending) Parquet;
            None evaluates the file against the targets that it holds.
        options: How to read the file where the guess is wrong.
        with_codes: Whether codes are written too, by a network that has them.
        with_values: Whether what is rebuilt is written too, by a network that rebuilds its inputs;
            others are refused.
        threshold: The reconstruction error above which a row is flagged, instead of the one that
            an anomaly detection chose; other runs are refused.
        ahead: What is asked of a forecast.

    Raises:
        NotFoundError: The run has no model.
        DataError: The disk is full; nothing is left behind.
    """
    if not run_folder.model.is_file():
        if run_folder.generator.is_file():
            raise NotFoundError(
                f"The run {run_folder.path.name!r} makes examples: it answers nothing about rows.",
                f"Draw examples with `dlstudio generate {run_folder.path.name} -n 64 -o OUT`.",
                where="run",
            )
        raise NotFoundError(
            f"The run {run_folder.path.name!r} has no trained model.",
            "Choose a run that has finished, or stop this one to keep its best epoch.",
            where="run",
        )
    request = ScoringRequest(
        run_folder=str(run_folder.path),
        input_path=str(input_path.absolute()) if input_path else None,
        output_path=str(output_path.absolute()) if output_path else None,
        options=options,
        with_codes=with_codes,
        with_values=with_values,
        threshold=threshold,
        ahead=ahead,
    )
    return _begin_job(settings.home / JOBS_FOLDER / secrets.token_urlsafe(12), request)


def write_result(folder: Path, result: ScoringResult) -> None:
    """Write the end of a job, in the room that was kept for it.

    Args:
        folder: The job's folder.
        result: The end; one that is too long for a full disk is told as a full disk.
    """
    (folder / ROOM_FILE).unlink(missing_ok=True)
    try:
        write_text_atomically(folder / RESULT_FILE, result.model_dump_json())
    except OSError as error:
        if (problem := disk_problem(error)) is None:
            raise
        told = ScoringResult(problems=(problem,))
        write_text_atomically(folder / RESULT_FILE, told.model_dump_json())


def open_job(settings: Settings, job_id: str) -> ScoringJob:
    """Find a job again, after a page was refreshed for example.

    Raises:
        NotFoundError: There is no such job (any more).
    """
    folder = settings.home / JOBS_FOLDER / job_id
    if Path(job_id).name != job_id or not (folder / REQUEST_FILE).is_file():
        raise NotFoundError(f"There is no scoring job {job_id!r}.", "Score the file again.")
    return ScoringJob(folder)


def remove_jobs_of(settings: Settings, run_folder: RunFolder) -> None:
    """Forget what a run that was deleted has scored; what still runs is ended.

    Args:
        settings: The workspace.
        run_folder: The folder that the run had; it may be gone.
    """
    for folder in sorted((settings.home / JOBS_FOLDER).glob("*")):
        job = ScoringJob(folder)
        if job.is_of(run_folder):
            job.cancel()
            job.dismiss()


def _begin_job(folder: Path, request: ScoringRequest) -> ScoringJob:
    """Make a job's folder, with room for its end, and start its process; all of it or nothing."""
    try:
        folder.mkdir(parents=True)
        write_text_atomically(folder / REQUEST_FILE, request.model_dump_json())
        (folder / ROOM_FILE).write_bytes(bytes(ROOM_BYTES))
        _start_process(folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if (problem := disk_problem(error)) is None:
            raise
        raise DataError(problem.problem, problem.fix, where="disk") from error
    return ScoringJob(folder)


def _start_process(folder: Path) -> None:
    # A GPU may be busy with training; scoring a file is not worth disturbing it.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with (folder / LOG_FILE).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dlstudio.export.score", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    try:
        _note_process(folder, process)
    except OSError:  # nobody could find it again
        process.terminate()
        raise
    finally:
        # Waits for its end, or a server that lives long would collect dead processes.
        threading.Thread(target=process.wait, name="scoring", daemon=True).start()


def _note_process(folder: Path, process: subprocess.Popen[bytes]) -> None:
    mark = process_mark(process.pid)
    write_text_atomically(
        folder / PROCESS_FILE, json.dumps({"pid": process.pid, "mark": mark or 0.0})
    )
