"""How the network is trained."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from dlstudio.spec.fields import form_hints
from dlstudio.spec.part import SpecPart

LEARNING = "How it learns"
DURATION = "How long it trains"
GENERALIZATION = "Against overfitting and rare classes"
MACHINE = "Where and how it runs"


class Optimizer(StrEnum):
    """The optimizers of Keras but ScheduleFreeAdamW; the usual ones first."""

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


class EarlyStopping(SpecPart):
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
        description="Changes smaller than this do not count as an improvement. 0 counts every "
        "one. Raise it if training goes on for tiny gains; too large stops a network that still "
        "learns.",
        json_schema_extra=form_hints(advanced=True),
    )
    monitor: Literal["loss", "accuracy", "rmse"] = Field(
        default="loss",
        title="Watched value",
        description="The validation value that decides which epoch is best. Accuracy is for "
        "classification, rmse for regression, loss for both.",
    )


class TrainingSpec(SpecPart):
    """The training of a run."""

    optimizer: Optimizer = Field(
        default=Optimizer.ADAMW,
        title="Optimizer",
        description="The rule that turns errors into changes of the weights. AdamW works well "
        "almost everywhere; Adam, NAdam and Adamax are close relatives. SGD is the classic: it "
        "needs a larger learning rate, chosen with care, and sometimes does best on images. "
        "RMSprop is an old choice for recurrent networks. The others are for experiments, and "
        "each may need its own learning rate.",
        json_schema_extra=form_hints(LEARNING),
    )
    learning_rate: float = Field(
        default=0.003,
        gt=0.0,
        le=100.0,
        title="Learning rate",
        description="How far each step changes the weights. Too large and the loss jumps about or "
        "becomes NaN (not a number); too small and training crawls. Try three times more and "
        "three times less.",
        json_schema_extra=form_hints(LEARNING),
    )
    schedule: Schedule = Field(
        default=Schedule.COSINE,
        title="Learning-rate schedule",
        description="How the learning rate changes while training: large steps first and small "
        "ones at the end usually give the best result. Cosine falls smoothly and is rarely wrong; "
        "linear falls evenly, exponential fast at first. Cosine restarts jumps up again twice, to "
        "leave a poor solution. One cycle rises before it falls. Reduce on plateau falls only "
        "when nothing improves any more. Constant never changes, so that the end stays restless.",
        json_schema_extra=form_hints(LEARNING),
    )
    warmup_fraction: float = Field(
        default=0.0,
        ge=0.0,
        le=0.5,
        title="Warm-up",
        description="Share of training during which the learning rate rises from zero. Helps "
        "large models and large learning rates, whose first steps could do damage. 0.05 to 0.1 is "
        "usual and 0 turns it off; too much leaves little time to learn at full speed.",
        json_schema_extra=form_hints(LEARNING, advanced=True),
    )
    momentum: float = Field(
        default=0.9,
        ge=0.0,
        lt=1.0,
        title="Momentum",
        description="How much of the last step is kept in the next one; only for SGD and RMSprop. "
        "0.9 is usual. Less makes training slow and jittery; close to 1 overshoots the goal.",
        json_schema_extra=form_hints(
            LEARNING, advanced=True, shown_if={"optimizer": ("sgd", "rmsprop")}
        ),
    )
    weight_decay: float = Field(
        default=0.05,
        ge=0.0,
        le=1.0,
        title="Weight decay",
        description="Pulls weights towards zero, so that the network does not learn the rows by "
        "heart (overfitting): each step shrinks them by this times the learning rate. 0 turns it "
        "off; too large and too little is learned. With SGD or learning rates above 0.01 take "
        "0.001 or less.",
        json_schema_extra=form_hints(GENERALIZATION),
    )
    batch_size: int | Literal["auto"] = Field(
        default="auto",
        title="Batch size",
        description="Rows looked at before each weight change. Larger is faster per epoch and "
        "takes more memory; smaller takes more time and often does better on new rows. Automatic "
        "chooses from the number of rows, and the run records what it chose.",
        json_schema_extra=form_hints(DURATION),
    )
    epochs: int = Field(
        default=100,
        ge=1,
        le=1_000_000,
        title="Epochs",
        description="How often the network sees all training rows. Too few and it has not learned "
        "all it could; too many waste time. With early stopping this is only an upper limit.",
        json_schema_extra=form_hints(DURATION),
    )
    early_stopping: EarlyStopping | None = Field(
        default=EarlyStopping(),
        title="Early stopping",
        description="Stops when the validation value no longer improves. Leave it on unless you "
        "want a fixed number of epochs: it saves time, and the rows are not learned by heart "
        "(overfitting).",
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
        "them and raises more false alarms. None counts every row alike. Automatic balances when "
        "one class is more than 10 times as frequent as another.",
        json_schema_extra=form_hints(GENERALIZATION),
    )
    label_smoothing: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        title="Label smoothing",
        description="Keeps a classifier from being too sure of itself; try it where some labels "
        "are wrong. 0 turns it off and 0.1 is usual; too large and all its probabilities become "
        "vague.",
        json_schema_extra=form_hints(GENERALIZATION, advanced=True),
    )
    gradient_clipping: GradientClipping = Field(
        default=GradientClipping.NONE,
        title="Gradient clipping",
        description="Limits single steps that are far too large. Use global norm when the loss "
        "jumps or becomes NaN (not a number): it shrinks the step as a whole. Norm limits the "
        "weights of each layer apart, value each number by itself. None lets every step through.",
        json_schema_extra=form_hints(LEARNING, advanced=True),
    )
    clip_at: float = Field(
        default=1.0,
        gt=0.0,
        title="Clip at",
        description="The largest size that gradient clipping lets through. 1 is usual. Too small "
        "and training crawls; too large and nothing is limited.",
        json_schema_extra=form_hints(
            LEARNING,
            advanced=True,
            shown_if={"gradient_clipping": ("norm", "global_norm", "value")},
        ),
    )
    mixed_precision: Switch = Field(
        default=Switch.AUTO,
        title="Mixed precision",
        description="Computes in 16 bits where it is safe: faster, with less memory, on recent "
        "GPUs. Automatic turns it on there only. Off computes in 32 bits: choose it if the loss "
        "becomes NaN (not a number). On uses 16 bits wherever it runs.",
        json_schema_extra=form_hints(MACHINE, advanced=True),
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|gpu|gpu:\d+|all_gpus)$",
        title="Device",
        description="Where to compute. Automatic takes a GPU (graphics card) if there is one. CPU "
        "is the processor; GPU is the first card, gpu:1 the second. All GPUs shares each batch "
        "among them, which is worth it for large networks only.",
        examples=["auto", "cpu", "gpu", "all_gpus"],
        json_schema_extra=form_hints(MACHINE),
    )
    engine: Engine = Field(
        default=Engine.AUTO,
        title="Engine",
        description="How epochs are executed; the quality is the same. Automatic measures what is "
        "faster. Graph runs many steps at once; XLA also compiles them, which takes a while at "
        "first and pays in long trainings; Keras fit is the plain road and mostly the slowest. "
        "With dropout, graph and XLA draw different random numbers: choose one of them to repeat "
        "a long run exactly.",
        json_schema_extra=form_hints(MACHINE, advanced=True),
    )
    seed: int = Field(
        default=7,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Where random numbers begin: the same seed, machine and engine give the same "
        "run. No seed is better than another. Change it to see how much is luck.",
        json_schema_extra=form_hints(MACHINE),
    )
