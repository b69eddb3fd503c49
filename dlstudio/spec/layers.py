"""The layers a person edits row by row, and the closed sets their fields choose from."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen


class Activation(StrEnum):
    """Every activation Keras offers; the usual ones first."""

    RELU = "relu"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    SOFTMAX = "softmax"
    LINEAR = "linear"
    GELU = "gelu"
    SILU = "silu"
    SELU = "selu"
    ELU = "elu"
    LEAKY_RELU = "leaky_relu"
    MISH = "mish"
    RELU6 = "relu6"
    CELU = "celu"
    EXPONENTIAL = "exponential"
    GLU = "glu"
    HARD_SHRINK = "hard_shrink"
    HARD_SIGMOID = "hard_sigmoid"
    HARD_SILU = "hard_silu"
    HARD_TANH = "hard_tanh"
    LOG_SIGMOID = "log_sigmoid"
    LOG_SOFTMAX = "log_softmax"
    SOFT_SHRINK = "soft_shrink"
    SOFTPLUS = "softplus"
    SOFTSIGN = "softsign"
    SPARSE_PLUS = "sparse_plus"
    SPARSE_SIGMOID = "sparse_sigmoid"
    SPARSEMAX = "sparsemax"
    SQUAREPLUS = "squareplus"
    TANH_SHRINK = "tanh_shrink"
    THRESHOLD = "threshold"


class Normalization(StrEnum):
    """How the outputs of a layer are kept in a stable range."""

    NONE = "none"
    BATCH = "batch"
    LAYER = "layer"


class Initializer(StrEnum):
    """How the weights of a layer begin."""

    GLOROT_UNIFORM = "glorot_uniform"
    GLOROT_NORMAL = "glorot_normal"
    HE_UNIFORM = "he_uniform"
    HE_NORMAL = "he_normal"
    LECUN_UNIFORM = "lecun_uniform"
    LECUN_NORMAL = "lecun_normal"
    ORTHOGONAL = "orthogonal"
    RANDOM_NORMAL = "random_normal"
    TRUNCATED_NORMAL = "truncated_normal"
    ZEROS = "zeros"


class DenseLayer(Frozen):
    """One fully connected layer."""

    units: int = Field(
        default=64,
        ge=1,
        le=65_536,
        title="Units",
        description="Neurons of this layer. More can learn finer patterns, and need more rows and "
        "time; too many learn the rows by heart.",
    )
    activation: Activation = Field(
        default=Activation.RELU,
        title="Activation",
        description="What each neuron does with its sum. ReLU is a safe choice; without one "
        "(linear) layers add nothing to each other.",
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of neurons switched off at random in training. 0.1 to 0.5 fights "
        "overfitting; too much and nothing is learned.",
    )
    normalization: Normalization = Field(
        default=Normalization.NONE,
        title="Normalisation",
        description="Keeps the numbers between layers in a stable range. Batch often speeds "
        "training up; layer is better for small batches.",
    )
    skip: bool = Field(
        default=False,
        title="Skip connection",
        description="Adds the layer's input to its output, so that deep networks stay trainable. "
        "Sizes are matched by a small extra layer if they differ.",
    )
    l1: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="L1 penalty",
        description="Pushes unneeded weights to exactly zero. Usual values: 0 to 0.001; too large "
        "and the network predicts a constant.",
        json_schema_extra=form_hints(advanced=True),
    )
    l2: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="L2 penalty",
        description="Keeps weights small. Usual values: 0 to 0.01; too large and the network "
        "underfits.",
        json_schema_extra=form_hints(advanced=True),
    )
    initializer: Initializer | None = Field(
        default=None,
        title="Initialiser",
        description="How weights begin. Empty chooses what suits the activation.",
        json_schema_extra=form_hints(advanced=True),
    )
    use_bias: bool = Field(
        default=True,
        title="Bias",
        description="Lets each neuron shift its output. Leave on.",
        json_schema_extra=form_hints(advanced=True),
    )
