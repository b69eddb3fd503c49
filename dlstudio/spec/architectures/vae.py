"""The variational autoencoder: an autoencoder whose codes can be drawn at random."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dlstudio.spec.architectures.coder import CoderSpec
from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import DenseLayer

CODES = "How codes are spread"


class VaeSpec(CoderSpec):
    """A variational autoencoder (Kingma and Welling 2014)."""

    kind: Literal["vae"] = "vae"
    beta: float = Field(
        default=1.0,
        ge=0.0,
        le=1_000.0,
        title="Beta",
        description="How much the codes are pulled towards a standard normal cloud, a round one "
        "about zero, from which samples are drawn. Above 1 samples look smoother and codes mean "
        "more by themselves; below 1 reconstructions are sharper and samples worse.",
        json_schema_extra=form_hints(CODES),
    )
    warm_up: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        title="Warm-up",
        description="Share of training during which beta rises from zero, so that the codes are "
        "used before they are pulled together. 0.1 to 0.3 is usual. Too little and the codes may "
        "collapse, that is, be the same for all examples; too much leaves little time with all of "
        "beta.",
        json_schema_extra=form_hints(CODES),
    )
    free_bits: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="Free bits",
        description="Information that each code number may carry for free, in nats (1 nat is "
        "about 1.4 bits). 0 turns it off; 0.02 to 0.5 keeps codes from collapsing; too much "
        "leaves gaps that samples fall into.",
        json_schema_extra=form_hints(CODES),
    )
    conditional: bool = Field(
        default=True,
        title="Conditional",
        description="Tells both halves the class of each example, if a target is chosen, so that "
        "you can ask for samples of one class.",
        json_schema_extra=form_hints(CODES),
    )


VAE_PRESETS: Mapping[str, VaeSpec] = {
    "Two numbers": VaeSpec(latent_size=2, layers=(DenseLayer(units=256),)),
    "Independent codes": VaeSpec(beta=4.0, warm_up=0.3),
    "Large": VaeSpec(latent_size=32, layers=(DenseLayer(units=512), DenseLayer(units=256))),
}
"""Networks to start from."""
