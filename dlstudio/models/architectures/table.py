"""The table of builders: a new architecture is registered here and in `dlstudio.spec`."""

from collections.abc import Callable, Iterator

from dlstudio.models.architectures import fnn
from dlstudio.models.tensors import Tensor
from dlstudio.spec.architectures.fnn import FnnSpec

Builder = Callable[[FnnSpec, Tensor, Iterator[int]], Tensor]

BUILDERS: dict[str, Builder] = {"fnn": fnn.build}
