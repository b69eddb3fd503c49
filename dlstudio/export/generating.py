"""Asks a process of its own for samples, so that commands need no TensorFlow."""

from pathlib import Path

from dlstudio.errors import Problem
from dlstudio.export.own_process import Answer, ask
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


class GenerateResult(Answer):
    """What was written, or what was wrong."""

    num_samples: int = 0
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def generate_in_process(request: GenerateRequest) -> GenerateResult:
    """Draw samples in a process of its own and wait for it.

    Args:
        request: What to draw.

    Returns:
        What was written.

    Raises:
        SpecError: Whatever the process found wrong.
    """
    return ask("dlstudio.export.generate", request, GenerateResult, "draws samples")


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
