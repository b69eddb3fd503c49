"""Seeds for the layers of one network."""

import random
from collections.abc import Iterator


def layer_seeds(seed: int) -> Iterator[int]:
    """Draw an endless, reproducible list of seeds.

    A seed for each initialiser and dropout keeps a run reproducible without touching the
    process's global random state.

    Args:
        seed: The seed of the run.

    Yields:
        Numbers from 0 to 2**31 - 1.
    """
    source = random.Random(seed)
    while True:
        yield source.getrandbits(31)
