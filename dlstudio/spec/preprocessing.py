"""How the values of a column become numbers for the network; one class a column kind."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnInfo, ColumnKind, DatasetInfo
from dlstudio.spec.inputs.anomaly_number import AnomalyNumberPreprocessing
from dlstudio.spec.inputs.audio import AudioPreprocessing, LongSounds, resolve_audio
from dlstudio.spec.inputs.category import CategoryEncoding, CategoryPreprocessing
from dlstudio.spec.inputs.datetime import DatetimePreprocessing
from dlstudio.spec.inputs.generated_number import GeneratedNumberPreprocessing
from dlstudio.spec.inputs.image import ImagePreprocessing, resolve_image
from dlstudio.spec.inputs.number import NumberEmbedding, NumberPreprocessing
from dlstudio.spec.inputs.rebuilt_category import (
    MOST_REBUILT_CATEGORIES,
    RebuiltCategoryPreprocessing,
)
from dlstudio.spec.inputs.rebuilt_text import MOST_REBUILT_WORDS, RebuiltTextPreprocessing
from dlstudio.spec.inputs.sequence import SequencePreprocessing, resolve_sequence
from dlstudio.spec.inputs.text import TextPreprocessing, TextUnit, resolve_text
from dlstudio.spec.inputs.unchanged import (
    UnchangedAudioPreprocessing,
    UnchangedImagePreprocessing,
)
from dlstudio.spec.inputs.video import VideoPreprocessing, resolve_video
from dlstudio.spec.messages import problems_of
from dlstudio.spec.run import RunSpec
from dlstudio.spec.task import TaskKind
from dlstudio.spec.text_pieces import is_unspaced

# Rows from which ranges of numbers help more than they overfit (benchmarks/defaults.md).
FEWEST_EMBEDDED_ROWS = {TaskKind.REGRESSION: 1_000, TaskKind.CLASSIFICATION: 2_000}
# The features of all rows are kept in memory, and ranges multiply them by nine.
MOST_EMBEDDED_COLUMNS = 100
MOST_EMBEDDED_CELLS = 2_000_000

ColumnPreprocessing = (
    NumberPreprocessing
    | CategoryPreprocessing
    | DatetimePreprocessing
    | TextPreprocessing
    | ImagePreprocessing
    | AudioPreprocessing
    | VideoPreprocessing
    | SequencePreprocessing
)

PREPROCESSING_BY_KIND: dict[ColumnKind, type[ColumnPreprocessing]] = {
    ColumnKind.NUMBER: NumberPreprocessing,
    ColumnKind.CATEGORY: CategoryPreprocessing,
    ColumnKind.DATETIME: DatetimePreprocessing,
    ColumnKind.TEXT: TextPreprocessing,
    ColumnKind.IMAGE: ImagePreprocessing,
    ColumnKind.AUDIO: AudioPreprocessing,
    ColumnKind.VIDEO: VideoPreprocessing,
    ColumnKind.SEQUENCE: SequencePreprocessing,
}

# An autoencoder would learn random changes as part of what it rebuilds.
UNSUPERVISED_PREPROCESSING: dict[ColumnKind, type[ColumnPreprocessing]] = {
    **PREPROCESSING_BY_KIND,
    ColumnKind.CATEGORY: RebuiltCategoryPreprocessing,
    ColumnKind.TEXT: RebuiltTextPreprocessing,
    ColumnKind.IMAGE: UnchangedImagePreprocessing,
    ColumnKind.AUDIO: UnchangedAudioPreprocessing,
}


# Robust scaling bends outliers towards the others; standard scaling found anomalies better in four
# of six tables, by up to four points (benchmarks/anomalies.md).
ANOMALY_PREPROCESSING: dict[ColumnKind, type[ColumnPreprocessing]] = {
    **UNSUPERVISED_PREPROCESSING,
    ColumnKind.NUMBER: AnomalyNumberPreprocessing,
}

# Columns of samples came 24 and 33 % nearer to real ones on two tables, and 18 % further away on
# iris, which has 150 rows.
GENERATION_PREPROCESSING: dict[ColumnKind, type[ColumnPreprocessing]] = {
    **UNSUPERVISED_PREPROCESSING,
    ColumnKind.NUMBER: GeneratedNumberPreprocessing,
}


def preprocessing_for(kind: TaskKind) -> Mapping[ColumnKind, type[ColumnPreprocessing]]:
    """The class of the settings of each column kind, for any task but a forecast."""
    if kind is TaskKind.ANOMALY:
        return ANOMALY_PREPROCESSING
    if kind is TaskKind.GENERATION:
        return GENERATION_PREPROCESSING
    return UNSUPERVISED_PREPROCESSING if kind.is_unsupervised else PREPROCESSING_BY_KIND


def resolve_preprocessing(spec: RunSpec, info: DatasetInfo) -> dict[str, ColumnPreprocessing]:
    """Give every input column its complete preprocessing.

    Args:
        spec: Its inputs exist in `info` and have a kind in `PREPROCESSING_BY_KIND`.
        info: The dataset.

    Returns:
        One record a column, in the order of the inputs; whatever is automatic or left empty is
        replaced by what it stands for.

    Raises:
        pydantic.ValidationError: An override is wrong; `check_spec` finds this beforehand.
    """
    # With 5,000 columns a search for each of them would take many seconds.
    columns = {column.name: column for column in info.columns}
    num_numbers = sum(columns[name].kind is ColumnKind.NUMBER for name in spec.task.inputs)
    embedding = NumberEmbedding.NONE
    if not spec.task.kind.is_unsupervised:
        embedding = automatic_embedding(spec.task.kind, info.num_rows, num_numbers)
    resolved: dict[str, ColumnPreprocessing] = {}
    for name in spec.task.inputs:
        record = preprocessing_for(spec.task.kind)[columns[name].kind]
        settings = record.model_validate(dict(spec.preprocessing.get(name, {})))
        if isinstance(settings, NumberPreprocessing):
            resolved[name] = _with_embedding(settings, embedding)
        elif isinstance(settings, (CategoryPreprocessing, TextPreprocessing)) and (
            spec.task.kind.is_unsupervised
        ):
            resolved[name] = _to_rebuild(settings, columns[name])
        else:
            resolved[name] = _resolved(settings, columns[name], spec, info.num_rows)
    return resolved


def _to_rebuild(
    settings: CategoryPreprocessing | TextPreprocessing, column: ColumnInfo
) -> ColumnPreprocessing:
    """What can be rebuilt: a place a category, and a bag of the most frequent words."""
    if isinstance(settings, CategoryPreprocessing):
        most = min(settings.max_categories, MOST_REBUILT_CATEGORIES)
        one_hot = {"encoding": CategoryEncoding.ONE_HOT, "max_categories": most}
        return settings.model_copy(update=one_hot)
    piece = TextUnit.CHARACTER if _is_unspaced(column) else TextUnit.WORD
    words = {"unit": piece} if settings.unit is TextUnit.AUTO else {}
    few = settings.model_copy(
        update={"max_tokens": settings.max_tokens or MOST_REBUILT_WORDS, **words}
    )
    return resolve_text(few, None, 0, in_order=False)


def _resolved(
    settings: ColumnPreprocessing, column: ColumnInfo, spec: RunSpec, num_rows: int
) -> ColumnPreprocessing:
    match settings:
        case TextPreprocessing():
            in_order = spec.architecture.kind != "fnn"
            return resolve_text(
                settings,
                column.max_length,
                num_rows,
                in_order=in_order,
                is_unspaced=_is_unspaced(column),
            )
        case ImagePreprocessing():
            return resolve_image(settings, column.image)
        case UnchangedAudioPreprocessing():
            beginning = settings.model_copy(update={"long_sounds": LongSounds.BEGINNING})
            return resolve_audio(beginning, column.audio)
        case AudioPreprocessing():
            return resolve_audio(settings, column.audio)
        case VideoPreprocessing():
            return resolve_video(settings, column.video)
        case SequencePreprocessing():
            return resolve_sequence(settings, column.sequence)
    return settings


def _is_unspaced(column: ColumnInfo) -> bool:
    return is_unspaced(example.value for example in column.top_values)


def automatic_embedding(kind: TaskKind, num_rows: int, num_numbers: int) -> NumberEmbedding:
    """Choose the number embedding that "auto" stands for.

    Piecewise-linear ranges (Gorishniy et al. 2022, "On Embeddings for Numerical Features in
    Tabular Deep Learning") let a network follow thresholds as trees do. Tried on nine tables they
    gained up to four points where there were rows enough, and cost as much on small
    classifications; a value to learn from says more than a class, so that regressions need fewer
    rows.

    Args:
        kind: What to learn.
        num_rows: Rows of the dataset.
        num_numbers: Number columns among the inputs.
    """
    has_rows = num_rows >= FEWEST_EMBEDDED_ROWS[kind]
    is_small = (
        num_numbers <= MOST_EMBEDDED_COLUMNS and num_rows * num_numbers <= MOST_EMBEDDED_CELLS
    )
    return NumberEmbedding.PIECEWISE_LINEAR if has_rows and is_small else NumberEmbedding.NONE


def _with_embedding(
    settings: NumberPreprocessing, embedding: NumberEmbedding
) -> NumberPreprocessing:
    is_auto = settings.embedding is NumberEmbedding.AUTO
    return settings.model_copy(update={"embedding": embedding}) if is_auto else settings


def check_preprocessing(
    overrides: Mapping[str, Mapping[str, Any]], info: DatasetInfo
) -> list[Problem]:
    """Find every problem of the overrides; empty if there is none."""
    problems: list[Problem] = []
    for name, fields in overrides.items():
        where = f"preprocessing.{name}"
        if not info.has_column(name):
            problems.append(
                Problem(
                    f"The dataset has no column {name!r}.",
                    "Remove this entry or correct the column's name.",
                    where,
                )
            )
            continue
        kind = info.column(name).kind
        if kind not in PREPROCESSING_BY_KIND:
            problems.append(
                Problem(
                    f"The column {name!r} is of kind {kind.value}, which cannot be an input.",
                    "Remove this entry or change the column's kind on the Data page.",
                    where,
                )
            )
            continue
        try:
            PREPROCESSING_BY_KIND[kind].model_validate(dict(fields))
        except ValidationError as error:
            problems.extend(problems_of(error, PREPROCESSING_BY_KIND[kind], where))
    return problems
