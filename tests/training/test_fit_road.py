"""The road that feeds Keras's own steps batch by batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlstudio.training.examples import Examples, PreparedData
from dlstudio.training.fit_road import FitRoad
from dlstudio.training.road import Stretch

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def road() -> FitRoad:
    inputs = keras.Input((2,), name="inputs")
    model = keras.Model({"inputs": inputs}, keras.layers.Dense(1)(inputs))
    model.compile("adam", "mse")
    rows = np.arange(200, dtype=np.float32).reshape(100, 2)
    examples = Examples({"inputs": rows}, rows[:, :1])
    return FitRoad(model, PreparedData(examples, examples), batch_size=8)


def test_an_epoch_left_in_the_middle_is_let_go_at_once(road: FitRoad) -> None:
    road.begin_epoch(seed=0, epoch=0, first_step=0)
    assert road.run(Stretch(0, 3)).next_step == 3
    # What tunes a pipeline runs in a thread that is waited for, up to seconds.
    batches = road._batches(road._train, np.arange(100, dtype=np.int32), road._read_train)
    assert isinstance(batches, tf.data.Dataset)
    assert batches.options().autotune.enabled is False

    road.begin_epoch(seed=0, epoch=1, first_step=0)
    assert road.run(Stretch(0, road.num_steps)).next_step == 13
