"""What autoencoders and variational autoencoders share: a network that writes a short code."""

from enum import StrEnum
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer
from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.layers import DenseLayer

DECODER = "Decoder"


class Body(StrEnum):
    """What the network is made of in front of its dense layers."""

    AUTO = "auto"
    DENSE = "dense"
    CONVOLUTIONAL = "convolutional"
    RECURRENT = "recurrent"


class CoderSpec(Frozen):
    """A network that squeezes an example into a code, and one that unfolds the code again."""

    latent_size: int = Field(
        default=16,
        ge=1,
        le=4_096,
        title="Latent size",
        description="Numbers that each example is squeezed into. Fewer keep only what matters "
        "most; as many as the example has keep everything and teach nothing.",
    )
    body: Body = Field(
        default=Body.AUTO,
        title="Kind of layers",
        description="Dense layers suit tables, convolutions images and sounds, recurrent layers "
        "sequences. Auto chooses by the data.",
    )
    blocks: tuple[ConvBlock, ...] = Field(
        default=(
            ConvBlock(filters=32, stride=2, pooling=Pooling.NONE),
            ConvBlock(filters=64, stride=2, pooling=Pooling.NONE),
        ),
        max_length=50,
        title="Convolutions",
        description="Blocks of the encoder from input to code; used if the kind of layers is "
        "convolutional. Strides and pooling make the picture smaller, and the decoder makes it as "
        "much larger again.",
        json_schema_extra=form_hints(shown_if={"body": ("auto", "convolutional")}),
    )
    recurrent_layers: tuple[RecurrentLayer, ...] = Field(
        default=(RecurrentLayer(cell=Cell.GRU, units=64),),
        max_length=20,
        title="Recurrent layers",
        description="Layers of the encoder that read a sequence step by step; used if the kind "
        "of layers is recurrent.",
        json_schema_extra=form_hints(shown_if={"body": ("auto", "recurrent")}),
    )
    layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=128),),
        max_length=100,
        title="Dense layers",
        description="Fully connected layers of the encoder, between the input (or what is in "
        "front of it) and the code.",
    )
    mirrored: bool = Field(
        default=True,
        title="Mirrored decoder",
        description="The decoder has the encoder's dense layers in reverse order. Turn it off to "
        "set its dense layers yourself.",
        json_schema_extra=form_hints(DECODER, advanced=True),
    )
    decoder_layers: tuple[DenseLayer, ...] = Field(
        default=(),
        max_length=100,
        title="Dense layers of the decoder",
        description="Fully connected layers from the code towards the reconstruction.",
        json_schema_extra=form_hints(DECODER, advanced=True, shown_if={"mirrored": ("False",)}),
    )

    @property
    def decoder_rows(self) -> tuple[DenseLayer, ...]:
        """The dense layers of the decoder, from the code outwards."""
        if not self.mirrored:
            return self.decoder_layers
        return tuple(
            layer.model_copy(update={"dropout": 0.0, "skip": False})
            for layer in reversed(self.layers)
        )

    @model_serializer(mode="wrap")
    def _kind_first(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write the kind before what it shares with others, as readers expect it."""
        fields = write(self)
        return {name: fields[name] for name in ("kind",) if name in fields} | fields
