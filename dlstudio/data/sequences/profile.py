"""What is in a column of sequences: lengths, channels, missing readings."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from dlstudio.data.sequences.columns import channels_of, flat_parts
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.media import SequenceSummary, Spread


def profile_sequences(field: pa.Field, chunks: Iterable[pa.ListArray]) -> ColumnInfo:
    """Describe a column of sequences.

    Args:
        field: Its name and channels.
        chunks: Its cells, a part at a time; they need never be in memory together.

    Returns:
        A description whose mean, extremes and deviation are those of all readings.
    """
    channels = channels_of(field)
    counts = _Counts()
    for chunk in chunks:
        counts.add(chunk)
    info = ColumnInfo(
        name=field.name,
        kind=ColumnKind.SEQUENCE,
        num_missing=counts.num_missing,
        num_distinct=len(counts.distinct),
    )
    lengths = counts.lengths(len(channels))
    if not len(lengths):
        return info.model_copy(
            update={"sequence": SequenceSummary(channels=channels, length=_spread(np.zeros(1)))}
        )
    summary = SequenceSummary(
        channels=channels,
        length=_spread(lengths),
        num_missing_values=counts.num_values - counts.num_known,
        amplitude=_spread(counts.amplitudes()),
    )
    return info.model_copy(update={"sequence": summary, **counts.moments()})


class _Counts:
    """What is gathered over the parts of a column."""

    def __init__(self) -> None:
        self.num_missing = 0
        self.num_values = 0
        self.num_known = 0
        self.distinct: set[int] = set()
        self._sizes: list[np.ndarray] = []
        self._amplitudes: list[float] = []
        self._sum = self._square_sum = 0.0
        self._min, self._max = np.inf, -np.inf

    def add(self, chunk: pa.ListArray) -> None:
        offsets, values = flat_parts(chunk)
        sizes = np.diff(offsets)
        is_present = chunk.is_valid().to_numpy(zero_copy_only=False) & (sizes > 0)
        self.num_missing += int((~is_present).sum())
        self._sizes.append(sizes[is_present])
        for row in np.flatnonzero(is_present):
            self._add_sequence(values[offsets[row] : offsets[row + 1]])
        self._add_values(values[offsets[0] : offsets[-1]])

    def _add_sequence(self, values: np.ndarray) -> None:
        self.distinct.add(hash(values.tobytes()))
        known = values[np.isfinite(values)]
        self._amplitudes.append(float(known.std(dtype=np.float64)) if len(known) else 0.0)

    def _add_values(self, values: np.ndarray) -> None:
        known = values[np.isfinite(values)].astype(np.float64)
        self.num_values += len(values)
        self.num_known += len(known)
        if len(known):
            self._sum += float(known.sum())
            self._square_sum += float(np.square(known).sum())
            self._min = min(self._min, float(known.min()))
            self._max = max(self._max, float(known.max()))

    def lengths(self, num_channels: int) -> np.ndarray:
        sizes = np.concatenate(self._sizes) if self._sizes else np.zeros(0)
        return sizes // num_channels

    def amplitudes(self) -> np.ndarray:
        return np.array(self._amplitudes)

    def moments(self) -> dict[str, float]:
        if not self.num_known:
            return {}
        mean = self._sum / self.num_known
        variance = max(0.0, self._square_sum / self.num_known - mean**2)
        return {"min": self._min, "max": self._max, "mean": mean, "std": variance**0.5}


def _spread(values: np.ndarray) -> Spread:
    return Spread(min=float(values.min()), median=float(np.median(values)), max=float(values.max()))
