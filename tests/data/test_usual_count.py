"""How many rows usually share a value, and that it sees what one long series hides."""

import numpy as np
import pytest

from dlstudio.data.usual_count import usual_count


@pytest.mark.parametrize(
    ("counts", "usual"),
    [
        ([7], 7),
        ([20] * 60 + [3_000], 20),  # one long series lifts the mean to 68
        ([40, 10, 30, 20], 20),
        ([3] * 60 + [1_000] * 40, 1_000),  # remains of a few rows
        ([9] * 200 + [1_000], 9),  # short, but most of the data
        ([1] * 50, 1),
    ],
)
def test_the_usual_count_is_the_median_of_what_counts(counts: list[int], usual: int) -> None:
    assert usual_count(*np.unique(counts, return_counts=True)) == usual


def test_no_values_have_no_usual_count() -> None:
    assert usual_count(np.zeros(0, int), np.zeros(0, int)) is None
