"""Answers for long sounds: the mean over windows spread evenly, as if they were an ensemble."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from dlstudio.models.blocks import Block
from dlstudio.models.inputs.sound_windows import even_windows, window_name
from dlstudio.models.members import average_members
from dlstudio.models.targets import TargetKind
from dlstudio.models.tensors import Tensor, ops

Features = Mapping[str, Tensor]


class WindowedNetwork(keras.Model):
    """A functional network that learns from one random window of a long sound at a time.

    It is measured by the mean answer over all windows, which is what the saved model gives.
    """

    answer: Callable[[Features], Tensor]

    def test_step(self, data: Any) -> Any:  # noqa: ANN401 - Keras's own arguments
        """Measure a batch as Keras does, by what the windows answer together."""
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self.answer(x)
        loss = self.compute_loss(x, y, y_pred, weights, training=False)
        tracker: Any = self._loss_tracker
        tracker.update_state(loss, sample_weight=ops.shape(y_pred)[0])
        return self.compute_metrics(x, y, y_pred, weights)


def windowed_network(
    inputs: dict[str, Tensor], outputs: Tensor, blocks: tuple[Block, ...], kind: TargetKind
) -> WindowedNetwork:
    """Make a network of which a feature is longer than what it takes at once.

    Args:
        inputs: Symbolic features by name.
        outputs: Symbolic logits or values.
        blocks: The structured inputs.
        kind: What the outputs mean.
    """
    network = WindowedNetwork(inputs, outputs, name="network")
    answers = answers_of_windows(network, blocks)
    network.answer = lambda features: average_members(answers(features), kind)
    return network


def answers_of_windows(
    network: keras.Model, blocks: tuple[Block, ...]
) -> Callable[[Features], Tensor]:
    """Tell how a network answers: without augmentation, and for every window of long features.

    Args:
        network: The network; its layers are shared, not copied.
        blocks: Its structured inputs.

    Returns:
        A function of features by name, symbolic or not. It gives what the network gives; where a
        feature is longer than what it takes at once, `(batch, windows * members, outputs)`, to be
        averaged as the members of an ensemble are.
    """
    long = {block.name: block for block in blocks if block.long_shape is not None}
    inputs: Any = network.input
    if not long:
        # The same layers without the loss and optimizer that the network may be compiled with.
        plain: Any = keras.Model(inputs, network.output, name="network")
        # Keras's augmentation layers augment whenever they are not told otherwise.
        return lambda features: plain(features, training=False)
    entries = {
        name: network.get_layer(window_name(long[name])).output if name in long else tensor
        for name, tensor in inputs.items()
    }
    # A list, since Keras wants the keys of a dict to be the names of its tensors.
    behind_windows: Any = keras.Model(list(entries.values()), network.output, name="network")
    num_windows = max(block.num_windows for block in long.values())

    def answer(features: Features) -> Tensor:
        each = {
            name: even_windows(long[name], values, num_windows)
            if name in long
            else ops.repeat(values, num_windows, axis=0)
            for name, values in features.items()
        }
        outputs = behind_windows([each[name] for name in entries], training=False)
        num_members = 1 if len(outputs.shape) == 2 else outputs.shape[1]
        return ops.reshape(outputs, (-1, num_windows * num_members, outputs.shape[-1]))

    return answer
