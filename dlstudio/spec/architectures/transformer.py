"""The Transformer encoder: every step of a text, series or sound looks at every other."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import Activation, DenseLayer
from dlstudio.spec.part import SpecPart


class Positions(StrEnum):
    """How the network knows the order of the steps."""

    SINES = "sines"
    LEARNED = "learned"
    NONE = "none"


class AttentionBlock(SpecPart):
    """One encoder block: attention, then two dense layers, each with a shortcut."""

    heads: int = Field(
        default=4,
        ge=1,
        le=64,
        title="Heads",
        description="Ways in which each step looks at the others, side by side. 2 to 8 is usual. "
        "More see more kinds of relations, with fewer numbers for each; 1 sees only one.",
    )
    feed_forward: int = Field(
        default=128,
        ge=1,
        le=16_384,
        title="Dense units",
        description="Neurons between two attentions, where steps look at each other; two to four "
        "times the width is usual. More learn finer patterns, and need more rows and time; fewer "
        "are quicker.",
    )
    activation: Activation = Field(
        default=Activation.GELU,
        title="Activation",
        description="What each of these neurons does with its sum. GELU is usual; ReLU is a "
        "little faster and about as good.",
    )
    dropout: float = Field(
        default=0.1,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of numbers switched off at random in training, against overfitting "
        "(learning the rows by heart). 0.1 to 0.3 is usual; too much and nothing is learned. 0 "
        "turns it off.",
    )


class TransformerSpec(SpecPart):
    """A Transformer encoder."""

    kind: Literal["transformer"] = "transformer"
    width: int = Field(
        default=64,
        ge=4,
        le=4_096,
        title="Width",
        description="Numbers that stand for each step. 32 to 128 suits small data. More hold "
        "finer meaning, and need more rows and time; too few miss it. Must be a multiple of the "
        "heads.",
    )
    patch: int | None = Field(
        default=None,
        ge=1,
        le=64,
        title="Patch",
        description="Neighbouring steps (or pixels) that become one. Larger saves much time and "
        "blurs details; 1 keeps every step. Automatic chooses so that at most 256 remain.",
    )
    positions: Positions = Field(
        default=Positions.SINES,
        title="Positions",
        description="How the network knows the order of the steps. Sines suit any length; learned "
        "positions need more rows. None if the order tells nothing.",
        json_schema_extra=form_hints(advanced=True),
    )
    layers: tuple[AttentionBlock, ...] = Field(
        default=(AttentionBlock(), AttentionBlock()),
        min_length=1,
        max_length=48,
        title="Blocks",
        description="Encoder blocks from input to output. Two to four suit small data.",
    )
    dense_layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=64, dropout=0.1),),
        max_length=20,
        title="Dense layers",
        description="Fully connected layers between the blocks and the output. One is usual; more "
        "learn the rows by heart.",
    )


TRANSFORMER_PRESETS: Mapping[str, TransformerSpec] = {
    "Small": TransformerSpec(),
    "Medium": TransformerSpec(width=128, layers=(AttentionBlock(heads=8, feed_forward=256),) * 4),
}
"""Networks to start from."""
