"""Random numbers that do not depend on who computes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tensorflow.python.ops import random_ops_util  # has no public name


@contextmanager
def drawn_by_philox() -> Iterator[None]:
    """Trace functions whose random numbers are those of the graph, also where XLA compiles them.

    Keras leaves the generator to TensorFlow: its graph draws with Philox, XLA with another one.
    With one generator a training repeats, whichever way its epochs are run (Salmon et al.,
    "Parallel random numbers: as easy as 1, 2, 3", 2011).
    """
    number_of = random_ops_util.convert_alg_to_int
    philox = random_ops_util.Algorithm.PHILOX.value

    def chosen(asked: Any) -> Any:  # noqa: ANN401
        number = number_of(asked)
        return philox if number == random_ops_util.Algorithm.AUTO_SELECT.value else number

    random_ops_util.convert_alg_to_int = chosen
    try:
        yield
    finally:
        random_ops_util.convert_alg_to_int = number_of
