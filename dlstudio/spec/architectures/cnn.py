"""The convolutional network: small filters that slide over images, sounds, series and texts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.layers import Activation, DenseLayer, Normalization
from dlstudio.spec.part import SpecPart


class Pooling(StrEnum):
    """How a block makes its output smaller."""

    NONE = "none"
    MAX = "max"
    AVERAGE = "average"


class PlaceSummary(StrEnum):
    """How the last block's output becomes one list of numbers."""

    AVERAGE = "average"
    MAX = "max"
    FLATTEN = "flatten"


class Backbone(StrEnum):
    """Networks of `keras.applications` that were trained on a million photos."""

    NONE = "none"
    MOBILENET_V3_SMALL = "mobilenet_v3_small"
    MOBILENET_V2 = "mobilenet_v2"
    EFFICIENTNET_B0 = "efficientnet_b0"
    EFFICIENTNET_V2_B0 = "efficientnet_v2_b0"
    RESNET50 = "resnet50"
    CONVNEXT_TINY = "convnext_tiny"


PRETRAINED = tuple(backbone.value for backbone in Backbone if backbone is not Backbone.NONE)


class ConvBlock(SpecPart):
    """One convolution with what follows it."""

    filters: int = Field(
        default=32,
        ge=1,
        le=4_096,
        title="Filters",
        description="Patterns this block looks for. More find finer patterns and cost time; too "
        "few miss what matters. Later blocks usually have more.",
    )
    kernel: int = Field(
        default=3,
        ge=1,
        le=63,
        title="Kernel",
        description="Pixels or time steps each filter looks at in each direction. 3 is usual for "
        "images; 5 to 9 for series and sound. Larger sees wider patterns and costs time; 1 sees "
        "no neighbours at all.",
    )
    stride: int = Field(
        default=1,
        ge=1,
        le=16,
        title="Stride",
        description="Steps the filter moves. 1 looks everywhere; 2 halves the size and saves "
        "time; larger skips details.",
    )
    activation: Activation = Field(
        default=Activation.RELU,
        title="Activation",
        description="What each filter does with its sum. ReLU is a safe choice; leaky ReLU, GELU "
        "and SiLU are its relatives. Without one (linear) blocks add little to each other.",
    )
    normalization: Normalization = Field(
        default=Normalization.BATCH,
        title="Normalisation",
        description="Keeps numbers in a stable range. Batch makes deep networks train much "
        "faster; layer suits batches of a few rows. None is slower, and fine for one or two "
        "blocks.",
    )
    pooling: Pooling = Field(
        default=Pooling.MAX,
        title="Pooling",
        description="Makes the output smaller: max keeps the strongest of some neighbours, "
        "average their mean. None keeps the size. Too many blocks without it cost time; too many "
        "with it leave nothing to look at.",
    )
    pool_size: int = Field(
        default=2,
        ge=2,
        le=16,
        title="Pool size",
        description="Neighbours in each direction that become one. 2, the fewest, halves the "
        "size; more save time and forget where things are.",
        json_schema_extra=form_hints(advanced=True),
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of outputs switched off at random in training, against overfitting "
        "(learning the rows by heart). 0 to 0.3 is usual; too much and nothing is learned.",
    )
    residual: bool = Field(
        default=False,
        title="Residual",
        description="Adds a second convolution and the block's input to its output, so that deep "
        "networks stay trainable. Helps from four blocks or so, and takes about twice the time.",
    )


class CnnSpec(SpecPart):
    """A convolutional network, in one, two or three dimensions as the column asks."""

    kind: Literal["cnn"] = "cnn"
    layers: tuple[ConvBlock, ...] = Field(
        default=(
            ConvBlock(filters=32),
            ConvBlock(filters=64),
            ConvBlock(filters=128, pooling=Pooling.NONE),
        ),
        max_length=100,
        title="Blocks",
        description="Convolutions from input to output: the first find edges or tones, the later "
        "ones whole things. Two to four suit most data; more need more rows and time.",
    )
    summary: PlaceSummary = Field(
        default=PlaceSummary.AVERAGE,
        title="Summary",
        description="How the places of the last block become one answer. Average does not care "
        "where something is and is rarely wrong; max asks whether it is anywhere at all; flatten "
        "knows the place, and needs many weights and rows.",
    )
    dense_layers: tuple[DenseLayer, ...] = Field(
        default=(DenseLayer(units=128, dropout=0.3),),
        max_length=20,
        title="Dense layers",
        description="Fully connected layers between the blocks and the output. One is usual; more "
        "learn the rows by heart, and none is often enough after many blocks.",
    )
    backbone: Backbone = Field(
        default=Backbone.NONE,
        title="Pretrained network",
        description="For images: begins with a network that already knows photos, instead of the "
        "blocks. Often the best choice with few images; drawings and charts gain less. MobileNet "
        "V3 small is the quickest, then MobileNet V2, EfficientNet B0 and EfficientNet V2 B0; "
        "ResNet50 and ConvNeXt tiny are large and slow. None begins from nothing.",
        json_schema_extra=form_hints("Transfer learning"),
    )
    trained_layers: int = Field(
        default=0,
        ge=0,
        le=1_000,
        title="Fine-tuned layers",
        description="Last layers of the pretrained network that go on learning; 1,000 are all of "
        "them. 0 keeps all of it as it is, which is quick and safe with few images. More suit "
        "images unlike photos; too many for few images spoil what it knows.",
        json_schema_extra=form_hints("Transfer learning", shown_if={"backbone": PRETRAINED}),
    )
    frozen_epochs: int = Field(
        default=5,
        ge=0,
        le=1_000_000,
        title="Frozen epochs",
        description="Epochs at the beginning in which the pretrained network stays as it is and "
        "only the new layers behind it learn; then the fine-tuned layers learn too. New layers "
        "begin with random guesses, whose large errors would spoil what the network knows. 0 "
        "fine-tunes from the start. Without fine-tuned layers it does nothing.",
        json_schema_extra=form_hints("Transfer learning", shown_if={"backbone": PRETRAINED}),
    )
    fine_tuning_rate: float = Field(
        default=0.03,
        gt=0.0,
        le=1.0,
        title="Fine-tuning rate",
        description="Share of the learning rate that all layers learn with after the frozen "
        "epochs: smaller steps improve what the network knows, larger ones wipe it out; too small "
        "changes nothing. 0.03 of the usual 0.003 is about 0.0001.",
        json_schema_extra=form_hints("Transfer learning", shown_if={"backbone": PRETRAINED}),
    )
    weights_folder: str | None = Field(
        default=None,
        title="Weights folder",
        description="A folder on this machine with the pretrained weights, for machines without a "
        "network. Empty downloads them.",
        json_schema_extra=form_hints(
            "Transfer learning", advanced=True, shown_if={"backbone": PRETRAINED}
        ),
    )

    @property
    def is_frozen_first(self) -> bool:
        """Whether a pretrained network is left as it is at first and fine-tuned later."""
        has_backbone = self.backbone is not Backbone.NONE
        return has_backbone and self.trained_layers > 0 and self.frozen_epochs > 0


CNN_PRESETS: Mapping[str, CnnSpec] = {
    "Tiny": CnnSpec(
        layers=(ConvBlock(filters=16), ConvBlock(filters=32)), dense_layers=(DenseLayer(units=64),)
    ),
    "Medium": CnnSpec(),
    "Residual": CnnSpec(
        layers=(
            ConvBlock(filters=32, pooling=Pooling.NONE),
            ConvBlock(filters=32, pooling=Pooling.MAX, residual=True),
            ConvBlock(filters=64, pooling=Pooling.MAX, residual=True),
            ConvBlock(filters=128, pooling=Pooling.NONE, residual=True),
        ),
        dense_layers=(),
    ),
    "Pretrained": CnnSpec(backbone=Backbone.MOBILENET_V3_SMALL),
}
"""Networks to start from: tiny for small pictures, residual for more data and time."""
