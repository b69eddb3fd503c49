"""The order in which an epoch visits the examples."""

import numpy as np


def epoch_order(seed: int, epoch: int, num_examples: int) -> np.ndarray:
    """Shuffle the examples, the same way each time it is asked.

    The order depends on nothing but the arguments, so that a resumed run goes on exactly where
    the interrupted one was.

    Args:
        seed: The run's seed, at least 0.
        epoch: Number of the epoch, counted from 0.
        num_examples: Number of training examples.

    Returns:
        A permutation of the example numbers, int32 `(num_examples,)`.
    """
    generator = np.random.default_rng([seed, epoch])
    return generator.permutation(num_examples).astype(np.int32)
