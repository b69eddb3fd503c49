"""How the values of a column become numbers for the network; one class a column kind."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationError

from dlstudio.errors import Problem
from dlstudio.spec.dataset import ColumnKind, DatasetInfo
from dlstudio.spec.frozen import Frozen
from dlstudio.spec.messages import problems_of
from dlstudio.spec.task import TaskKind, TaskSpec

# Rows from which ranges of numbers help more than they overfit (benchmarks/defaults.md).
FEWEST_EMBEDDED_ROWS = {TaskKind.REGRESSION: 1_000, TaskKind.CLASSIFICATION: 2_000}
# The features of all rows are kept in memory, and ranges multiply them by nine.
MOST_EMBEDDED_COLUMNS = 100
MOST_EMBEDDED_CELLS = 2_000_000


class NumberScaling(StrEnum):
    """How numbers are brought to a common range."""

    STANDARD = "standard"
    MIN_MAX = "min_max"
    ROBUST = "robust"
    QUANTILE = "quantile"
    NONE = "none"


class NumberEmbedding(StrEnum):
    """How one number is spread over several inputs."""

    AUTO = "auto"
    NONE = "none"
    PIECEWISE_LINEAR = "piecewise_linear"
    PERIODIC = "periodic"


class NumberFill(StrEnum):
    """What stands in for a missing number."""

    MEDIAN = "median"
    MEAN = "mean"
    ZERO = "zero"


class CategoryEncoding(StrEnum):
    """How a category becomes numbers."""

    AUTO = "auto"
    ONE_HOT = "one_hot"
    EMBEDDING = "embedding"


class TextEncoding(StrEnum):
    """How a text becomes numbers."""

    TF_IDF = "tf_idf"
    BAG_OF_WORDS = "bag_of_words"


class NumberPreprocessing(Frozen):
    """A number column."""

    scaling: NumberScaling = Field(
        default=NumberScaling.ROBUST,
        title="Scaling",
        description="Networks learn best from numbers around zero. Standard uses mean and spread, "
        "min_max the range 0 to 1, robust the middle "
        "half of the values so that outliers do no harm, quantile the rank.",
    )
    fill: NumberFill = Field(
        default=NumberFill.MEDIAN,
        title="Missing values",
        description="What stands in for a missing number. The median is rarely wrong.",
    )
    missing_indicator: bool = Field(
        default=True,
        title="Missing indicator",
        description="Also tells the network that the value was missing, which is often "
        "informative. Only used where values are missing.",
    )
    embedding: NumberEmbedding = Field(
        default=NumberEmbedding.AUTO,
        title="Number embedding",
        description="Spreads one number over several inputs so that the network can react to "
        "single ranges of it. Helps on tables with many rows, and overfits small ones. Auto takes "
        "piecewise_linear from 1,000 rows for a regression and from 2,000 rows for a "
        "classification, unless the table is very wide or large.",
    )
    num_bins: int = Field(
        default=8,
        ge=2,
        le=256,
        title="Embedding size",
        description="Ranges or frequencies a number is spread over. More see finer detail, and "
        "overfit small data.",
    )


class CategoryPreprocessing(Frozen):
    """A category column."""

    encoding: CategoryEncoding = Field(
        default=CategoryEncoding.AUTO,
        title="Encoding",
        description="One-hot gives each category its own input. An embedding learns a short list "
        "of numbers for each category; better for many "
        "categories. Auto takes one-hot up to 12 categories.",
    )
    embedding_dim: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        title="Embedding size",
        description="Numbers learned for each category. Empty chooses from the number of "
        "categories.",
    )
    max_categories: int = Field(
        default=10_000,
        ge=2,
        le=1_000_000,
        title="Most categories",
        description="The most frequent categories that are kept; the rest share the place of "
        "unseen values.",
    )


class DatetimePreprocessing(Frozen):
    """A datetime column."""

    cyclic_parts: bool = Field(
        default=True,
        title="Cyclic parts",
        description="Feeds hour, weekday, day of month and month as positions on a circle, so that "
        "December is next to January.",
    )
    trend: bool = Field(
        default=True,
        title="Trend",
        description="Also feeds the time itself, so that slow changes can be learned. Turn off if "
        "predictions lie far in the future.",
    )


class TextPreprocessing(Frozen):
    """A short text column."""

    encoding: TextEncoding = Field(
        default=TextEncoding.TF_IDF,
        title="Encoding",
        description="Bag of words marks the words that occur; TF-IDF also gives rare words more "
        "weight.",
    )
    max_tokens: int = Field(
        default=5_000,
        ge=10,
        le=200_000,
        title="Vocabulary size",
        description="The most frequent words that are kept. More words see finer meaning and need "
        "more rows.",
    )
    ngrams: int = Field(
        default=1,
        ge=1,
        le=3,
        title="Words in a row",
        description="2 also counts pairs of neighbouring words, such as 'not good'.",
    )


ColumnPreprocessing = (
    NumberPreprocessing | CategoryPreprocessing | DatetimePreprocessing | TextPreprocessing
)

PREPROCESSING_BY_KIND: dict[ColumnKind, type[ColumnPreprocessing]] = {
    ColumnKind.NUMBER: NumberPreprocessing,
    ColumnKind.CATEGORY: CategoryPreprocessing,
    ColumnKind.DATETIME: DatetimePreprocessing,
    ColumnKind.TEXT: TextPreprocessing,
}


def resolve_preprocessing(
    task: TaskSpec, overrides: Mapping[str, Mapping[str, Any]], info: DatasetInfo
) -> dict[str, ColumnPreprocessing]:
    """Give every input column its complete preprocessing.

    Args:
        task: What to learn from which inputs; each exists in `info` and has a kind in
            `PREPROCESSING_BY_KIND`.
        overrides: What differs from the default, by column and field.
        info: The dataset.

    Returns:
        One record a column, in the order of the inputs; the automatic number embedding is
        replaced by what it stands for.

    Raises:
        pydantic.ValidationError: An override is wrong; `check_spec` finds this beforehand.
    """
    # With 5,000 columns a search for each of them would take many seconds.
    kinds = {column.name: column.kind for column in info.columns}
    num_numbers = sum(kinds[name] is ColumnKind.NUMBER for name in task.inputs)
    embedding = automatic_embedding(task.kind, info.num_rows, num_numbers)
    return {
        name: _with_embedding(
            PREPROCESSING_BY_KIND[kinds[name]].model_validate(dict(overrides.get(name, {}))),
            embedding,
        )
        for name in task.inputs
    }


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
    settings: ColumnPreprocessing, embedding: NumberEmbedding
) -> ColumnPreprocessing:
    is_auto = (
        isinstance(settings, NumberPreprocessing) and settings.embedding is NumberEmbedding.AUTO
    )
    return settings.model_copy(update={"embedding": embedding}) if is_auto else settings


def check_preprocessing(
    overrides: Mapping[str, Mapping[str, Any]], info: DatasetInfo
) -> list[Problem]:
    """Find every problem of the overrides; empty if there is none."""
    problems: list[Problem] = []
    for name, fields in overrides.items():
        where = f"preprocessing.{name}"
        if name not in info.column_names:
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
