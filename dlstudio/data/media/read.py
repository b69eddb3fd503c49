"""Many files decoded at once, on all cores."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.table import MEDIA
from dlstudio.errors import DataError
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.preprocessing import ColumnPreprocessing

MOST_THREADS = 8


def decode_files(
    kind: ColumnKind, paths: Sequence[Path | None], settings: ColumnPreprocessing
) -> list[np.ndarray | None]:
    """Decode files as a network takes them.

    Args:
        kind: A kind with files: image, audio or video.
        paths: The files; None where there is none.
        settings: The column's resolved settings.

    Returns:
        One array a file, all of the same shape; None where there is no file.

    Raises:
        DataError: A file is gone or cannot be decoded; names it.
    """
    decode = MEDIA[kind].decode

    def one(path: Path | None) -> np.ndarray | None:
        try:
            return None if path is None else decode(path, settings)
        except UnreadableMedia as error:
            raise DataError(
                f"{path.name if path else ''!r} {error.reason}.",
                "Add the dataset again without this file, or mend the file.",
                where=str(path),
            ) from error
        except OSError as error:
            raise DataError(
                f"The file {path.name if path else ''!r} of the dataset cannot be opened: "
                f"{error.strerror}.",
                "Add the dataset again.",
                where=str(path),
            ) from error

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(one, paths))


def decode_column(
    kind: ColumnKind,
    folder: Path,
    values: np.ndarray,
    settings: ColumnPreprocessing,
    into: np.ndarray,
) -> None:
    """Decode the files that a column's cells name.

    Args:
        kind: The column's kind.
        folder: The cells are paths relative to it.
        values: Cells, object array of str `(num_rows,)`; "" is missing.
        settings: The column's resolved settings.
        into: Where the values go, `(num_rows, *shape)`; missing ones become zeros.

    Raises:
        DataError: A file is gone or cannot be decoded; names it.
    """
    paths = [folder / value if value else None for value in values.tolist()]
    for row, decoded in enumerate(decode_files(kind, paths, settings)):
        into[row] = 0 if decoded is None else decoded
