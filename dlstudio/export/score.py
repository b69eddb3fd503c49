"""The process that scores a file: `python -m dlstudio.export.score JOB_FOLDER`."""

import signal
import sys
import traceback
from pathlib import Path

from dlstudio.errors import Problem, StudioError, disk_problem
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import (
    LOG_FILE,
    PROGRESS_FILE,
    REQUEST_FILE,
    ScoringProgress,
    ScoringRequest,
    ScoringResult,
    write_result,
)
from dlstudio.runs.folders import left_out_if_full, write_text_atomically


def main(folder: Path) -> int:
    """Do what a job's folder asks for and write its result there.

    Args:
        folder: A folder made by `start_scoring`.

    Returns:
        The exit code: 0, or 1 if the result holds problems.
    """
    text = (folder / REQUEST_FILE).read_text(encoding="utf-8")

    def report(progress: ScoringProgress) -> None:
        with left_out_if_full():
            write_text_atomically(folder / PROGRESS_FILE, progress.model_dump_json())

    try:
        result = score_file(ScoringRequest.model_validate_json(text), report)
    except StudioError as error:
        result = ScoringResult(problems=error.problems)
    except OSError as error:
        result = ScoringResult(problems=(disk_problem(error) or _file_problem(error),))
    except Exception as error:
        with left_out_if_full():
            traceback.print_exc()
        result = ScoringResult(problems=(_bug(error, folder),))
    write_result(folder, result)
    return 1 if result.problems else 0


def _file_problem(error: OSError) -> Problem:
    return Problem(f"A file cannot be read or written: {error}.", "Check that it may be accessed.")


def _bug(error: Exception, folder: Path) -> Problem:
    return Problem(
        f"This is a mistake in DL Studio: {type(error).__name__}: {str(error)[:300]}.",
        f"Report it with the details in {folder / LOG_FILE}.",
    )


def _stop(_signal: int, _frame: object) -> None:
    """Leave through every `finally`, so that no half-written file stays."""
    sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(Path(sys.argv[1])))
