"""Examples in memory, ready for a network: features, targets and weights."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Examples:
    """Rows that a network can be trained or measured on.

    Attributes:
        features: One array a network input, by input name, batch first, all of the same length.
        targets: What should come out, batch first.
        weights: How much each example counts in the loss, float32 `(num_examples,)`; None if all
            count the same.
    """

    features: dict[str, np.ndarray]
    targets: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        """Count the examples."""
        return len(self.targets)

    def with_weights(self, weights: np.ndarray) -> "Examples":
        """The same examples; their weights multiplied by others.

        Args:
            weights: Factors of at least 0, `(num_examples,)`.
        """
        factors = weights if self.weights is None else self.weights * weights
        return replace(self, weights=np.asarray(factors, "float32"))


@dataclass(frozen=True)
class PreparedData:
    """What training looks at; test rows are predicted from raw values once it has ended."""

    train: Examples
    validation: Examples
