"""How a number column becomes numbers around zero."""

from enum import StrEnum

from pydantic import Field

from dlstudio.spec.part import SpecPart


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


class NumberPreprocessing(SpecPart):
    """A number column."""

    scaling: NumberScaling = Field(
        default=NumberScaling.ROBUST,
        title="Scaling",
        description="Networks learn best from numbers around zero. Robust uses the middle half of "
        "the values, so that outliers do no harm. Standard uses mean and spread; min–max the "
        "range 0 to 1, which one outlier squeezes; quantile the rank, for very uneven numbers. "
        "None leaves them as they are: for numbers that are around zero already.",
    )
    fill: NumberFill = Field(
        default=NumberFill.MEDIAN,
        title="Missing values",
        description="What stands in for a missing number. The median, the middle value, is rarely "
        "wrong. The mean suits numbers without outliers; zero suits counts whose gaps mean none.",
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
        "single ranges of it. Helps on tables with many rows, and learns small ones by heart. "
        "Piecewise linear cuts it into ranges; periodic lays waves over it; none keeps it as it "
        "is. Automatic takes piecewise linear from 1,000 rows for a regression and from 2,000 "
        "rows for a classification, unless the table is very wide or large.",
    )
    num_bins: int = Field(
        default=8,
        ge=2,
        le=256,
        title="Embedding size",
        description="Ranges or waves a number is spread over. More see finer detail and learn "
        "small data by heart; fewer see only the rough course.",
    )
