"""Whether a spec fits its dataset: every problem at once, before anything starts."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from dlstudio.errors import Problem
from dlstudio.spec.architectures.check import check_architecture, check_fine_tuning
from dlstudio.spec.architectures.table import ARCHITECTURE_TITLES
from dlstudio.spec.check_forecast import check_forecast
from dlstudio.spec.check_inputs import check_inputs
from dlstudio.spec.check_unsupervised import check_architecture_fits, check_unsupervised
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.defaults import unknown_column
from dlstudio.spec.inputs.text import TextEncoding
from dlstudio.spec.labels import MOST_LABELS, known_labels
from dlstudio.spec.preprocessing import check_preprocessing
from dlstudio.spec.run import RunSpec
from dlstudio.spec.split import SplitMethod
from dlstudio.spec.task import EmptyCells, TaskKind
from dlstudio.spec.training import ClassWeights, KeptWeights, Schedule, TrainingSpec

MOST_CLASSES = 2_000
FEWEST_ROWS = 10
LARGEST_CLASS_NUMBER = 2**24  # raw numbers are float32
NEVER_CLASSES = (
    ColumnKind.DATETIME,
    ColumnKind.IMAGE,
    ColumnKind.AUDIO,
    ColumnKind.VIDEO,
    ColumnKind.SEQUENCE,
)
ORDERED_KINDS = (ColumnKind.IMAGE, ColumnKind.AUDIO, ColumnKind.VIDEO, ColumnKind.SEQUENCE)
METHODS_WITH_COLUMN = (SplitMethod.GROUP, SplitMethod.TIME, SplitMethod.GIVEN)


def check_spec(spec: RunSpec, info: DatasetInfo) -> tuple[Problem, ...]:
    """Find everything that keeps a spec from being trained on a dataset.

    Args:
        spec: A spec whose fields are valid by themselves.
        info: The dataset version that the spec names.

    Returns:
        All problems, each with the dotted path of its field; empty if the spec can be trained.
    """
    if spec.task.kind is TaskKind.FORECASTING:
        found = (_rows(info), check_forecast(spec, info), _fractions(spec))
        return tuple(chain(*found, _network(spec), _training(spec)))
    is_unsupervised = spec.task.kind.is_unsupervised
    goal = check_unsupervised(spec, info) if is_unsupervised else _targets(spec, info)
    return tuple(
        [
            *_rows(info),
            *goal,
            *check_inputs(spec, info),
            *_split(spec, info),
            *check_preprocessing(spec.preprocessing, info),
            *_network(spec),
            *([] if is_unsupervised else _something_to_read(spec, info)),
            *_training(spec),
        ]
    )


def _network(spec: RunSpec) -> Iterator[Problem]:
    yield from check_architecture_fits(spec)
    yield from check_architecture(spec.architecture)
    yield from check_fine_tuning(spec.architecture, spec.training.epochs)


def _rows(info: DatasetInfo) -> Iterator[Problem]:
    if info.num_rows < FEWEST_ROWS:
        yield Problem(
            f"The dataset {info.name!r} has {info.num_rows} rows; at least {FEWEST_ROWS} are "
            "needed to train and test.",
            "Collect more rows.",
            "dataset.name",
        )


def _targets(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    where = "task.targets"
    if not spec.task.targets:
        yield Problem("No target is chosen.", "Choose the column to predict.", where)
    for name, count in Counter(spec.task.targets).items():
        if count > 1:
            yield Problem(f"The target {name!r} is named {count} times.", "Name it once.", where)
        if not info.has_column(name):
            yield unknown_column(info, name, where)
        elif spec.task.kind is TaskKind.REGRESSION:
            yield from _regression_target(info, name)
        else:
            yield from _class_target(spec, info, name)
    if spec.task.label_separator is not None and len(spec.task.targets) > 1:
        yield Problem(
            f"A label separator goes with one target, but {len(spec.task.targets)} are named.",
            "Remove the separator or all targets but one.",
            "task.label_separator",
        )
    if spec.task.label_separator == "":
        yield Problem(
            "The label separator is empty.",
            "Give the character between two labels, such as '|'.",
            "task.label_separator",
        )
    if spec.task.empty_cells is EmptyCells.NO_LABEL and spec.task.label_separator is None:
        yield Problem(
            "An empty cell can mean 'no label' only where the cells of the target list labels.",
            "Give the label separator, or let an empty cell mean 'unknown'.",
            "task.empty_cells",
        )


def _regression_target(info: DatasetInfo, name: str) -> Iterator[Problem]:
    column = info.column(name)
    if column.kind is not ColumnKind.NUMBER:
        yield Problem(
            f"Regression predicts numbers, but {name!r} is of kind {column.kind.value}.",
            "Choose a number column, or the task classification.",
            "task.targets",
        )
    elif column.num_distinct < 2:
        yield Problem(
            f"The target {name!r} has {column.num_distinct} distinct values, so there is nothing "
            "to learn.",
            "Choose a target whose values differ.",
            "task.targets",
        )


def _class_target(spec: RunSpec, info: DatasetInfo, name: str) -> Iterator[Problem]:
    column = info.column(name)
    where = "task.targets"
    if column.kind in NEVER_CLASSES:
        yield Problem(
            f"The target {name!r} is of kind {column.kind.value}, which is no class.",
            "Choose a column that holds classes, or change its kind on the Data page.",
            where,
        )
    elif column.num_classes < (1 if _says_no_label(spec, column) else 2):
        found = "one class only" if column.num_classes else "no class"
        yield Problem(
            f"The target {name!r} has {found}; at least 2 are needed.",
            "Choose a target with several classes, or add rows of the other classes.",
            where,
        )
    elif len(spec.task.targets) > 1 and column.num_classes > 2:
        yield Problem(
            f"With several targets each must be yes or no, but {name!r} has {column.num_classes} "
            "values.",
            "Train one run for each target, or choose yes/no columns.",
            where,
        )
    elif column.num_classes > MOST_CLASSES and spec.task.label_separator is None:
        is_number = column.kind is ColumnKind.NUMBER
        other = "the task regression if it is a quantity" if is_number else "another target"
        yield Problem(
            f"The target {name!r} has {column.num_classes:,} classes; at most {MOST_CLASSES:,} "
            "can be learned.",
            f"Join rare classes in the file, or choose {other}.",
            where,
        )
    elif column.kind is ColumnKind.NUMBER and _largest(column) > LARGEST_CLASS_NUMBER:
        yield Problem(
            f"The target {name!r} holds numbers up to {_largest(column):,.0f}; above "
            f"{LARGEST_CLASS_NUMBER:,} neighbouring numbers cannot be told apart as classes.",
            "Change its kind to category on the Data page.",
            where,
        )
    elif spec.task.label_separator:
        yield from _label_lists(info, name, spec.task.label_separator)


def _says_no_label(spec: RunSpec, column: ColumnInfo) -> bool:
    """Whether empty cells are an answer of their own, so that one label has something to learn."""
    return spec.task.empty_cells is EmptyCells.NO_LABEL and column.num_missing > 0


def _largest(column: ColumnInfo) -> float:
    return max(abs(column.min or 0.0), abs(column.max or 0.0))


def _label_lists(info: DatasetInfo, name: str, separator: str) -> Iterator[Problem]:
    labels = known_labels(info, name, separator)
    if labels is None:
        column = info.column(name)
        yield Problem(
            f"Not every label of {name!r} is known: {len(column.top_values):,} of its "
            f"{column.num_distinct:,} different cells are listed.",
            "Set its kind to category on the Data page.",
            "task.targets",
        )
    elif not labels:
        yield Problem(
            f"No cell of {name!r} holds more than the label separator {separator!r}.",
            "Give the text that stands between two labels.",
            "task.label_separator",
        )
    elif len(labels) > MOST_LABELS:
        yield Problem(
            f"The cells of {name!r} list more than {MOST_LABELS:,} different labels between "
            f"{separator!r}, too many to be learned.",
            "Check the label separator, or merge rare labels in the file.",
            "task.label_separator",
        )


def _split(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    split = spec.split
    if split.method not in METHODS_WITH_COLUMN:
        yield from _fractions(spec)
    else:
        if split.method is not SplitMethod.GIVEN:
            yield from _fractions(spec)
        yield from _split_column(spec, info)
    if split.method is SplitMethod.STRATIFIED and not _has_classes(spec):
        yield Problem(
            "A stratified split needs a target with classes.",
            "Choose the method random.",
            "split.method",
        )


def _has_classes(spec: RunSpec) -> bool:
    task = spec.task
    if task.kind.is_unsupervised:
        return task.label is not None
    return task.kind is TaskKind.CLASSIFICATION


def _split_column(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    name, method = spec.split.column, spec.split.method
    where = "split.column"
    if name is None:
        yield Problem(f"The split method {method.value} needs a column.", "Choose it.", where)
    elif not info.has_column(name):
        yield unknown_column(info, name, where)
    else:
        kind = info.column(name).kind
        if method is SplitMethod.TIME and kind not in (ColumnKind.DATETIME, ColumnKind.NUMBER):
            yield Problem(
                f"A split by time needs a datetime or number column, but {name!r} is of kind "
                f"{kind.value}.",
                "Choose another column, or change its kind on the Data page.",
                where,
            )
        if method is SplitMethod.GIVEN and name in spec.task.inputs:
            yield Problem(
                f"{name!r} says which part a row belongs to and is also an input.",
                "Remove it from the inputs.",
                "task.inputs",
            )


def _fractions(spec: RunSpec) -> Iterator[Problem]:
    shares = spec.split.fractions
    where = "split.fractions"
    if abs(sum(shares) - 1.0) > 1e-6:
        yield Problem(
            f"The shares {', '.join(f'{share:g}' for share in shares)} add up to {sum(shares):g}.",
            "Make them add up to 1.",
            where,
        )
    if min(shares) <= 0.0:
        yield Problem(
            "Each of training, validation and test needs some rows, but a share is not above 0.",
            "Give each a share above 0, such as 0.7, 0.15 and 0.15.",
            where,
        )


def _something_to_read(spec: RunSpec, info: DatasetInfo) -> Iterator[Problem]:
    """Convolutions, memory and attention need an input in which places follow each other."""
    readers = ("cnn", "rnn", "transformer")
    if spec.architecture.kind not in readers or _has_order(spec, info):
        return
    title = ARCHITECTURE_TITLES[spec.architecture.kind]
    yield Problem(
        f"A {title[0].lower()}{title[1:]} needs an image, a sound, a video, a sequence or a text "
        "that is read word by word, but there is none among the inputs.",
        "Choose the architecture fnn, or add such a column to the inputs.",
        "architecture.kind",
    )


def _has_order(spec: RunSpec, info: DatasetInfo) -> bool:
    kinds = {column.name: column.kind for column in info.columns}
    ordered = (TextEncoding.AUTO.value, TextEncoding.TOKENS.value)
    return any(
        kinds.get(name) in ORDERED_KINDS
        or (
            kinds.get(name) is ColumnKind.TEXT
            and spec.preprocessing.get(name, {}).get("encoding", ordered[0]) in ordered
        )
        for name in spec.task.inputs
    )


def _training(spec: RunSpec) -> Iterator[Problem]:
    training = spec.training
    has_values = spec.task.kind is not TaskKind.CLASSIFICATION
    stopping = training.early_stopping
    if isinstance(training.batch_size, int) and training.batch_size < 1:
        yield Problem(
            f"The batch size is {training.batch_size}; at least 1 is needed.",
            "Choose a positive number or auto.",
            "training.batch_size",
        )
    watchable = _watchable(spec)
    if stopping and stopping.monitor not in watchable:
        task = spec.task.kind.value.replace("_", " ")
        yield Problem(
            f"{stopping.monitor} cannot be watched in a {task}.",
            f"Choose {' or '.join(watchable)}.",
            "training.early_stopping.monitor",
        )
    if training.schedule is Schedule.REDUCE_ON_PLATEAU and training.warmup_fraction > 0:
        yield Problem(
            "A learning rate that falls when the loss stalls cannot begin with a warm-up.",
            "Set warm-up to 0, or choose the schedule cosine.",
            "training.warmup_fraction",
        )
    if training.device == "all_gpus" and spec.architecture.kind == "gan":
        yield Problem(
            "The two networks of a GAN cannot share several GPUs yet.",
            "Choose the device auto or gpu.",
            "training.device",
        )
    yield from _kept(spec)
    if has_values:
        yield from _class_settings(training, f"a {spec.task.kind.value.replace('_', ' ')}")


def _kept(spec: RunSpec) -> Iterator[Problem]:
    """Which epoch is kept, and whether something else takes for granted that one can tell."""
    training = spec.training
    is_game = spec.architecture.kind == "gan"
    why = "The losses of a GAN do not tell which epoch is better: its two networks play against "
    why += "each other, and a lower loss of one is a higher one of the other"
    if is_game and training.keep is KeptWeights.BEST:
        yield Problem(f"{why}.", "Set kept weights to last.", "training.keep")
    if is_game and training.schedule is Schedule.REDUCE_ON_PLATEAU:
        yield Problem(
            f"{why}, so a learning rate cannot wait for a loss that stalls.",
            "Choose the schedule constant or cosine.",
            "training.schedule",
        )
    if training.early_stopping is None:
        return
    if is_game:
        yield Problem(
            f"{why}, so early stopping would stop by chance.",
            "Turn early stopping off, and judge by the samples.",
            "training.early_stopping",
        )
    elif training.keep is KeptWeights.LAST:
        yield Problem(
            "Early stopping goes back to the best epoch, but the last one is to be kept.",
            "Set kept weights to best, or turn early stopping off.",
            "training.keep",
        )


def _watchable(spec: RunSpec) -> tuple[str, ...]:
    if spec.task.kind is TaskKind.CLASSIFICATION:
        return ("loss", "accuracy")
    return ("loss",) if spec.architecture.kind in ("vae", "gan") else ("loss", "rmse")


def _class_settings(training: TrainingSpec, task: str) -> Iterator[Problem]:
    if training.class_weights is ClassWeights.BALANCED:
        yield Problem(
            f"Class weights need classes, but this is {task}.",
            "Set class weights to none.",
            "training.class_weights",
        )
    if training.label_smoothing > 0:
        yield Problem(
            f"Label smoothing needs classes, but this is {task}.",
            "Set label smoothing to 0.",
            "training.label_smoothing",
        )
