"""How a number column becomes numbers around zero where rows are made up."""

from pydantic import Field

from dlstudio.spec.inputs.number import NumberPreprocessing, NumberScaling


class GeneratedNumberPreprocessing(NumberPreprocessing):
    """A number column; by its rank, so that whatever is made is spread as the column is."""

    scaling: NumberScaling = Field(
        default=NumberScaling.QUANTILE,
        title="Scaling",
        description="Networks learn best from numbers around zero. Quantile uses the rank, so "
        "that what is made up is spread as the column is, however skewed; standard uses mean and "
        "spread, robust the middle half of the values, min–max the range 0 to 1. None leaves them "
        "as they are.",
    )
