"""The autoencoder: squeezes an example into a few numbers and rebuilds it from them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import DenseLayer

VARIANTS = "Kinds of autoencoders"


class AutoencoderSpec(CoderSpec):
    """An autoencoder: undercomplete by its latent size; sparse or denoising if asked."""

    kind: Literal["autoencoder"] = "autoencoder"
    noise: float = Field(
        default=0.0,
        ge=0.0,
        le=5.0,
        title="Noise",
        description="Denoising: noise added to the input in training, which the network must take "
        "away again. In units of the scaled input: 0 turns it off and 0.1 to 0.5 is usual; too "
        "much and nothing is left to rebuild.",
        json_schema_extra=form_hints(VARIANTS),
    )
    masked_share: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Hidden share",
        description="Denoising: share of the input hidden at random in training, which the "
        "network must guess from the rest. 0 turns it off and 0.1 to 0.5 is usual; too much and "
        "it can only guess the average.",
        json_schema_extra=form_hints(VARIANTS),
    )
    sparsity: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="Sparsity",
        description="Sparse: penalty on codes that are not zero, so that each example uses few of "
        "them; none is negative then. 0 turns it off and 0.0001 to 0.01 is usual; too large and "
        "all codes are zero.",
        json_schema_extra=form_hints(VARIANTS),
    )


AUTOENCODER_PRESETS: Mapping[str, AutoencoderSpec] = {
    "Two numbers": AutoencoderSpec(
        latent_size=2, layers=(DenseLayer(units=128), DenseLayer(units=32))
    ),
    "Denoising": AutoencoderSpec(masked_share=0.3),
    "Sparse": AutoencoderSpec(latent_size=64, sparsity=0.001),
    "Large": AutoencoderSpec(latent_size=32, layers=(DenseLayer(units=512), DenseLayer(units=256))),
}
"""Networks to start from."""
