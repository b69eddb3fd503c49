"""What autoencoders and variational autoencoders share: a network that writes a short code."""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.architectures.decoder import DecoderBlock, mirrored_blocks, mirrored_dense
from dlstudio.spec.architectures.rnn import Cell, RecurrentLayer
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.part import SpecPart

DECODER = "Decoder"
REVERSED = "There are none. The encoder's {} are used in reverse order."


class Body(StrEnum):
    """What the network is made of in front of its dense layers."""

    AUTO = "auto"
    DENSE = "dense"
    CONVOLUTIONAL = "convolutional"
    RECURRENT = "recurrent"


class CoderSpec(SpecPart):
    """A network that squeezes an example into a code, and one that unfolds the code again."""

    latent_size: int = Field(
        default=16,
        ge=1,
        le=4_096,
        title="Latent size",
        description="Numbers that each example is squeezed into. Fewer keep only what matters "
        "most, and too few lose even that. More keep more; as many as the example has keep "
        "everything and teach nothing.",
    )
    body: Body = Field(
        default=Body.AUTO,
        title="Kind of layers",
        description="Dense layers suit tables, convolutional ones images and sounds, recurrent "
        "ones sequences. Automatic chooses by the data.",
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
        json_schema_extra=form_hints(
            shown_if={"body": ("auto", "convolutional")},
            if_empty="There are none. The input goes straight to the dense layers.",
        ),
    )
    recurrent_layers: tuple[RecurrentLayer, ...] = Field(
        default=(RecurrentLayer(cell=Cell.GRU, units=64),),
        max_length=20,
        title="Recurrent layers",
        description="Layers of the encoder that read a sequence step by step; used if the kind "
        "of layers is recurrent.",
        json_schema_extra=form_hints(
            shown_if={"body": ("auto", "recurrent")}, if_empty="There are none."
        ),
    )
    layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=128),),
        max_length=100,
        title="Dense layers",
        description="Fully connected layers of the encoder, between the input (or what is in "
        "front of it) and the code.",
        json_schema_extra=form_hints(if_empty="There are none. What comes in goes to the code."),
    )
    mirrored: bool = Field(
        default=True,
        title="Mirrored decoder",
        description="The decoder has the encoder's layers in reverse order. Turn it off to set its "
        "layers yourself; the form then begins with those of the mirrored decoder.",
        json_schema_extra=form_hints(DECODER),
    )
    decoder_layers: tuple[DenseLayer, ...] = Field(
        default=(),
        max_length=100,
        title="Dense layers of the decoder",
        description="Fully connected layers from the code towards the reconstruction; used if the "
        "decoder is not mirrored.",
        json_schema_extra=form_hints(
            DECODER,
            shown_if={"mirrored": ("False",)},
            if_empty="There are none. The code goes straight on.",
        ),
    )
    decoder_blocks: tuple[DecoderBlock, ...] = Field(
        default=(),
        max_length=50,
        title="Convolutions of the decoder",
        description="Blocks from the code towards the reconstruction; used if the decoder is not "
        "mirrored and the kind of layers is convolutional. They begin with a small picture, with "
        "as many channels as the encoder's last convolution, that they enlarge to the example's "
        "own size: what would be too large is cut off. Empty takes the encoder's convolutions in "
        "reverse order.",
        json_schema_extra=form_hints(
            DECODER,
            shown_if={"mirrored": ("False",), "body": ("auto", "convolutional")},
            if_empty=REVERSED.format("convolutions"),
        ),
    )
    decoder_recurrent_layers: tuple[RecurrentLayer, ...] = Field(
        default=(),
        max_length=20,
        title="Recurrent layers of the decoder",
        description="Layers that write the sequence step by step, from the code towards the "
        "reconstruction; used if the decoder is not mirrored and the kind of layers is recurrent. "
        "Empty takes the encoder's recurrent layers in reverse order.",
        json_schema_extra=form_hints(
            DECODER,
            shown_if={"mirrored": ("False",), "body": ("auto", "recurrent")},
            if_empty=REVERSED.format("recurrent layers"),
        ),
    )

    @property
    def decoder_rows(self) -> tuple[DenseLayer, ...]:
        """The dense layers of the decoder, from the code outwards."""
        return mirrored_dense(self.layers) if self.mirrored else self.decoder_layers

    @property
    def has_own_blocks(self) -> bool:
        """Whether the decoder has convolutions that are not the encoder's turned around."""
        return not self.mirrored and bool(self.decoder_blocks)

    @property
    def first_channels(self) -> int:
        """Channels of the picture that the decoder's own convolutions begin with."""
        return self.blocks[-1].filters if self.blocks else self.decoder_blocks[0].filters

    @property
    def decoder_recurrent_rows(self) -> tuple[RecurrentLayer, ...]:
        """The recurrent layers of the decoder, from the code outwards."""
        if not self.mirrored and self.decoder_recurrent_layers:
            return self.decoder_recurrent_layers
        return tuple(reversed(self.recurrent_layers))

    def with_decoder_written_out(self, body: Body) -> Self:
        """Give the same network with a decoder of its own, whose rows can then be changed.

        Args:
            body: The kind of layers in use. Rows of it that are set already are kept.
        """
        mirrored = self._mirrored_rows(body)
        rows = {name: getattr(self, name) or row for name, row in mirrored.items()}
        return self.model_copy(update={"mirrored": False, **rows})

    def with_decoder_mirrored(self, body: Body) -> Self:
        """Give the mirrored network; rows of the decoder are kept where a person changed them.

        Args:
            body: The kind of layers in use.
        """
        mirrored = self._mirrored_rows(body)
        same = {name: () for name, row in mirrored.items() if getattr(self, name) == row}
        return self.model_copy(update={"mirrored": True, **same})

    def _mirrored_rows(self, body: Body) -> dict[str, tuple[SpecPart, ...]]:
        rows: dict[str, tuple[SpecPart, ...]] = {"decoder_layers": mirrored_dense(self.layers)}
        if body is Body.CONVOLUTIONAL:
            rows["decoder_blocks"] = mirrored_blocks(self.blocks)
        elif body is Body.RECURRENT:
            rows["decoder_recurrent_layers"] = tuple(reversed(self.recurrent_layers))
        return rows

    @model_serializer(mode="wrap")
    def _kind_first(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write the kind before what it shares with others, as readers expect it."""
        fields = write(self)
        return {name: fields[name] for name in ("kind",) if name in fields} | fields
