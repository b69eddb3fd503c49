"""Training steps of the studio's engine against a loop that is written by hand."""

import statistics
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dlstudio.data.dataset import Dataset
from dlstudio.spec.run import RunSpec
from dlstudio.training.batches import Batch, batch_of_all
from dlstudio.training.compile import compile_model, num_training_steps
from dlstudio.training.engine import CompiledEpochs
from dlstudio.training.prepare_unsupervised import CanvasPreparation, prepare_unsupervised
from dlstudio.training.road import Stretch
from dlstudio.training.variables import build_variables

ROUNDS = 7


def step_ratio(dataset: Dataset, spec: RunSpec) -> float:
    """Measure how many times as fast the engine's steps are as those of a loop by hand.

    Both run the network's own `train_step` over the same shuffled rows, which lie in memory; the
    loop by hand is a `tf.function` over `tf.range` that takes a slice a step. By turns, without
    tracing; validation and reports are left out.

    Args:
        dataset: The dataset.
        spec: The spec.

    Returns:
        The median ratio of the rounds; above 1 the engine is faster.
    """
    sides = [_by_engine(_compiled(dataset, spec)), _by_hand(_compiled(dataset, spec))]
    for side in sides:
        side()
    ratios = []
    for number in range(ROUNDS):
        seconds = {}
        for place in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            sides[place]()
            seconds[place] = time.perf_counter() - started
        ratios.append(seconds[1] / seconds[0])
    return statistics.median(ratios)


def _compiled(dataset: Dataset, spec: RunSpec) -> CanvasPreparation:
    keras.utils.set_random_seed(spec.training.seed)
    prepared = prepare_unsupervised(dataset, spec)
    num_steps = num_training_steps(
        len(prepared.data.train), prepared.batch_size, spec.training.epochs
    )
    compile_model(prepared.network, spec.task, spec.training, num_steps)
    return prepared


def _by_engine(prepared: CanvasPreparation) -> Callable[[], None]:
    road = CompiledEpochs(prepared.network, prepared.data, prepared.batch_size)

    def epoch() -> None:
        road.begin_epoch(seed=7, epoch=0, first_step=0)
        road.run(Stretch(0, road.num_full_steps))

    return epoch


def _by_hand(prepared: CanvasPreparation) -> Callable[[], None]:
    network, size = prepared.network, prepared.batch_size
    rows = tf.nest.map_structure(tf.constant, batch_of_all(network, prepared.data.train))
    num_rows = len(prepared.data.train)
    build_variables(network, rows)

    # Keras's own code is no text to convert; only the loop is.
    train_step = tf.autograph.experimental.do_not_convert(network.train_step)

    @tf.function
    def steps(shuffled, count):  # noqa: ANN001, ANN202 - as a script would be written
        for step in tf.range(count):
            train_step(_slice(shuffled, step * size, size))

    def epoch() -> None:
        order = tf.constant(np.random.default_rng(7).permutation(num_rows))
        shuffled = tf.nest.map_structure(lambda tensor: tf.gather(tensor, order), rows)
        steps(shuffled, tf.constant(num_rows // size))

    return epoch


def _slice(rows: Batch, start: tf.Tensor, size: int) -> Batch:
    return tf.nest.map_structure(lambda tensor: tensor[start : start + size], rows)
