"""The recurrent network: reads series, sounds, texts and videos step by step."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.architectures.cnn import ConvBlock
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.part import SpecPart


class Cell(StrEnum):
    """What remembers from step to step."""

    LSTM = "lstm"
    GRU = "gru"
    SIMPLE = "simple"


class StepSummary(StrEnum):
    """How the steps of the last layer become one list of numbers."""

    LAST = "last"
    AVERAGE = "average"
    MAX = "max"


class RecurrentLayer(SpecPart):
    """One recurrent layer."""

    cell: Cell = Field(
        default=Cell.LSTM,
        title="Cell",
        description="LSTM and GRU remember long sequences, GRU with fewer weights; simple only "
        "remembers a few steps.",
    )
    units: int = Field(
        default=64,
        ge=1,
        le=4_096,
        title="Units",
        description="Numbers this layer remembers. More remember more, and need more rows and "
        "time; too few forget what matters.",
    )
    bidirectional: bool = Field(
        default=False,
        title="Both directions",
        description="Also reads from the end to the beginning, in twice the time. Helps texts and "
        "whole recordings, where the end explains the beginning.",
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of the layer's outputs switched off at random in training, against "
        "overfitting (learning the rows by heart). 0.1 to 0.3 is usual; too much and nothing is "
        "learned. 0 turns it off.",
    )
    recurrent_dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Recurrent dropout",
        description="Share of the memory switched off at random from step to step, against "
        "overfitting (learning the rows by heart). 0 to 0.2 is usual; too much and it forgets. "
        "Slower on GPUs.",
        json_schema_extra=form_hints(advanced=True),
    )


class RnnSpec(SpecPart):
    """A recurrent network."""

    kind: Literal["rnn"] = "rnn"
    convolutions: tuple[ConvBlock, ...] = Field(
        default=(),
        max_length=20,
        title="Convolutions in front",
        description="Shorten and clean the sequence before it is read; often better and faster for "
        "long sensor data and sound. Of a video they look at each frame, as at a picture.",
    )
    layers: tuple[RecurrentLayer, ...] = Field(
        default=(RecurrentLayer(units=64),),
        min_length=1,
        max_length=20,
        title="Layers",
        description="Recurrent layers from input to output. One or two suit most sequences.",
    )
    summary: StepSummary = Field(
        default=StepSummary.LAST,
        title="Summary",
        description="Last takes what is remembered at the end; average takes the mean over all "
        "steps and max the strongest of them, which help where what matters may come early.",
    )
    dense_layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=64, dropout=0.1),),
        max_length=20,
        title="Dense layers",
        description="Fully connected layers between the recurrent ones and the output. One is "
        "usual; more learn the rows by heart.",
    )


RNN_PRESETS: Mapping[str, RnnSpec] = {
    "LSTM": RnnSpec(),
    "GRU": RnnSpec(layers=(RecurrentLayer(cell=Cell.GRU, units=64),)),
    "Two directions": RnnSpec(layers=(RecurrentLayer(units=64, bidirectional=True),)),
    "Convolution and GRU": RnnSpec(
        convolutions=(ConvBlock(filters=32, kernel=5), ConvBlock(filters=64, kernel=5)),
        layers=(RecurrentLayer(cell=Cell.GRU, units=64),),
    ),
}
"""Networks to start from."""
