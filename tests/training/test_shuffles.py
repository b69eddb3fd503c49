"""The examples in the order of each epoch, made ahead or when they are asked for."""

import numpy as np
import pytest
import tensorflow as tf

from dlstudio.training import shuffles
from dlstudio.training.batches import Batch
from dlstudio.training.order import epoch_order
from dlstudio.training.shuffles import Shuffles

pytestmark = pytest.mark.tensorflow

NUM_EXAMPLES = 50


def features() -> np.ndarray:
    return np.arange(NUM_EXAMPLES * 3, dtype="float32").reshape(NUM_EXAMPLES, 3)


def examples() -> tuple[dict[str, tf.Tensor], tf.Tensor]:
    return {"inputs": tf.constant(features())}, tf.range(NUM_EXAMPLES)


@pytest.mark.parametrize("is_ahead", [False, True])
def test_each_epoch_has_its_order_however_it_is_asked_for(
    is_ahead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuffles, "WORTH_A_THREAD_BYTES", 0 if is_ahead else 2**20)
    made = Shuffles(examples())

    for seed, epoch in [(7, 0), (7, 1), (7, 2), (7, 3), (7, 9), (8, 10), (8, 11), (8, 11), (8, 0)]:
        inputs, targets = made.of_epoch(seed, epoch)

        order = epoch_order(seed, epoch, NUM_EXAMPLES)
        np.testing.assert_array_equal(targets, order)
        np.testing.assert_array_equal(inputs["inputs"], features()[order])


def test_the_next_order_is_made_while_an_epoch_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffles, "WORTH_A_THREAD_BYTES", 0)
    drawn: list[int] = []

    class Watched(Shuffles):
        # Its own draws alone: a thread of another test may still be drawing.
        def _shuffled(self, seed: int, epoch: int) -> Batch:
            drawn.append(epoch)
            return super()._shuffled(seed, epoch)

    made = Watched(examples())

    made.of_epoch(7, 0)
    assert drawn == [0]  # whether another epoch follows is not known yet
    made.of_epoch(7, 1)
    assert made._thread is not None
    made._thread.shutdown(wait=True)
    assert drawn == [0, 1, 2]
