"""How the network is trained."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.frozen import Frozen

LEARNING = "How it learns"
DURATION = "How long it trains"
GENERALIZATION = "Against overfitting and rare classes"
MACHINE = "Where and how it runs"


class Optimizer(StrEnum):
    """The optimizers of Keras; the usual ones first."""

    ADAMW = "adamw"
    ADAM = "adam"
    SGD = "sgd"
    RMSPROP = "rmsprop"
    NADAM = "nadam"
    ADAGRAD = "adagrad"
    ADADELTA = "adadelta"
    ADAMAX = "adamax"
    ADAFACTOR = "adafactor"
    FTRL = "ftrl"
    LION = "lion"
    LAMB = "lamb"
    MUON = "muon"


class Schedule(StrEnum):
    """How the learning rate changes while training."""

    CONSTANT = "constant"
    COSINE = "cosine"
    COSINE_RESTARTS = "cosine_restarts"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    ONE_CYCLE = "one_cycle"
    REDUCE_ON_PLATEAU = "reduce_on_plateau"


class Switch(StrEnum):
    """A choice that the machine may make."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


AUTO_IMBALANCE = 10  # "auto" weighs classes if one is more than this many times as frequent


class ClassWeights(StrEnum):
    """How much the classes count."""

    AUTO = "auto"
    BALANCED = "balanced"
    NONE = "none"


class Engine(StrEnum):
    """How epochs are executed; the quality is the same."""

    AUTO = "auto"
    GRAPH = "graph"
    XLA = "xla"
    FIT = "fit"


class KeptWeights(StrEnum):
    """Which epoch's weights a run ends with."""

    BEST = "best"
    LAST = "last"


class GradientClipping(StrEnum):
    """What is limited when a step would be too large."""

    NONE = "none"
    NORM = "norm"
    GLOBAL_NORM = "global_norm"
    VALUE = "value"


class EarlyStopping(Frozen):
    """When to stop because nothing improves any more."""

    patience: int = Field(
        default=16,
        ge=1,
        le=100_000,
        title="Patience",
        description="Epochs without improvement until training stops. Too small stops before a "
        "late improvement, too large wastes time.",
    )
    min_delta: float = Field(
        default=0.0,
        ge=0.0,
        title="Smallest improvement",
        description="Changes smaller than this do not count as an improvement.",
        json_schema_extra=form_hints(advanced=True),
    )
    monitor: Literal["loss", "accuracy", "rmse"] = Field(
        default="loss",
        title="Watched value",
        description="The validation value that decides which epoch is best. Accuracy is for "
        "classification, rmse for regression, loss for both.",
    )


class TrainingSpec(Frozen):
    """The training of a run."""

    optimizer: Optimizer = Field(
        default=Optimizer.ADAMW,
        title="Optimizer",
        description="The rule that turns errors into weight changes. AdamW works well almost "
        "everywhere.",
        json_schema_extra=form_hints(LEARNING),
    )
    learning_rate: float = Field(
        default=0.003,
        gt=0.0,
        le=100.0,
        title="Learning rate",
        description="Size of each weight change. Too large and the loss jumps or becomes NaN, too "
        "small and training crawls. Try factors of 3.",
        json_schema_extra=form_hints(LEARNING),
    )
    schedule: Schedule = Field(
        default=Schedule.COSINE,
        title="Learning-rate schedule",
        description="Large steps first, small steps at the end usually give the best result; "
        "cosine does this smoothly.",
        json_schema_extra=form_hints(LEARNING),
    )
    warmup_fraction: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Warm-up",
        description="Share of training during which the learning rate rises from zero. Helps large "
        "models and large learning rates.",
        json_schema_extra=form_hints(LEARNING, advanced=True),
    )
    momentum: float = Field(
        default=0.9,
        ge=0.0,
        lt=1.0,
        title="Momentum",
        description="How much of the last step is kept; only for SGD and RMSprop.",
        json_schema_extra=form_hints(
            LEARNING, advanced=True, shown_if={"optimizer": ("sgd", "rmsprop")}
        ),
    )
    weight_decay: float = Field(
        default=0.05,
        ge=0.0,
        le=1.0,
        title="Weight decay",
        description="Pulls weights towards zero to fight overfitting: each step shrinks them by "
        "this times the learning rate. 0 turns it off; with SGD or learning rates above 0.01 take "
        "0.001 or less, else too little is learned.",
        json_schema_extra=form_hints(GENERALIZATION),
    )
    batch_size: int | Literal["auto"] = Field(
        default="auto",
        title="Batch size",
        description="Rows looked at before each weight change. Larger is faster per epoch, smaller "
        "often generalises better. "
        "Auto chooses from the number of rows and the run records what it chose.",
        json_schema_extra=form_hints(DURATION),
    )
    epochs: int = Field(
        default=100,
        ge=1,
        le=1_000_000,
        title="Epochs",
        description="How often the network sees all training rows. With early stopping this is "
        "only an upper limit.",
        json_schema_extra=form_hints(DURATION),
    )
    early_stopping: EarlyStopping | None = Field(
        default=EarlyStopping(),
        title="Early stopping",
        description="Stops when the validation value no longer improves, and keeps the best epoch.",
        json_schema_extra=form_hints(DURATION),
    )
    keep: KeptWeights = Field(
        default=KeptWeights.BEST,
        title="Kept weights",
        description="Best keeps the epoch with the best validation value. Last keeps the final "
        "one: for a GAN, whose losses do not tell which epoch is better.",
        json_schema_extra=form_hints(DURATION, advanced=True),
    )
    class_weights: ClassWeights = Field(
        default=ClassWeights.NONE,
        title="Class weights",
        description="Balanced makes rare classes count as much as frequent ones: it finds more of "
        "them and raises more false alarms. "
        "Auto does so when one class is more than 10 times as frequent as another.",
        json_schema_extra=form_hints(GENERALIZATION),
    )
    label_smoothing: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Label smoothing",
        description="Keeps a classifier from being too sure of itself. Usual: 0 or 0.1.",
        json_schema_extra=form_hints(GENERALIZATION, advanced=True),
    )
    gradient_clipping: GradientClipping = Field(
        default=GradientClipping.NONE,
        title="Gradient clipping",
        description="Limits single large steps. Use global_norm when the loss jumps or becomes "
        "NaN.",
        json_schema_extra=form_hints(LEARNING, advanced=True),
    )
    clip_at: float = Field(
        default=1.0,
        gt=0.0,
        title="Clip at",
        description="The limit for gradient clipping.",
        json_schema_extra=form_hints(
            LEARNING,
            advanced=True,
            shown_if={"gradient_clipping": ("norm", "global_norm", "value")},
        ),
    )
    mixed_precision: Switch = Field(
        default=Switch.AUTO,
        title="Mixed precision",
        description="Computes in 16 bits where it is safe: faster on recent GPUs. Auto turns it on "
        "there only.",
        json_schema_extra=form_hints(MACHINE, advanced=True),
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|gpu|gpu:\d+|all_gpus)$",
        title="Device",
        description="Where to compute: auto takes a GPU if there is one; cpu, gpu, gpu:1 or "
        "all_gpus.",
        examples=["auto", "cpu", "gpu", "all_gpus"],
        json_schema_extra=form_hints(MACHINE),
    )
    engine: Engine = Field(
        default=Engine.AUTO,
        title="Engine",
        description="How epochs are executed. Auto measures what is faster; the quality is the "
        "same. With dropout, graph and xla draw different random numbers: choose one of them to "
        "repeat a long run exactly.",
        json_schema_extra=form_hints(MACHINE, advanced=True),
    )
    seed: int = Field(
        default=7,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="The same seed, machine and engine give the same run. Change it to see how "
        "much is luck.",
        json_schema_extra=form_hints(MACHINE),
    )
