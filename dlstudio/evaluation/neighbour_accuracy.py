"""Whether codes keep what a label says: nearest-neighbour classification by codes and by PCA."""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.neighbours import nearest_rows
from dlstudio.reports.reconstruction import NeighbourAccuracy

NUM_NEIGHBOURS = 5
MOST_TRAIN_ROWS = 10_000
MOST_OTHER_ROWS = 2_000
SAMPLE_SEED = 7


@dataclass(frozen=True)
class LabelledCodes:
    """Rows of one split.

    Attributes:
        codes: Codes of the network; float `(n, latent_size)`, finite.
        pca: Codes of PCA; float64 `(n, num_components)`.
        labels: Classes as text, "" where missing; object `(n,)`.
    """

    codes: np.ndarray
    pca: np.ndarray
    labels: np.ndarray

    def known(self) -> "LabelledCodes":
        """The rows that have a label."""
        is_known = self.labels != ""
        return LabelledCodes(self.codes[is_known], self.pca[is_known], self.labels[is_known])


def compare_codes(label: str, train: LabelledCodes, other: LabelledCodes) -> NeighbourAccuracy:
    """Compare how well codes and PCA tell the classes of a label apart.

    Args:
        label: The column with the classes.
        train: Training rows.
        other: Rows of another split; rows of training would find themselves.
    """
    train, other = train.known(), other.known()
    num_neighbours = min(NUM_NEIGHBOURS, len(train.labels))
    note = _why_not(label, train.labels, other.labels)
    codes = pca = None
    if not note:
        codes = neighbour_accuracy(train.codes, train.labels, other.codes, other.labels)
        pca = neighbour_accuracy(train.pca, train.labels, other.pca, other.labels)
    return NeighbourAccuracy(
        label=label,
        codes=codes,
        pca=pca,
        num_neighbours=num_neighbours,
        num_rows=min(len(other.labels), MOST_OTHER_ROWS),
        note=note,
    )


def neighbour_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    other: np.ndarray,
    other_labels: np.ndarray,
    k: int = NUM_NEIGHBOURS,
) -> float:
    """Classify rows by the commonest class of their nearest training rows.

    Columns are divided by their spread in training. Among equally common classes the first in order
    wins, as in scikit-learn. Beyond 10,000 training and 2,000 other rows a fixed random sample of
    them is taken.

    Args:
        train: Float `(n, d)`, finite, n at least 1.
        train_labels: Classes, all of one type; `(n,)`.
        other: Float `(m, d)`, finite, m at least 1.
        other_labels: Classes; `(m,)`. Those that training rows do not have count as wrong.
        k: How many neighbours vote; all training rows if there are fewer.

    Returns:
        Share of the other rows that get their own class; in [0, 1].
    """
    drawn, asked = _draw(len(train), MOST_TRAIN_ROWS), _draw(len(other), MOST_OTHER_ROWS)
    train, other = _standardised(train[drawn], other[asked])
    classes, places = np.unique(train_labels[drawn], return_inverse=True)
    found = nearest_rows(other, train, min(k, len(train))).indices
    votes = np.zeros((len(other), len(classes)), dtype=np.int64)
    np.add.at(votes, (np.arange(len(other))[:, None], places[found]), 1)
    return float(np.mean(classes[votes.argmax(axis=1)] == other_labels[asked]))


def _why_not(label: str, train_labels: np.ndarray, other_labels: np.ndarray) -> str:
    """Why the comparison would say nothing; empty if it does."""
    if not len(train_labels) or not len(other_labels):
        return f"neighbour_accuracy is left out: no rows have a value in {label!r}."
    if len(np.unique(train_labels)) == 1:
        return (
            f"neighbour_accuracy is left out: all training rows have the same value in {label!r}."
        )
    return ""


def _draw(num_rows: int, most: int) -> np.ndarray:
    if num_rows <= most:
        return np.arange(num_rows)
    return np.sort(np.random.default_rng(SAMPLE_SEED).choice(num_rows, most, replace=False))


def _standardised(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in units of the spread of each training column; constant columns stay as they are."""
    mean = train.mean(axis=0, dtype=np.float64)
    spread = train.std(axis=0, dtype=np.float64)
    spread[(np.ptp(train, axis=0) == 0) | (spread == 0)] = 1.0
    return (train - mean) / spread, (other - mean) / spread
