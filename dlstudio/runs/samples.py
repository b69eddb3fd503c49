"""What a run shows while it trains: reconstructions or samples, a frame every few epochs."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlstudio.runs.folders import RunFolder
from dlstudio.spec.canvas import CanvasKind

ORIGINALS = 0  # the epoch of the frame with what reconstructions are compared with
_PREFIX, _ENDING = "epoch_", ".npz"
_TEXTS = ("captions", "columns", "numbers", "texts")
BETWEEN_WORDS = ", "


@dataclass(frozen=True)
class SampleFrame:
    """A few examples as the network makes them after an epoch.

    Attributes:
        epoch: Counted from 1; `ORIGINALS` for the examples that reconstructions belong to.
        kind: What the axes of `values` are.
        values: Images uint8 `(n, height, width, channels)`; series float32 `(n, time, channels)`;
            sounds float32 `(n, time, pitches, 1)`; rows of tables as text `(n, columns)`, "" where
            a value is missing.
        captions: One text an example, such as its class; empty if there is none.
        columns: Of a table, the names of the columns.
        numbers: Of a table, the names of those that hold numbers.
        texts: Of a table, the names of those that hold the heaviest words of a text, one after the
            other with `BETWEEN_WORDS` between.
    """

    epoch: int
    kind: CanvasKind
    values: np.ndarray
    captions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


def write_frame(folder: RunFolder, frame: SampleFrame) -> None:
    """Keep a frame; a reader sees it whole or not at all.

    Args:
        folder: The run's folder.
        frame: What to keep; replaces one of the same epoch.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    folder.samples.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder.samples, prefix=".frame.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file,
                allow_pickle=False,
                values=frame.values,
                kind=np.asarray(frame.kind.value),
                captions=np.asarray(frame.captions, dtype=np.str_),
                columns=np.asarray(frame.columns, dtype=np.str_),
                numbers=np.asarray(frame.numbers, dtype=np.str_),
                texts=np.asarray(frame.texts, dtype=np.str_),
            )
        os.replace(temporary, _path(folder, frame.epoch))
    finally:
        Path(temporary).unlink(missing_ok=True)  # still there only if something went wrong


def list_frames(folder: RunFolder) -> list[int]:
    """The epochs of the frames that were written, in order; without the originals."""
    names = [path.name for path in folder.samples.glob(f"{_PREFIX}*{_ENDING}")]
    epochs = [int(name.removeprefix(_PREFIX).removesuffix(_ENDING)) for name in names]
    return sorted(epoch for epoch in epochs if epoch != ORIGINALS)


def read_frame(folder: RunFolder, epoch: int) -> SampleFrame | None:
    """Read a frame.

    Args:
        folder: The run's folder.
        epoch: One of `list_frames`, or `ORIGINALS`.

    Returns:
        The frame; None if there is none, or it is damaged.
    """
    path = _path(folder, epoch)
    try:
        with np.load(path, allow_pickle=False) as stored:
            # Frames of earlier versions have no columns, or no texts.
            texts = {name: tuple(stored[name].tolist()) for name in _TEXTS if name in stored}
            return SampleFrame(epoch, CanvasKind(str(stored["kind"])), stored["values"], **texts)
    except (OSError, EOFError, ValueError, KeyError):
        return None


def _path(folder: RunFolder, epoch: int) -> Path:
    return folder.samples / f"{_PREFIX}{epoch:06d}{_ENDING}"
