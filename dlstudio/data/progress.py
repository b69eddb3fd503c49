"""How far the reading of a file has come."""

from collections.abc import Callable

from dlstudio.spec.frozen import Frozen


class IngestProgress(Frozen):
    """One sign of life while a file becomes a dataset.

    Attributes:
        phase: What happens now, in words for the user.
        fraction: Share of the whole work that is done, in [0, 1].
        num_rows: Rows read so far.
    """

    phase: str
    fraction: float
    num_rows: int = 0


ProgressCallback = Callable[[IngestProgress], None]


def ignore_progress(progress: IngestProgress) -> None:
    """Take a sign of life and do nothing with it."""
