"""The process that makes a dataset of a file: `python -m dlstudio.data.ingest JOB_FOLDER`."""

import logging
import sys
import time
from pathlib import Path

from dlstudio.data.catalog import add_dataset
from dlstudio.data.jobs import (
    JOB_FILE,
    LOG_FILE,
    PROGRESS_FILE,
    RESULT_FILE,
    JobProblem,
    JobRequest,
    JobResult,
    write_record,
)
from dlstudio.data.progress import IngestProgress
from dlstudio.errors import StudioError
from dlstudio.settings import read_settings

SECONDS_BETWEEN_SIGNS = 0.2
_log = logging.getLogger(__name__)


def run_job(folder: Path) -> int:
    """Do what a job folder asks and write what came of it.

    Args:
        folder: Holds `job.json`; gets `progress.json` and `result.json`.

    Returns:
        0 if the dataset is there, 1 if not.
    """
    try:
        result = _make_dataset(folder)
    except StudioError as error:
        found = [
            JobProblem(problem=item.problem, fix=item.fix, where=item.where)
            for item in error.problems
        ]
        result = JobResult(problems=tuple(found))
    except Exception as error:  # The top of a worker: what ends here is our bug.
        _log.exception("Reading failed")
        problem = f"The studio made a mistake while reading: {type(error).__name__}: {error}."
        fix = f"Report it with the details in {folder / LOG_FILE}."
        result = JobResult(problems=(JobProblem(problem=problem, fix=fix),))
    write_record(folder / RESULT_FILE, result)
    return 1 if result.problems else 0


def _make_dataset(folder: Path) -> JobResult:
    request = JobRequest.model_validate_json((folder / JOB_FILE).read_text("utf-8"))
    report = _ProgressFile(folder / PROGRESS_FILE)
    dataset = add_dataset(
        read_settings(), Path(request.path), request.name, request.options, report
    )
    return JobResult(name=dataset.info.name, fingerprint=dataset.info.fingerprint)


class _ProgressFile:
    """Writes signs of life, but not more often than somebody looks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written_at = 0.0
        self._phase = ""

    def __call__(self, progress: IngestProgress) -> None:
        now = time.monotonic()
        is_new_phase = progress.phase != self._phase
        if is_new_phase or now - self._written_at >= SECONDS_BETWEEN_SIGNS:
            write_record(self._path, progress)
            self._written_at, self._phase = now, progress.phase


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    sys.exit(run_job(Path(sys.argv[1])))
