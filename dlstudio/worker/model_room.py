"""A disk without room even for the model: how much it needs, and where a resumed run goes on."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from dlstudio.errors import TrainingError, disk_problem
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import MEGABYTE
from dlstudio.training.checkpoint import read_state

BYTES_A_PARAMETER = 4
BESIDE_WEIGHTS = 1.1  # names and layers in the model file, the report


@contextmanager
def room_for_model(folder: RunFolder, network: keras.Model) -> Iterator[None]:
    """Write a trained network's files; if the disk is full, say how much room they need.

    Args:
        folder: The run's folder, where they go.
        network: What was trained.

    Raises:
        TrainingError: They do not fit on the disk; what an earlier checkpoint holds stays.
    """
    try:
        yield
    except OSError as error:
        if disk_problem(error) is None:
            raise
        num_bytes = network.count_params() * BYTES_A_PARAMETER * BESIDE_WEIGHTS
        size = f"{math.ceil(num_bytes / MEGABYTE):,} MB or more"
        raise TrainingError(
            f"The disk that holds {folder.path} is full: the run's model and report need {size}.",
            f"Free {size} there, then {_way_on(folder)}.",
            where=str(folder.path),
        ) from error


def _way_on(folder: RunFolder) -> str:
    state = read_state(folder.checkpoint)
    if state is None:
        return "clone the run: it has no checkpoint that it could go on from"
    if state.epoch == 0:
        return "resume the run: it goes on from its last checkpoint, within epoch 1"
    return f"resume the run: it goes on from its last checkpoint, after epoch {state.epoch:,}"
