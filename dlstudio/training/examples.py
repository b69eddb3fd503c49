"""Examples in memory, ready for a network: features, targets and weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np


class Gathering(Protocol):
    """Reads examples that overlap, such as windows of a series, at the places where they are.

    Copies of them would take as many times the memory of the series as a window is long.
    """

    @property
    def sources(self) -> tuple[np.ndarray, ...]:
        """What is read from; put on the device once."""
        ...

    def read(self, sources: Sequence[Any], places: Any) -> tuple[dict[str, Any], Any]:  # noqa: ANN401
        """Read examples; traced as a part of the step that takes them.

        Args:
            sources: The tensors of `sources`, in order.
            places: Int32 `(batch,)`.

        Returns:
            Features by input name, and targets; batch first.
        """
        ...


@dataclass(frozen=True)
class Examples:
    """Rows that a network can be trained or measured on.

    Attributes:
        features: One array a network input, by input name, batch first, all of the same length.
        targets: What should come out, batch first.
        weights: How much each example counts in the loss, float32 `(num_examples,)`; None if all
            count the same.
        gathering: Reads examples where they are; there are then no `features`, and `targets` are
            the places, int32 `(num_examples,)`. None if features and targets are as they are.
    """

    features: dict[str, np.ndarray]
    targets: np.ndarray
    weights: np.ndarray | None = None
    gathering: Gathering | None = None

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
