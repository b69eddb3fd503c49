"""The rivals of a network that rebuilds its inputs, fitted on the rows it was trained on."""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.anomaly_rivals import (
    IsolationForestRival,
    fit_isolation_forest,
    pca_scores,
)
from dlstudio.evaluation.canvas_rows import canvas_rows
from dlstudio.evaluation.pca import Pca, fit_pca
from dlstudio.reports.anomaly import ISOLATION_FOREST, PCA
from dlstudio.spec.task import TaskKind
from dlstudio.training.prepare_unsupervised import CanvasPreparation

# Rows are held at once to fit rivals: 160 MB.
MOST_CELLS = 40_000_000


@dataclass(frozen=True)
class RebuildingRivals:
    """Methods that a network is judged beside.

    Attributes:
        pca: With as many components as the code has numbers.
        forest: An isolation forest; None unless anomalies are asked for.
        notes: Sentences for people.
    """

    pca: Pca
    forest: IsolationForestRival | None
    notes: tuple[str, ...]

    def scores(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """How anomalous rows `(n, d)` are, by rival; float64 `(n,)` each, none without a forest."""
        if self.forest is None:
            return {}
        return {ISOLATION_FOREST: self.forest.score(rows), PCA: pca_scores(self.pca, rows)}


def fit_rivals(
    preparation: CanvasPreparation, kind: TaskKind, latent_size: int, seed: int
) -> RebuildingRivals:
    """Fit the rivals on the same prepared rows as the network.

    Args:
        preparation: What was trained.
        kind: Dimensionality reduction or anomaly detection.
        latent_size: Components of the PCA.
        seed: What is drawn with.
    """
    rows, notes = preparation.learned.train, ()
    most = max(1, MOST_CELLS // preparation.canvas.size)
    if len(rows) > most:
        drawn = np.random.default_rng(seed).choice(len(rows), most, replace=False)
        notes = (
            f"PCA was fitted on {most:,} of {len(rows):,} training rows: more do not fit into "
            "memory at once.",
        )
        rows = rows[np.sort(drawn)]
    examples = canvas_rows(preparation, rows).reshape(len(rows), -1)
    is_anomaly = kind is TaskKind.ANOMALY
    return RebuildingRivals(
        pca=fit_pca(examples, latent_size, seed),
        forest=fit_isolation_forest(examples, seed) if is_anomaly else None,
        notes=notes,
    )
