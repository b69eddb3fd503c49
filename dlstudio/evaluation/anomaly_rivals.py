"""Other ways to score anomalies, fitted on the rows that the network was trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlstudio.evaluation.pca import Pca, row_chunks
from dlstudio.evaluation.reconstruction import row_errors


@dataclass(frozen=True)
class IsolationForestRival:
    """A fitted isolation forest (Liu, Ting and Zhou 2008, "Isolation forest")."""

    forest: Any

    def score(self, rows: np.ndarray) -> np.ndarray:
        """Score rows `(n, d)`: float64 `(n,)` in [0, 1], higher for rows easier to set apart."""
        scores = np.empty(len(rows))
        for part in row_chunks(rows):
            scores[part] = -self.forest.score_samples(rows[part].astype(np.float32))
        return scores


def fit_isolation_forest(train: np.ndarray, seed: int) -> IsolationForestRival:
    """Fit an isolation forest of 100 trees as scikit-learn does by default.

    Args:
        train: Features of the training rows; float `(n, d)`, finite, n at least 1.
        seed: What the forest draws with.
    """
    # Importing scikit-learn takes one to three seconds, which other tasks should not pay.
    from sklearn.ensemble import IsolationForest

    return IsolationForestRival(IsolationForest(random_state=seed).fit(train))


def pca_scores(pca: Pca, rows: np.ndarray) -> np.ndarray:
    """Score rows `(n, d)` by the error of their reconstruction by PCA; float64 `(n,)`."""
    scores = np.empty(len(rows))
    for part in row_chunks(rows):
        scores[part] = row_errors(rows[part], pca.decode(pca.encode(rows[part])))
    return scores
