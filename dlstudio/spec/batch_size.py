"""The batch size that "auto" stands for."""

import math

SMALLEST = 16
LARGEST = 1024


def resolve_batch_size(asked: int | str, num_rows: int) -> int:
    """Give the batch size to train with.

    Args:
        asked: A batch size, or "auto" for the power of two nearest to the square root of the
            number of rows, between 16 and 1,024: small data gets enough steps an epoch, large
            data gets fast ones.
        num_rows: Number of training rows, at least 1.

    Returns:
        Rows a batch; what was asked, unchanged, unless it was "auto".
    """
    if isinstance(asked, int):
        return asked
    power = round(math.log2(math.sqrt(max(num_rows, 1))))
    return min(max(2**power, SMALLEST), LARGEST)
