"""Rows are cut into batches by their number and by the letters of their texts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlstudio.models.text_batches import LETTERS_AT_ONCE, batch_slices


def _column(lengths: list[int]) -> np.ndarray:
    return np.asarray(["x" * length for length in lengths], object)


def test_long_texts_make_short_batches() -> None:
    third = LETTERS_AT_ONCE // 3
    column = _column([third, third, third, third, 3 * LETTERS_AT_ONCE, 5, 0])

    found = [list(range(7))[part] for part in batch_slices(7, 100, [column])]

    assert found == [[0, 1, 2], [3], [4], [5, 6]]


def test_letters_of_several_columns_count_together() -> None:
    half = _column([LETTERS_AT_ONCE // 2] * 3)

    assert len(list(batch_slices(3, 100, [half]))) == 2
    assert len(list(batch_slices(3, 100, [half, half[:, None]]))) == 3


def test_no_rows_are_one_empty_batch() -> None:
    (part,) = batch_slices(0, 10, [])
    assert list(range(0))[part] == []


@given(
    lengths=st.lists(st.integers(0, LETTERS_AT_ONCE // 2), min_size=1, max_size=12),
    most_rows=st.integers(1, 5),
)
def test_batches_hold_every_row_once_and_stay_within_both_limits(
    lengths: list[int], most_rows: int
) -> None:
    parts = list(batch_slices(len(lengths), most_rows, [_column(lengths)]))

    assert [row for part in parts for row in range(len(lengths))[part]] == list(range(len(lengths)))
    for part in parts:
        assert 1 <= len(lengths[part]) <= most_rows
        assert sum(lengths[part]) <= LETTERS_AT_ONCE
