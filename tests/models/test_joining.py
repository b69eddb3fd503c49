"""Thousands of inputs side by side."""

import keras
import numpy as np
import pytest

from dlstudio.models.joining import MOST_AT_ONCE, join
from dlstudio.models.tensors import new_input

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("count", [1, 2, MOST_AT_ONCE, MOST_AT_ONCE + 1, 3 * MOST_AT_ONCE + 7])
def test_the_order_of_the_inputs_is_kept(count: int) -> None:
    inputs = [new_input((1,), name=f"x{place}", dtype="float32") for place in range(count)]
    model = keras.Model(inputs, join(inputs, "all_numbers", "float32"))

    answer = model([np.full((2, 1), place, "float32") for place in range(count)])

    np.testing.assert_array_equal(answer, [list(range(count))] * 2)


def test_no_layer_joins_more_than_keras_handles_quickly() -> None:
    inputs = [new_input((1,), name=f"x{place}", dtype="float32") for place in range(450)]
    model = keras.Model(inputs, join(inputs, "all_numbers", "float32"))

    joins = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]

    assert [layer.name for layer in joins if not layer.name.startswith("all_numbers_part_")] == [
        "all_numbers"
    ]
    assert max(len(layer.input) for layer in joins) <= MOST_AT_ONCE
