"""The table of builders: a new architecture is registered here and in `dlstudio.spec`."""

from collections.abc import Iterator
from typing import Any, Protocol

from dlstudio.models.architectures import cnn, fnn, rnn, transformer
from dlstudio.models.blocks import Block, EncoderSize, Entered
from dlstudio.models.tensors import Tensor


class Builder(Protocol):
    """What the module of an architecture offers; `spec` is the record of its own kind."""

    def encode(self, spec: Any, block: Block, entered: Entered, seeds: Iterator[int], /) -> Tensor:  # noqa: ANN401
        """Bring a block into one vector a row, `(batch, width)`."""
        ...

    def count(self, spec: Any, block: Block, /) -> EncoderSize:  # noqa: ANN401
        """Tell how large the encoder of a block is, without building it."""
        ...

    def build(self, spec: Any, features: Tensor, seeds: Iterator[int], /) -> Tensor:  # noqa: ANN401
        """Build the layers between the joined features and the output."""
        ...


BUILDERS: dict[str, Builder] = {"fnn": fnn, "cnn": cnn, "rnn": rnn, "transformer": transformer}
