"""The feed-forward network: layers of neurons, each fully connected to the next."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import DenseLayer
from dlstudio.spec.part import SpecPart


class FnnSpec(SpecPart):
    """A feed-forward network (multilayer perceptron)."""

    kind: Literal["fnn"] = "fnn"
    layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=128, dropout=0.1), DenseLayer(units=128, dropout=0.1)),
        min_length=0,
        max_length=100,
        title="Layers",
        description="Hidden layers from input to output. The output layer is added to suit the "
        "task. One to three layers suit most tables; more need more rows and time.",
    )
    input_dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Input dropout",
        description="Share of input values hidden at random in training. Helps when single "
        "columns are noisy: 0.05 to 0.2 is usual. 0 turns it off; too much hides what has to be "
        "learned.",
        json_schema_extra=form_hints(advanced=True),
    )
    ensemble_size: int = Field(
        default=1,
        ge=1,
        le=64,
        title="Ensemble size",
        description="Trains this many slightly different copies of the network inside one and "
        "averages their answers. 1 is a single network. 4 to 32 often give better and steadier "
        "results on tables; more take longer, 4 two to three times as long as 1.",
    )


FNN_PRESETS: Mapping[str, FnnSpec] = {
    "Small": FnnSpec(layers=(DenseLayer(units=32),)),
    "Medium": FnnSpec(layers=(DenseLayer(units=128), DenseLayer(units=64))),
    "Large": FnnSpec(
        layers=(
            DenseLayer(units=512, dropout=0.2),
            DenseLayer(units=256, dropout=0.2),
            DenseLayer(units=128, dropout=0.1),
        )
    ),
}
"""Networks to start from: small for a few hundred rows, large for many thousands."""
