"""The training examples in the order of each epoch."""

from concurrent.futures import Future, ThreadPoolExecutor

import tensorflow as tf

from dlstudio.training.batches import Batch
from dlstudio.training.order import epoch_order

# Shuffling less than this takes no longer than handing it to another thread; for more, one more
# copy of the examples would count.
WORTH_A_THREAD_BYTES = 2**20
LARGEST_AHEAD_BYTES = 2**28


class Shuffles:
    """Shuffles examples on the device; of middle size, for the next epoch while this one runs."""

    def __init__(self, examples: Batch) -> None:
        """Keep the examples; nothing is shuffled yet.

        Args:
            examples: Tensors with one row an example.
        """
        self._examples = examples
        tensors = tf.nest.flatten(examples)
        self._num_examples = int(tensors[0].shape[0])
        num_bytes = sum(tensor.dtype.size * tensor.shape.num_elements() for tensor in tensors)
        is_worth_it = WORTH_A_THREAD_BYTES <= num_bytes <= LARGEST_AHEAD_BYTES
        has_gpu = bool(tf.config.list_logical_devices("GPU"))
        self._thread = ThreadPoolExecutor(1) if is_worth_it and not has_gpu else None
        self._last = (-1, -1)
        self._ahead: tuple[tuple[int, int], Future[Batch]] | None = None

    def of_epoch(self, seed: int, epoch: int) -> Batch:
        """Give the examples in the order of an epoch; see `epoch_order`.

        From the second of successive epochs on, the order after it is begun in another thread.

        Args:
            seed: The run's seed, at least 0.
            epoch: Number of the epoch, counted from 0.
        """
        wanted, ahead = (seed, epoch), self._ahead
        self._ahead = None
        shuffled = ahead[1].result() if ahead and ahead[0] == wanted else self._shuffled(*wanted)
        if self._thread and self._last == (seed, epoch - 1):
            following = (seed, epoch + 1)
            self._ahead = following, self._thread.submit(self._shuffled, *following)
        self._last = wanted
        return shuffled

    def _shuffled(self, seed: int, epoch: int) -> Batch:
        rows = tf.constant(epoch_order(seed, epoch, self._num_examples), tf.int32)
        return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), self._examples)
