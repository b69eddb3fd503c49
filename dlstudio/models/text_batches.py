"""Rows cut into batches, so that their texts are cut into words and letters a part at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

# Each letter begins up to four pieces, which take some 40 bytes each while they are counted.
LETTERS_AT_ONCE = 2**20


def batch_slices(num_rows: int, most_rows: int, texts: Sequence[np.ndarray]) -> Iterator[slice]:
    """Cut rows into batches of bounded length and of a bounded number of letters.

    Args:
        num_rows: How many rows there are.
        most_rows: Rows of a batch at most, at least 1.
        texts: The columns of texts, object arrays of str with `num_rows` values each; may be none.

    Yields:
        Slices in order, one, perhaps empty, at least; a longer text is a batch of its own.
    """
    letters = np.zeros(num_rows, np.int64)
    for values in texts:
        letters += np.fromiter(map(len, values.ravel().tolist()), np.int64, num_rows)
    ends = np.cumsum(letters)
    start = 0
    while start < num_rows or start == 0:
        before = int(ends[start - 1]) if start else 0
        fitting = int(np.searchsorted(ends, before + LETTERS_AT_ONCE, side="right"))
        stop = min(max(fitting, start + 1), start + most_rows)
        yield slice(start, stop)
        start = stop
