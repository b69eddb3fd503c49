"""The two nearest different rows among many, which come in parts."""

from hashlib import blake2b

import numpy as np

from dlstudio.evaluation.neighbours import nearest_rows

DIGEST_BYTES = 16


class TwoNearest:
    """For each asked row its nearest reference row and the next one that differs from that.

    Attributes:
        places: Places of both among all reference rows, the first of equal ones; int64 `(n, 2)`,
            -1 while there are fewer.
        distances: Euclidean, rising; float64 `(n, 2)`, infinite while there are fewer.
        num_different: Different reference rows so far.
    """

    def __init__(self, asked: np.ndarray) -> None:
        """Begin without reference rows.

        Args:
            asked: Float `(n, d)`, finite.
        """
        self._asked = asked
        self._seen: set[bytes] = set()
        self._num_rows = 0
        self.num_different = 0
        self.places = np.full((len(asked), 2), -1, "int64")
        self.distances = np.full((len(asked), 2), np.inf)

    def add(self, reference: np.ndarray) -> None:
        """Look at more rows.

        Args:
            reference: Float `(m, d)`, finite, of one type in all parts; m may be 0.
        """
        new = self._new(reference)
        if len(new):
            found = nearest_rows(self._asked, reference[new], min(2, len(new)))
            places = np.concatenate([self.places, self._num_rows + new[found.indices]], axis=1)
            distances = np.concatenate([self.distances, found.distances], axis=1)
            kept = np.argsort(distances, axis=1, kind="stable")[:, :2]
            self.places = np.take_along_axis(places, kept, axis=1)
            self.distances = np.take_along_axis(distances, kept, axis=1)
        self._num_rows += len(reference)
        self.num_different += len(new)

    def _new(self, reference: np.ndarray) -> np.ndarray:
        """Places of the rows that no earlier row is equal to; int64."""
        # Zero added: the two zeros of floats are equal, but not their bytes.
        rows = np.ascontiguousarray(reference + 0.0)
        new = []
        for place, row in enumerate(rows):
            digest = blake2b(row.tobytes(), digest_size=DIGEST_BYTES).digest()
            if digest not in self._seen:
                self._seen.add(digest)
                new.append(place)
        return np.asarray(new, "int64")
