"""Checkpoints that are whole or not there at all.

One file holds everything: the values of all variables (weights, optimizer, random states,
metrics), the best weights and the trainer's state. It is written beside the old one, flushed to
the disk and renamed over it, so that a process killed at any moment leaves one that can be read.
"""

import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dlstudio.errors import TrainingError, disk_problem
from dlstudio.training.state import TrainingState

FILE_NAME = "checkpoint.npz"
FORMAT = 1

Arrays = Mapping[str, np.ndarray]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Checkpoint:
    """A moment of a training.

    Attributes:
        state: What the trainer knows beside the values.
        values: The values of all variables, in the order of `all_variables`.
        best_weights: The weights of the best epoch, in the order of `model.weights`; before the
            first epoch ended, those that training began with.
    """

    state: TrainingState
    values: Sequence[np.ndarray]
    best_weights: Sequence[np.ndarray] = ()


class NoRoomError(TrainingError):
    """A checkpoint does not fit on the disk; the one before stays."""


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Replace a folder's checkpoint.

    Args:
        folder: Where it is kept; made if it does not exist.
        checkpoint: What to keep.

    Raises:
        NoRoomError: The disk is full.
        TrainingError: The folder cannot be written.
    """
    temporary = folder / f"{FILE_NAME}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **_arrays(checkpoint))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / FILE_NAME)
        _flush_folder(folder)
    except OSError as error:
        kind = TrainingError if disk_problem(error) is None else NoRoomError
        raise kind(
            f"The checkpoint could not be written: {error.strerror or error}.",
            "Free disk space or make the folder writable; then resume the run, or clone it if it "
            "has no checkpoint yet.",
            where=str(folder),
        ) from error
    finally:
        temporary.unlink(missing_ok=True)  # still there only if something went wrong


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """Read a folder's checkpoint.

    Args:
        folder: Where `write_checkpoint` put it.

    Returns:
        The checkpoint; None if there is none.

    Raises:
        TrainingError: The file is damaged or from another version.
    """
    return _read_file(folder / FILE_NAME, _whole)


def read_state(folder: Path) -> TrainingState | None:
    """Read where a folder's checkpoint was written, and none of its values.

    Args:
        folder: Where `write_checkpoint` put it.

    Returns:
        What the trainer knew; None if there is no checkpoint.

    Raises:
        TrainingError: The file is damaged or from another version.
    """
    return _read_file(folder / FILE_NAME, lambda arrays: _state(_meta(arrays)))


def remove_checkpoint(folder: Path) -> None:
    """Remove a folder's checkpoint and what interrupted writes left behind."""
    for path in folder.glob(f"{FILE_NAME}*"):
        path.unlink(missing_ok=True)


def _read_file(path: Path, read: Callable[[Arrays], Result]) -> Result | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return read(arrays)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"The checkpoint {path} cannot be read: {error}.",
            "Start the run again from the beginning.",
            where=str(path),
        ) from error


def _whole(arrays: Arrays) -> Checkpoint:
    meta = _meta(arrays)
    return Checkpoint(
        _state(meta),
        [_read(arrays[f"value_{i}"], kind) for i, kind in enumerate(meta["values"])],
        [_read(arrays[f"best_{i}"], kind) for i, kind in enumerate(meta["best_weights"])],
    )


def _meta(arrays: Arrays) -> dict[str, Any]:
    meta = json.loads(bytes(arrays["meta"]).decode())
    if meta["format"] != FORMAT:
        raise ValueError(f"its format is {meta['format']}, expected {FORMAT}")
    return meta


def _state(meta: dict[str, Any]) -> TrainingState:
    return TrainingState.model_validate(meta["state"])


def _arrays(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    meta = {
        "format": FORMAT,
        "state": checkpoint.state.model_dump(mode="json"),
        "values": [str(value.dtype) for value in checkpoint.values],
        "best_weights": [str(value.dtype) for value in checkpoint.best_weights],
    }
    arrays = {"meta": np.frombuffer(json.dumps(meta).encode(), np.uint8)}
    for prefix, values in (("value", checkpoint.values), ("best", checkpoint.best_weights)):
        arrays |= {f"{prefix}_{i}": _plain(value) for i, value in enumerate(values)}
    return arrays


def _plain(value: np.ndarray) -> np.ndarray:
    # NumPy files know no bfloat16: keep its bits.
    return value.view(np.uint16) if value.dtype.name == "bfloat16" else value


def _read(value: np.ndarray, kind: str) -> np.ndarray:
    if kind != "bfloat16":
        return value
    import ml_dtypes  # comes with TensorFlow; needed for this rare kind only

    return value.view(ml_dtypes.bfloat16)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
