"""Rebuilt pictures, sounds and sequences of a whole file, written beside its predictions."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np
import pyarrow as pa

from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.row_writer import RowWriter, open_rows
from dlstudio.export.samples_writer import GAP, as_png, spectrogram_pictures
from dlstudio.models.canvas import Canvas
from dlstudio.models.rebuilding import EXAMPLE, IN_UNITS, RECONSTRUCTION
from dlstudio.models.sequence_values import UNITS_LOST, has_units
from dlstudio.spec.canvas import CanvasKind

PREFIX = "rebuilt_"
ROW, FILE, STEP = "row", "file", "step"
ENDING = "_reconstructions"
LARGEST_PIXEL = 255
WHITE = 255
NOT_PLAYED = (
    "Sounds are rebuilt as spectrograms (which pitch is how loud, step by step), which cannot be "
    "turned back into sound: each picture shows the given one above, the rebuilt one below it."
)
OLD_MODEL = (
    "This run was trained by an earlier version, whose models do not know the units of sequences: "
    "given and rebuilt values are the scaled ones. Train it again for the units of the data."
)

Outputs = Mapping[str, np.ndarray]


class RebuiltWriter(Protocol):
    """Takes what a model rebuilt, some rows at a time, in order."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of what was written, one sentence or two each."""
        ...

    def write(self, names: Sequence[str | None], given: np.ndarray, outputs: Outputs) -> None:
        """Write rows.

        Args:
            names: The file that each row comes from, as a path; None where there is none.
            given: The decoded values of the rows, `(n, ...)`.
            outputs: What the model gave of them by name, `(n, ...)` each.
        """
        ...


def rebuilt_path(canvas: Canvas, output: Path) -> Path:
    """The file that stands beside a table of predictions.

    Args:
        canvas: What is rebuilt; no table.
        output: The table of predictions.

    Returns:
        A ZIP of pictures, of sequences a table like the one of the predictions.
    """
    ending = (output.suffix or ".csv") if canvas.kind is CanvasKind.SERIES else ".zip"
    return output.with_name(f"{output.stem}{ENDING}{ending}")


@contextmanager
def open_rebuilt(canvas: Canvas, path: Path) -> Iterator[RebuiltWriter]:
    """Open a file for what is rebuilt.

    Args:
        canvas: What is rebuilt; no table.
        path: As `rebuilt_path` gives it.

    Yields:
        The writer; the file takes its place when the block ends without an error.
    """
    if canvas.kind is CanvasKind.SERIES:
        with open_rows(path) as rows:
            yield _Sequences(canvas, rows)
        return
    # PNGs are compressed already.
    with written_whole(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        yield _Pictures(canvas, archive)


class _Pictures:
    """A ZIP with a PNG a row, named after its file or else its row."""

    def __init__(self, canvas: Canvas, archive: zipfile.ZipFile) -> None:
        self._is_sound = canvas.kind is CanvasKind.SOUND
        self._archive = archive
        self._taken: set[str] = set()
        self._num_rows = 0
        height, width = canvas.shape[:2]
        size = f"Rebuilt pictures have the size that the network sees: {width} x {height} pixels."
        self.notes = (NOT_PLAYED if self._is_sound else size,)

    def write(self, names: Sequence[str | None], given: np.ndarray, outputs: Outputs) -> None:
        """Write rows; see `RebuiltWriter`."""
        for place, name in enumerate(names):
            self._num_rows += 1
            rebuilt = outputs[RECONSTRUCTION][place]
            if self._is_sound:
                picture = _two_spectrograms(outputs[EXAMPLE][place], rebuilt)
            else:
                pixels = np.nan_to_num(np.round(rebuilt))
                picture = np.clip(pixels, 0, LARGEST_PIXEL).astype("uint8")
            self._archive.writestr(self._free_name(name), as_png(picture))

    def _free_name(self, name: str | None) -> str:
        """A name in the archive that leads nowhere else and that no other row has."""
        plain = (name or "").replace("\\", "/").replace(":", "_")
        parts = [part for part in PurePosixPath(plain).parts if part not in ("/", "..")]
        path = PurePosixPath(*parts) if parts else PurePosixPath(f"{ROW}_{self._num_rows:06d}")
        wanted, number = str(path.with_suffix(".png")), 1
        while wanted.lower() in self._taken:
            number += 1
            wanted = str(path.with_name(f"{path.stem}_{number}.png"))
        self._taken.add(wanted.lower())
        return wanted


class _Sequences:
    """A table with a row a time step: given and rebuilt values side by side."""

    def __init__(self, canvas: Canvas, rows: RowWriter) -> None:
        assert canvas.block is not None
        self._block, self._rows = canvas.block, rows
        self._num_rows = 0
        self._has_files: bool | None = None  # a table has the same columns in all its parts
        self._is_scaled = not has_units(canvas.block)
        self.notes: tuple[str, ...] = (UNITS_LOST,) if self._is_scaled else ()

    def write(self, names: Sequence[str | None], given: np.ndarray, outputs: Outputs) -> None:
        """Write rows; see `RebuiltWriter`."""
        if IN_UNITS not in outputs and not self._is_scaled:
            self._is_scaled, self.notes = True, (OLD_MODEL,)
        # Padding stands in front; a sequence without any reading has no step at all.
        is_step = np.logical_or.accumulate(~np.isnan(given).all(axis=-1), axis=1)
        row, place = np.nonzero(is_step)
        rebuilt = outputs[RECONSTRUCTION if self._is_scaled else IN_UNITS]
        before = outputs[EXAMPLE] if self._is_scaled else given
        columns: dict[str, pa.Array] = {ROW: pa.array(row + self._num_rows + 1)}
        if self._has_files is None:
            self._has_files = any(name is not None for name in names)
        if self._has_files:
            columns[FILE] = pa.array([names[index] for index in row.tolist()], pa.string())
        columns[STEP] = pa.array(place - (~is_step).sum(axis=1)[row])
        for channel, title in enumerate(self._titles(before.shape[-1], set(columns))):
            columns[title] = pa.array(before[row, place, channel], from_pandas=True)
            columns[f"{PREFIX}{title}"] = pa.array(rebuilt[row, place, channel])
        self._num_rows += len(given)
        self._rows.write(pa.table(columns))

    def _titles(self, num_channels: int, taken: set[str]) -> list[str]:
        summary = self._block.column.info.sequence
        names = list(summary.channels) if summary else []
        all_names = {*names, *(f"{PREFIX}{name}" for name in names)}
        is_free = len(all_names) == 2 * num_channels and not all_names & taken
        return names if is_free else [f"value_{place}" for place in range(num_channels)]


def _two_spectrograms(given: np.ndarray, rebuilt: np.ndarray) -> np.ndarray:
    """One above the other, in the same colours; uint8 `(height, width, 3)`."""
    above, below = spectrogram_pictures(np.nan_to_num(np.stack([given, rebuilt])))
    gap = np.full((GAP, *above.shape[1:]), WHITE, "uint8")
    return np.concatenate([above, gap, below])
