"""Asks a process of its own for samples, so that commands need no TensorFlow."""

import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

from dlstudio.errors import Problem, SpecError
from dlstudio.spec.frozen import Frozen

MOST_SAMPLES = 100_000
ENDINGS = (".png", ".zip", ".csv", ".parquet", ".npz")


class GenerateRequest(Frozen):
    """What to draw: `folder` is the run's, `output` the file to write.

    The class is None for classes as they are spread in the dataset.
    """

    folder: str
    output: str
    num_samples: int
    seed: int = 0
    class_name: str | None = None


class GenerateResult(Frozen):
    """What was written, or what was wrong."""

    num_samples: int = 0
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def generate_in_process(request: GenerateRequest) -> GenerateResult:
    """Draw samples in a process of its own and wait for it.

    Args:
        request: What to draw.

    Returns:
        What was written.

    Raises:
        SpecError: Whatever the process found wrong.
    """
    command = [sys.executable, "-m", "dlstudio.export.generate"]
    ended = subprocess.run(
        command, input=request.model_dump_json(), capture_output=True, text=True, check=False
    )
    try:
        result = GenerateResult.model_validate_json(ended.stdout.strip().rpartition("\n")[2])
    except ValidationError:
        raise SpecError((_bug(ended.stderr),)) from None
    if result.problems:
        raise SpecError(result.problems)
    return result


def check_request(num_samples: int, output: Path) -> tuple[Problem, ...]:
    """Find what can be told before anything is loaded.

    Args:
        num_samples: How many samples are asked for.
        output: Where they should go.
    """
    problems = []
    if not 1 <= num_samples <= MOST_SAMPLES:
        problems.append(
            Problem(
                f"{num_samples:,} samples are asked for; 1 to {MOST_SAMPLES:,} can be made.",
                "Choose another number, or run the command several times with other seeds.",
                "-n",
            )
        )
    if output.suffix.lower() not in ENDINGS:
        problems.append(
            Problem(
                f"Samples cannot be written as {output.suffix or 'a file without an ending'!r}.",
                "Choose a name that ends in .csv, .parquet or .npz, for images and sounds in .png "
                "(one picture) or .zip (a file each).",
                "-o",
            )
        )
    elif output.is_dir() or not output.absolute().parent.is_dir():
        problems.append(
            Problem(
                f"{str(output)!r} cannot be written: it is a folder, or its folder is missing.",
                "Name a file in a folder that exists.",
                "-o",
            )
        )
    return tuple(problems)


def _bug(details: str) -> Problem:
    last = details.strip().rpartition("\n")[2][:300]
    return Problem(
        f"The process that draws samples ended unexpectedly: {last or 'it said nothing'}",
        "Try again; if it happens again, report it.",
    )
