"""What is kept of the rows of one part once they were rebuilt."""

from dataclasses import dataclass

import numpy as np

from dlstudio.evaluation.reconstruction import ReconstructionErrors


@dataclass(frozen=True)
class RebuiltSplit:
    """The rows of one part.

    Attributes:
        rows: Row numbers in the dataset; int64 `(n,)`.
        codes: Float32 `(n, latent_size)`.
        errors: Root of the mean squared error of each row, float32 `(n,)`: its anomaly score.
        reconstruction: The errors of the rows that are not known to be anomalies, summed up.
        kept: Places of at most 10,000 rows, rising; int64 `(k,)`.
        pca_codes: PCA codes of these; float64 `(k, num_components)`.
        is_anomalous: Which rows are known to be anomalies, bool `(n,)`; None without labels.
        rivals: Anomaly scores of other methods by name; float64 `(n,)` each.
    """

    rows: np.ndarray
    codes: np.ndarray
    errors: np.ndarray
    reconstruction: ReconstructionErrors
    kept: np.ndarray
    pca_codes: np.ndarray
    is_anomalous: np.ndarray | None
    rivals: dict[str, np.ndarray]

    @property
    def is_finite(self) -> bool:
        """Whether all codes are numbers."""
        return bool(np.isfinite(self.codes).all())
