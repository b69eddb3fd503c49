"""Number columns of an anomaly detection: scaled so that far values stay far."""

from pydantic import Field

from dlstudio.spec.inputs.number import NumberPreprocessing, NumberScaling


class AnomalyNumberPreprocessing(NumberPreprocessing):
    """A number column; robust scaling would bend outliers, which are what is looked for."""

    scaling: NumberScaling = Field(
        default=NumberScaling.STANDARD,
        title="Scaling",
        description="Networks learn best from numbers around zero. Standard uses mean and spread "
        "and leaves far values far, so that they are noticed; robust and quantile bring outliers "
        "close to the others; min–max uses the range 0 to 1. None leaves them as they are: for "
        "numbers that are around zero already.",
    )
