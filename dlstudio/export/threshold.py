"""Asks a process of its own for a model with another threshold; commands need no TensorFlow."""

from pathlib import Path

from dlstudio.export.own_process import Answer, ask
from dlstudio.spec.frozen import Frozen


class ThresholdRequest(Frozen):
    """The model to read, the file to write, and the reconstruction error that flags a row."""

    model: str
    output: str
    threshold: float


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
    ask(
        "dlstudio.export.threshold_file",
        request,
        Answer,
        "writes the model",
        {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
