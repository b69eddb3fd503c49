"""The times between the steps of sequences: repeated ones, gaps, irregular ones."""

from collections.abc import Iterator

import numpy as np

Remark = tuple[str, str, str]
MOST_STEPS = 4_000_000
LONG_STEP = 1.5
MAX_SHARE_OF_GAPS = 0.2


class StepTimes:
    """Gathers the times between steps; of the first four million where there are more."""

    def __init__(self) -> None:
        """Begin with no steps."""
        self._steps: list[np.ndarray] = []
        self._sequences: list[np.ndarray] = []
        self._num_steps = 0
        self._last: tuple[int, float] | None = None

    def add(self, sequences: np.ndarray, times: np.ndarray) -> None:
        """Add rows, which are sorted by sequence and time.

        Args:
            sequences: A number for the sequence of each row, int64 `(num_rows,)`.
            times: float64 `(num_rows,)`.
        """
        if self._num_steps >= MOST_STEPS or not len(times):
            return
        if self._last is not None:
            sequences = np.concatenate([[self._last[0]], sequences])
            times = np.concatenate([[self._last[1]], times])
        self._last = (int(sequences[-1]), float(times[-1]))
        is_step = sequences[1:] == sequences[:-1]
        self._steps.append(np.diff(times)[is_step])
        self._sequences.append(sequences[1:][is_step])
        self._num_steps += int(is_step.sum())

    def remarks(self, column: str) -> Iterator[Remark]:
        """Tell what is odd about the times.

        Args:
            column: Name of the time column.
        """
        if not self._num_steps:
            return
        steps, sequences = np.concatenate(self._steps), np.concatenate(self._sequences)
        is_repeated = steps == 0
        if is_repeated.any():
            yield (
                "repeated-times",
                f"{_counted(is_repeated, 'row')} of {_counted_sequences(sequences[is_repeated])} "
                f"repeat a time of {column!r}; they were kept in the order of the file.",
                "Check whether the id column names each sequence, or remove the repetitions.",
            )
        usual = float(np.median(steps[~is_repeated])) if not is_repeated.all() else 0.0
        is_long = steps > LONG_STEP * usual
        share = float(is_long.mean())
        if usual and share > MAX_SHARE_OF_GAPS:
            yield (
                "irregular-times",
                f"The times of {column!r} are irregular: {100 * share:.0f} % of the steps are more "
                f"than {LONG_STEP:g} times as long as the usual one ({usual:,.6g}).",
                "Bring the readings to regular times if their distance matters; the network sees "
                "one reading after the other.",
            )
        elif usual and is_long.any():
            yield (
                "time-gaps",
                f"{_counted(is_long, 'step')} of {_counted_sequences(sequences[is_long])} are "
                f"longer than the usual one ({usual:,.6g} of {column!r}), so readings may be "
                "missing there.",
                "Add rows with empty readings for the missing times if the gaps matter.",
            )


def _counted(flags: np.ndarray, noun: str) -> str:
    count = int(flags.sum())
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _counted_sequences(sequences: np.ndarray) -> str:
    count = len(np.unique(sequences))
    return "1 sequence" if count == 1 else f"{count:,} sequences"
