"""The table of architectures: a new one is registered here and in `dlstudio.models`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from dlstudio.spec.architectures.cnn import CNN_PRESETS, CnnSpec
from dlstudio.spec.architectures.fnn import FNN_PRESETS, FnnSpec
from dlstudio.spec.architectures.rnn import RNN_PRESETS, RnnSpec
from dlstudio.spec.architectures.transformer import TRANSFORMER_PRESETS, TransformerSpec

ARCHITECTURES = {"fnn": FnnSpec, "cnn": CnnSpec, "rnn": RnnSpec, "transformer": TransformerSpec}

ARCHITECTURE_TITLES = {
    "fnn": "Feed-forward network (FNN)",
    "cnn": "Convolutional network (CNN)",
    "rnn": "Recurrent network (RNN: LSTM, GRU)",
    "transformer": "Transformer encoder",
}

ARCHITECTURE_PRESETS = {
    "fnn": FNN_PRESETS,
    "cnn": CNN_PRESETS,
    "rnn": RNN_PRESETS,
    "transformer": TRANSFORMER_PRESETS,
}


def _kind_of(value: object) -> str:
    """The kind that a document names; a network without a kind is a feed-forward one."""
    kind = value.get("kind", "fnn") if isinstance(value, Mapping) else getattr(value, "kind", "fnn")
    return str(kind)


ArchitectureSpec = Annotated[
    Annotated[FnnSpec, Tag("fnn")]
    | Annotated[CnnSpec, Tag("cnn")]
    | Annotated[RnnSpec, Tag("rnn")]
    | Annotated[TransformerSpec, Tag("transformer")],
    Field(title="Architecture"),
    Discriminator(_kind_of),
]
