"""How much a profile lists, and how much memory it may take."""

from dataclasses import dataclass
from pathlib import Path

MAX_LISTED_CLASSES = 1_000
MAX_LISTED_NUMBERS = 100
NUM_EXAMPLES = 5
MAX_EXAMPLE_LENGTH = 500
NUM_BINS = 30
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class ProfileLimits:
    """How much memory a profile may take.

    Attributes:
        column_bytes: Largest column that is held in memory.
        duckdb_bytes: Memory of DuckDB for the larger ones.
        spill_folder: Folder for what does not fit.
    """

    column_bytes: int
    duckdb_bytes: int
    spill_folder: Path
