"""What a reader is asked to do."""

from dataclasses import dataclass
from pathlib import Path

from dlstudio.data.options import ReadOptions
from dlstudio.data.progress import IngestProgress, ProgressCallback, ignore_progress
from dlstudio.errors import DataError
from dlstudio.settings import Settings

SHARE_OF_READING = 0.5


@dataclass(frozen=True)
class ReadRequest:
    """One file to read.

    Attributes:
        path: The file, unpacked.
        file_name: Its name as the user knows it.
        stage_path: Where the stage goes.
        options: What the user has fixed.
        settings: The limits.
        progress: Is told how far the reading is.
    """

    path: Path
    file_name: str
    stage_path: Path
    options: ReadOptions
    settings: Settings
    progress: ProgressCallback = ignore_progress

    def report(self, num_bytes: int, num_rows: int) -> None:
        """Tell how much was read.

        Args:
            num_bytes: Bytes of the file read so far.
            num_rows: Rows read so far.
        """
        size = max(1, self.path.stat().st_size)
        fraction = SHARE_OF_READING * min(1.0, num_bytes / size)
        self.progress(IngestProgress(phase="Reading rows", fraction=fraction, num_rows=num_rows))

    def check_num_columns(self, num_columns: int) -> None:
        """Refuse a table with more columns than allowed.

        Raises:
            DataError: There are too many columns.
        """
        if num_columns > self.settings.max_columns:
            raise DataError(
                f"{self.file_name!r} has {num_columns:,} columns; at most "
                f"{self.settings.max_columns:,} are allowed.",
                "Leave out columns, or raise DLSTUDIO_MAX_COLUMNS and start the studio again.",
                where="file",
            )
