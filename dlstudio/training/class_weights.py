"""Weights that make rare classes count."""

import numpy as np

from dlstudio.spec.training import AUTO_IMBALANCE, ClassWeights
from dlstudio.training.examples import Examples


def weigh_classes(examples: Examples, class_weights: ClassWeights) -> Examples:
    """Give each training example the weight of its class.

    Args:
        examples: Training examples; targets that are not class numbers, int `(num_examples,)`,
            are left as they are.
        class_weights: Balanced: each class counts as much as any other, and the mean weight is 1,
            as in scikit-learn. Auto: balanced if one class is more than 10 times as frequent as
            another.

    Returns:
        The same examples, with weights where they are asked for.
    """
    targets = examples.targets
    has_classes = targets.ndim == 1 and np.issubdtype(targets.dtype, np.integer)
    if class_weights is ClassWeights.NONE or not has_classes:
        return examples
    counts = np.bincount(targets)
    present = counts[counts > 0]
    if class_weights is ClassWeights.AUTO and present.max() <= AUTO_IMBALANCE * present.min():
        return examples
    weights = len(targets) / (len(present) * np.maximum(counts, 1))
    return examples.with_weights(weights[targets])
