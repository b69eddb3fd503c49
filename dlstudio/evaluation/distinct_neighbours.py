"""The two nearest different rows among many, which come in parts."""

from hashlib import blake2b

import numpy as np

from dlstudio.evaluation.neighbours import nearest_rows

DIGEST_BYTES = 16


class TwoNearest:
    """For each asked row its nearest reference row and the next one that differs from that.

    Attributes:
        distances: Of both, Euclidean, rising; float64 `(n, 2)`, infinite while there are fewer.
    """

    def __init__(self, asked: np.ndarray) -> None:
        """Begin without reference rows.

        Args:
            asked: Float `(n, d)`, finite.
        """
        self._asked = asked
        self._numbers: dict[bytes, int] = {}
        self._firsts: list[int] = []
        self._counts: list[int] = []
        self._num_rows = 0
        self._nearest = np.full((len(asked), 2), -1, "int64")
        self.distances = np.full((len(asked), 2), np.inf)

    @property
    def num_different(self) -> int:
        """Different reference rows so far."""
        return len(self._firsts)

    @property
    def places(self) -> np.ndarray:
        """Places of both rows among all reference rows, the first of equal ones; int64 `(n, 2)`.

        -1 while there are fewer.
        """
        return np.append(self._firsts, -1)[self._nearest].astype("int64")

    @property
    def num_equal(self) -> np.ndarray:
        """How many reference rows are equal to each row's nearest one; int64 `(n,)`."""
        return np.append(self._counts, 0)[self._nearest[:, 0]].astype("int64")

    def add(self, reference: np.ndarray) -> None:
        """Look at more rows.

        Args:
            reference: Float `(m, d)`, finite, of one type in all parts; m may be 0.
        """
        first = self.num_different
        new = self._new(reference)
        if len(new):
            found = nearest_rows(self._asked, reference[new], min(2, len(new)))
            nearest = np.concatenate([self._nearest, first + found.indices], axis=1)
            distances = np.concatenate([self.distances, found.distances], axis=1)
            kept = np.argsort(distances, axis=1, kind="stable")[:, :2]
            self._nearest = np.take_along_axis(nearest, kept, axis=1)
            self.distances = np.take_along_axis(distances, kept, axis=1)
        self._num_rows += len(reference)

    def _new(self, reference: np.ndarray) -> list[int]:
        """Places within this part of the rows that no earlier row is equal to."""
        # Zero added: the two zeros of floats are equal, but not their bytes.
        rows = np.ascontiguousarray(reference + 0.0)
        new = []
        for place, row in enumerate(rows):
            digest = blake2b(row.tobytes(), digest_size=DIGEST_BYTES).digest()
            number = self._numbers.setdefault(digest, len(self._firsts))
            if number < len(self._firsts):
                self._counts[number] += 1
                continue
            self._firsts.append(self._num_rows + place)
            self._counts.append(1)
            new.append(place)
        return new
