"""The table of architectures: a new one is registered here and in `dlstudio.models`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from dlstudio.spec.architectures.autoencoder import AUTOENCODER_PRESETS, AutoencoderSpec
from dlstudio.spec.architectures.cnn import CNN_PRESETS, CnnSpec
from dlstudio.spec.architectures.fnn import FNN_PRESETS, FnnSpec
from dlstudio.spec.architectures.gan import GAN_PRESETS, GanSpec
from dlstudio.spec.architectures.rnn import RNN_PRESETS, RnnSpec
from dlstudio.spec.architectures.transformer import TRANSFORMER_PRESETS, TransformerSpec
from dlstudio.spec.architectures.vae import VAE_PRESETS, VaeSpec
from dlstudio.spec.task import TaskKind

ARCHITECTURES = {
    "fnn": FnnSpec,
    "cnn": CnnSpec,
    "rnn": RnnSpec,
    "transformer": TransformerSpec,
    "autoencoder": AutoencoderSpec,
    "vae": VaeSpec,
    "gan": GanSpec,
}

ARCHITECTURE_TITLES = {
    "fnn": "Feed-forward network (FNN)",
    "cnn": "Convolutional network (CNN)",
    "rnn": "Recurrent network (RNN: LSTM, GRU)",
    "transformer": "Transformer encoder",
    "autoencoder": "Autoencoder",
    "vae": "Variational autoencoder (VAE)",
    "gan": "Generative adversarial network (GAN)",
}

ARCHITECTURE_PRESETS = {
    "fnn": FNN_PRESETS,
    "cnn": CNN_PRESETS,
    "rnn": RNN_PRESETS,
    "transformer": TRANSFORMER_PRESETS,
    "autoencoder": AUTOENCODER_PRESETS,
    "vae": VAE_PRESETS,
    "gan": GAN_PRESETS,
}

_PREDICTORS = ("fnn", "cnn", "rnn", "transformer")
_OF_TASKS = {
    TaskKind.REDUCTION: ("autoencoder", "vae"),
    TaskKind.ANOMALY: ("autoencoder", "vae"),
    TaskKind.GENERATION: ("vae", "gan"),
}


def architectures_for(kind: TaskKind) -> tuple[str, ...]:
    """The keys of `ARCHITECTURES` that a kind of task can use, the usual one first."""
    return _OF_TASKS.get(kind, _PREDICTORS)


def _kind_of(value: object) -> str:
    """The kind that a document names; a network without a kind is a feed-forward one."""
    kind = value.get("kind", "fnn") if isinstance(value, Mapping) else getattr(value, "kind", "fnn")
    return str(kind)


ArchitectureSpec = Annotated[
    Annotated[FnnSpec, Tag("fnn")]
    | Annotated[CnnSpec, Tag("cnn")]
    | Annotated[RnnSpec, Tag("rnn")]
    | Annotated[TransformerSpec, Tag("transformer")]
    | Annotated[AutoencoderSpec, Tag("autoencoder")]
    | Annotated[VaeSpec, Tag("vae")]
    | Annotated[GanSpec, Tag("gan")],
    Field(title="Architecture"),
    Discriminator(_kind_of),
]
