"""The generative adversarial network: one network makes examples, another tells them from real."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.architectures.cnn import ConvBlock, Pooling
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import Activation, DenseLayer, Normalization
from dlstudio.spec.part import SpecPart

GENERATOR = "Generator"
DISCRIMINATOR = "Discriminator"
GAME = "The game between them"
NO_DENSE = "There are none. Tables take two layers of 128."


class GanLoss(StrEnum):
    """What generator and discriminator play for."""

    NON_SATURATING = "non_saturating"
    LEAST_SQUARES = "least_squares"
    HINGE = "hinge"
    WASSERSTEIN = "wasserstein"


def generator_block(filters: int) -> ConvBlock:
    """A block that makes a picture twice as large."""
    # A kernel that the stride divides draws no checkerboards.
    return ConvBlock(filters=filters, kernel=4, stride=2, pooling=Pooling.NONE)


def discriminator_block(filters: int) -> ConvBlock:
    """A block that makes a picture half as large."""
    return ConvBlock(
        filters=filters,
        kernel=4,
        stride=2,
        activation=Activation.LEAKY_RELU,
        normalization=Normalization.NONE,
        pooling=Pooling.NONE,
    )


class GanSpec(SpecPart):
    """A generative adversarial network (Goodfellow et al. 2014; Radford et al. 2016 for images)."""

    kind: Literal["gan"] = "gan"
    latent_size: int = Field(
        default=64,
        ge=1,
        le=4_096,
        title="Latent size",
        description="Random numbers that each sample is made from. 32 to 128 suits most data. Too "
        "few and samples look alike; far more only learn more slowly.",
    )
    generator_blocks: tuple[ConvBlock, ...] = Field(
        default=(generator_block(64), generator_block(32)),
        max_length=20,
        title="Convolutions of the generator",
        description="For images, sounds and sequences: blocks from the random numbers to the "
        "sample; a stride of 2 doubles the size. A draft has as many as lead from 4 to 8 places "
        "to the size of the data.",
        json_schema_extra=form_hints(GENERATOR),
    )
    generator_layers: tuple[DenseLayer, ...] = Field(
        default=(),
        max_length=50,
        title="Dense layers of the generator",
        description="Fully connected layers in front of the convolutions, or for tables all of "
        "the generator. Empty takes two layers of 128 for tables.",
        json_schema_extra=form_hints(GENERATOR, if_empty=NO_DENSE),
    )
    discriminator_blocks: tuple[ConvBlock, ...] = Field(
        default=(discriminator_block(32), discriminator_block(64)),
        max_length=20,
        title="Convolutions of the discriminator",
        description="For images, sounds and sequences: blocks from the example to the verdict.",
        json_schema_extra=form_hints(DISCRIMINATOR),
    )
    discriminator_layers: tuple[DenseLayer, ...] = Field(
        default=(),
        max_length=50,
        title="Dense layers of the discriminator",
        description="Fully connected layers in front of the verdict, or for tables all of the "
        "discriminator. Empty takes two layers of 128 for tables.",
        json_schema_extra=form_hints(DISCRIMINATOR, if_empty=NO_DENSE),
    )
    loss: GanLoss = Field(
        default=GanLoss.NON_SATURATING,
        title="Loss",
        description="What the two networks play for. Non-saturating is the classic game. Least "
        "squares and hinge are often steadier. Wasserstein (with gradient penalty) takes longest "
        "and rarely collapses, that is, makes the same few samples again and again.",
        json_schema_extra=form_hints(GAME),
    )
    r1_penalty: float = Field(
        default=1.0,
        ge=0.0,
        le=1_000.0,
        title="R1 penalty",
        description="Keeps the discriminator from changing too fast around real examples, which "
        "steadies the game. 0 turns it off and 0.1 to 10 is usual. Raise it if the losses swing; "
        "too large and samples stay blurred.",
        json_schema_extra=form_hints(
            GAME, shown_if={"loss": ("non_saturating", "least_squares", "hinge")}
        ),
    )
    gradient_penalty: float = Field(
        default=10.0,
        ge=0.0,
        le=1_000.0,
        title="Gradient penalty",
        description="How strongly the Wasserstein discriminator is kept even. 10 is usual. Too "
        "small and the game may run away; too large and it learns slowly.",
        json_schema_extra=form_hints(GAME, shown_if={"loss": ("wasserstein",)}),
    )
    spectral_normalization: bool = Field(
        default=False,
        title="Spectral normalisation",
        description="Limits how strongly each layer of the discriminator may react. Helps when "
        "the discriminator wins too easily.",
        json_schema_extra=form_hints(GAME),
    )
    discriminator_steps: int = Field(
        default=1,
        ge=1,
        le=20,
        title="Discriminator steps",
        description="Steps of the discriminator for each step of the generator. 1 is usual; 3 to "
        "5 with the Wasserstein loss. More make a better judge and take longer; too good a judge "
        "teaches the generator nothing.",
        json_schema_extra=form_hints(GAME, advanced=True),
    )
    discriminator_rate: float = Field(
        default=1.0,
        gt=0.0,
        le=100.0,
        title="Discriminator's learning rate",
        description="As a multiple of the learning rate, which the generator takes. 1 to 4 is "
        "usual. Less if the discriminator wins (its loss falls towards 0); more if it cannot tell "
        "samples from real examples.",
        json_schema_extra=form_hints(GAME, advanced=True),
    )
    ema: float = Field(
        default=0.995,
        ge=0.0,
        lt=1.0,
        title="Averaging of the generator",
        description="Samples come from a running average of the generator's weights, which is "
        "steadier: each step keeps this share of it. 0.99 to 0.999 is usual. Closer to 1 is "
        "smoother and lags behind, lower is restless, 0 turns it off.",
        json_schema_extra=form_hints(GAME, advanced=True),
    )
    conditional: bool = Field(
        default=True,
        title="Conditional",
        description="Tells both networks the class of each example, if a target is chosen, so "
        "that you can ask for samples of one class.",
        json_schema_extra=form_hints(GAME),
    )


GAN_PRESETS: Mapping[str, GanSpec] = {
    "Large": GanSpec(
        generator_blocks=(generator_block(128), generator_block(64)),
        discriminator_blocks=(discriminator_block(64), discriminator_block(128)),
    ),
    "Wasserstein": GanSpec(loss=GanLoss.WASSERSTEIN, discriminator_steps=3),
    # A discriminator whose layers are limited learns slowly.
    "Hinge": GanSpec(
        loss=GanLoss.HINGE, spectral_normalization=True, r1_penalty=0.0, discriminator_rate=4.0
    ),
}
"""Networks to start from."""
