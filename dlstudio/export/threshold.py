"""Asks a process of its own for a model with another threshold; commands need no TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.frozen import Frozen


class ThresholdRequest(Frozen):
    """The model to read, the file to write, and the reconstruction error that flags a row."""

    model: str
    output: str
    threshold: float


class ThresholdResult(Frozen):
    """What was wrong; nothing if the file was written."""

    problems: tuple[Problem, ...] = ()


def copy_with_threshold(model: Path, output: Path, threshold: float) -> None:
    """Write a run's model to a file, with another threshold; the run keeps its own.

    Args:
        model: The model of an anomaly detection.
        output: The file to write; ends in .keras.
        threshold: A row with a larger reconstruction error counts as an anomaly; above 0.

    Raises:
        SpecError: Whatever the process found wrong.
    """
    request = ThresholdRequest(
        model=str(model.absolute()), output=str(output.absolute()), threshold=threshold
    )
    ended = subprocess.run(
        [sys.executable, "-m", "dlstudio.export.threshold_file"],
        input=request.model_dump_json(),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    try:
        result = ThresholdResult.model_validate_json(ended.stdout.strip().rpartition("\n")[2])
    except ValidationError:
        raise SpecError((_bug(ended.stderr),)) from None
    if result.problems:
        raise SpecError(result.problems)


def _bug(details: str) -> Problem:
    last = details.strip().rpartition("\n")[2][:300]
    return Problem(
        f"The process that writes the model ended unexpectedly: {last or 'it said nothing'}",
        "Try again; if it happens again, report it.",
    )
