"""How far reconstructions are from what went in, some rows at a time, beside PCA's.

A column may have several features, such as one a category or one a pixel; then its error is over
all of them. `groups` names the column (or region) of each feature.
"""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.histogram import histogram_of
from dlstudio.evaluation.pca import Pca, row_chunks
from dlstudio.reports.reconstruction import (
    ColumnError,
    NeighbourAccuracy,
    ReconstructionDetails,
)

MOST_COLUMNS = 200
# Features are float32, which round off this part of themselves: less than it is no error.
FLOAT32_ROUNDING = 6e-8


@dataclass(frozen=True)
class ReconstructionScores:
    """What the reconstructions of one split are worth.

    Attributes:
        num_rows: Rows that were scored.
        metrics: rmse, explained, pca_rmse, pca_explained and, with labels, neighbour_accuracy and
            pca_neighbour_accuracy; what is undefined is left out and noted.
        details: What stands behind them; None if nothing could be scored.
        notes: Sentences for people.
        row_errors: Root mean squared error of each row; float64 `(n,)`.
        pca_row_errors: The same for PCA.
    """

    num_rows: int
    metrics: dict[str, float]
    details: ReconstructionDetails | None
    notes: tuple[str, ...]
    row_errors: np.ndarray
    pca_row_errors: np.ndarray


class ReconstructionErrors:
    """Sums up errors, so that no more than some rows are in memory at a time."""

    def __init__(self, groups: tuple[str, ...], num_components: int, pca: Pca) -> None:
        """Begin without rows.

        Args:
            groups: The column of each of the d features.
            num_components: Size of the network's code.
            pca: Fitted on training rows with as many components.
        """
        self._groups = groups
        self._num_components = num_components
        self._pca = pca
        self._moments = _Moments(len(groups))
        self._squared = np.zeros(len(groups))
        self._pca_squared = np.zeros(len(groups))
        self._num_known = np.zeros(len(groups))
        self._row_errors: list[np.ndarray] = []
        self._pca_row_errors: list[np.ndarray] = []

    def add(
        self, original: np.ndarray, reconstructed: np.ndarray, known: np.ndarray | None = None
    ) -> None:
        """Count some rows of the split; PCA rebuilds them here.

        Args:
            original: Features that went in; float `(n, d)`, finite.
            reconstructed: What came out; float `(n, d)`.
            known: Which features hold a value, bool `(n, d)`; padding does not count. None if all
                do.
        """
        is_known = np.broadcast_to(True, original.shape) if known is None else known
        for part in row_chunks(original):
            rows, counts = original[part].astype(np.float64), is_known[part]
            rebuilt = self._pca.decode(self._pca.encode(rows))
            self._moments.add(rows, counts)
            self._num_known += counts.sum(axis=0)
            with np.errstate(over="ignore", invalid="ignore"):
                squared = np.where(counts, (rows - reconstructed[part]) ** 2, 0.0)
                _add_errors(squared, counts, self._squared, self._row_errors)
            gaps = np.abs(rows - rebuilt)
            is_wrong = counts & (gaps > FLOAT32_ROUNDING * np.abs(rows).max(axis=1, keepdims=True))
            squared = np.where(is_wrong, gaps**2, 0.0)
            _add_errors(squared, counts, self._pca_squared, self._pca_row_errors)

    def result(self, neighbours: NeighbourAccuracy | None = None) -> ReconstructionScores:
        """Score the rows so far.

        Args:
            neighbours: How well the codes of these rows tell classes apart, if there is a label.
        """
        row_errors = np.concatenate([np.empty(0), *self._row_errors])
        metrics: dict[str, float] = {}
        details, notes = None, ("There are no rows.",)
        if len(row_errors) and not np.isfinite(self._squared.sum()):
            notes = ("Some reconstructions are not finite numbers, so nothing could be scored.",)
        elif len(row_errors):
            details = self._details(row_errors, neighbours)
            metrics, notes = _metrics(details), _notes(details)
        return ReconstructionScores(
            num_rows=len(row_errors),
            metrics=metrics,
            details=details,
            notes=notes,
            row_errors=row_errors,
            pca_row_errors=np.concatenate([np.empty(0), *self._pca_row_errors]),
        )

    def _details(
        self, row_errors: np.ndarray, neighbours: NeighbourAccuracy | None
    ) -> ReconstructionDetails:
        spread, num_known = self._moments.spread(), max(1.0, self._num_known.sum())
        by_column = _column_errors(self._groups, self._squared, self._pca_squared, self._num_known)
        return ReconstructionDetails(
            num_components=self._num_components,
            pca_num_components=self._pca.num_components,
            explained=_explained(self._squared, spread),
            pca_explained=_explained(self._pca_squared, spread),
            rmse=float(np.sqrt(self._squared.sum() / num_known)),
            pca_rmse=float(np.sqrt(self._pca_squared.sum() / num_known)),
            by_column=tuple(by_column[:MOST_COLUMNS]),
            num_columns=len(by_column),
            row_errors=histogram_of(row_errors),
            neighbours=neighbours,
        )


def row_errors(original: np.ndarray, reconstructed: np.ndarray) -> np.ndarray:
    """Root of the mean squared error of each row: its score as an anomaly.

    Args:
        original: Float `(n, d)`, finite, d at least 1.
        reconstructed: Float `(n, d)`; a row with a value that is not finite has no finite error.

    Returns:
        Float64 `(n,)`.
    """
    found = np.empty(len(original))
    with np.errstate(over="ignore", invalid="ignore"):
        for part in row_chunks(original):
            squared = (original[part].astype(np.float64) - reconstructed[part]) ** 2
            found[part] = np.sqrt(squared.mean(axis=1))
    return found


def column_shares(
    original: np.ndarray, reconstructed: np.ndarray, groups: tuple[str, ...]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Which columns cause the squared error of each row.

    Args:
        original: Float `(n, d)`, finite; a few rows, such as the most anomalous ones.
        reconstructed: Float `(n, d)`, finite.
        groups: The column or region of each of the d features.

    Returns:
        The columns in the order of their first features, and their shares: float64
        `(n, num_columns)`, which add up to 1 in each row, or to 0 in one without an error.
    """
    names, places = _columns_of(groups)
    squared = (original.astype(np.float64) - reconstructed) ** 2
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(names)))
    sums = np.add.reduceat(squared[:, order], starts, axis=1)
    whole = sums.sum(axis=1, keepdims=True)
    return names, np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0)


class _Moments:
    """Mean and summed squared deviation of each feature, updated by parts without losing digits.

    Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance".
    """

    def __init__(self, width: int) -> None:
        self._counts = np.zeros(width)
        self._mean = np.zeros(width)
        self._deviation = np.zeros(width)
        self._low = np.full(width, np.inf)
        self._high = np.full(width, -np.inf)

    def add(self, rows: np.ndarray, is_known: np.ndarray) -> None:
        counts = is_known.sum(axis=0)
        total = np.maximum(self._counts + counts, 1)
        mean = np.where(is_known, rows, 0.0).sum(axis=0) / np.maximum(counts, 1)
        step = np.where(counts > 0, mean - self._mean, 0.0)
        self._deviation += np.square(np.where(is_known, rows - mean, 0.0)).sum(axis=0)
        self._deviation += step**2 * (self._counts * counts / total)
        self._mean += step * (counts / total)
        self._counts += counts
        self._low = np.minimum(self._low, np.where(is_known, rows, np.inf).min(axis=0))
        self._high = np.maximum(self._high, np.where(is_known, rows, -np.inf).max(axis=0))

    def spread(self) -> float:
        """Squared deviations of all features from their means; exactly 0 for equal rows."""
        return float(self._deviation[self._high > self._low].sum())


def _add_errors(
    squared: np.ndarray, is_known: np.ndarray, sums: np.ndarray, errors: list[np.ndarray]
) -> None:
    sums += squared.sum(axis=0)
    errors.append(np.sqrt(squared.sum(axis=1) / np.maximum(is_known.sum(axis=1), 1)))


def _columns_of(groups: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """The columns in the order of their first features, and the place of each feature's column."""
    places = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    return tuple(places), np.array([places[name] for name in groups])


def _column_errors(
    groups: tuple[str, ...], squared: np.ndarray, pca_squared: np.ndarray, num_known: np.ndarray
) -> list[ColumnError]:
    names, places = _columns_of(groups)
    num_values = np.maximum(np.bincount(places, weights=num_known), 1.0)
    own = np.sqrt(np.bincount(places, weights=squared) / num_values)
    pca = np.sqrt(np.bincount(places, weights=pca_squared) / num_values)
    return [
        ColumnError(name=names[place], rmse=float(own[place]), pca_rmse=float(pca[place]))
        for place in np.argsort(-own, kind="stable")
    ]


def _explained(squared: np.ndarray, spread: float) -> float | None:
    if spread == 0:
        return None
    explained = 1.0 - float(squared.sum()) / spread
    return explained if np.isfinite(explained) else None


def _metrics(details: ReconstructionDetails) -> dict[str, float]:
    found = {
        "rmse": details.rmse,
        "explained": details.explained,
        "pca_rmse": details.pca_rmse,
        "pca_explained": details.pca_explained,
    }
    if details.neighbours:
        found["neighbour_accuracy"] = details.neighbours.codes
        found["pca_neighbour_accuracy"] = details.neighbours.pca
    return {name: value for name, value in found.items() if value is not None}


def _notes(details: ReconstructionDetails) -> tuple[str, ...]:
    notes: list[str] = []
    if details.explained is None:
        notes.append("Explained is left out: all rows of this part are the same.")
    if details.pca_num_components < details.num_components:
        notes.append(
            f"PCA has {details.pca_num_components:,} components instead of "
            f"{details.num_components:,}: the training rows vary in no more directions, so that "
            "it rebuilds them as they are."
        )
    if details.neighbours and details.neighbours.note:
        notes.append(details.neighbours.note)
    return tuple(notes)
