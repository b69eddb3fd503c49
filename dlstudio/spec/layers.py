"""The layers a person edits row by row, and the closed sets their fields choose from."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.part import SpecPart


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


class DenseLayer(SpecPart):
    """One fully connected layer."""

    units: int = Field(
        default=64,
        ge=1,
        le=65_536,
        title="Units",
        description="Neurons of this layer. More can learn finer patterns, and need more rows and "
        "time. Too many learn the rows by heart; too few miss what matters.",
    )
    activation: Activation = Field(
        default=Activation.RELU,
        title="Activation",
        description="What each neuron does with its sum. ReLU is a safe choice; GELU and SiLU are "
        "smoother relatives. Sigmoid gives 0 to 1 and tanh -1 to 1: many such layers learn "
        "slowly. Softmax gives shares that add up to 1. Without one (linear) layers add nothing "
        "to each other.",
    )
    dropout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Dropout",
        description="Share of neurons switched off at random in training. 0.1 to 0.5 fights "
        "overfitting (learning the rows by heart); too much and nothing is learned. 0 turns it "
        "off.",
    )
    normalization: Normalization = Field(
        default=Normalization.NONE,
        title="Normalisation",
        description="Keeps the numbers between layers in a stable range. Batch often speeds "
        "training up, and wants batches of 16 rows or more; layer looks at each row by itself and "
        "suits small batches. None is fine for one to three layers.",
    )
    skip: bool = Field(
        default=False,
        title="Skip connection",
        description="Adds the layer's input to its output, so that deep networks stay trainable. "
        "Helps from four layers or so; with fewer it changes little. Sizes are matched by a small "
        "extra layer if they differ.",
    )
    l1: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="L1 penalty",
        description="Pushes unneeded weights to exactly zero. Usual values: 0 (off) to 0.001; too "
        "large and the network predicts a constant.",
        json_schema_extra=form_hints(advanced=True),
    )
    l2: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="L2 penalty",
        description="Keeps weights small, so that the rows are not learned by heart; weight decay "
        "does much the same. Usual values: 0 (off) to 0.01; too large and too little is learned.",
        json_schema_extra=form_hints(advanced=True),
    )
    initializer: Initializer | None = Field(
        default=None,
        title="Initialiser",
        description="How weights begin, at random. Automatic chooses what suits the activation, "
        "and is rarely worth changing. Zeros makes all neurons of a layer alike, so that they "
        "learn the same.",
        json_schema_extra=form_hints(advanced=True),
    )
    use_bias: bool = Field(
        default=True,
        title="Bias",
        description="Lets each neuron shift its output. Leave on: without it some answers cannot "
        "be reached, and next to nothing is saved.",
        json_schema_extra=form_hints(advanced=True),
    )
