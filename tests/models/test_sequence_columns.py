"""Sequence columns become blocks: one length, one scale, filled up in front."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import keras
import numpy as np
import pytest

from dlstudio.models.blocks import Block, BlockKind, StructuredColumn
from dlstudio.models.inputs import sequence
from dlstudio.models.inputs.table import block_input
from dlstudio.models.tensors import new_input, ops
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.sequence import (
    SequencePreprocessing,
    SequenceScaling,
    resolve_sequence,
)
from dlstudio.spec.media import SequenceSummary, Spread

pytestmark = pytest.mark.tensorflow
NAN = float("nan")


@pytest.fixture
def seeds() -> Iterator[int]:
    return iter(count())


def block_of(shortest: int, longest: int, num_channels: int = 2, **settings: object) -> Block:
    summary = SequenceSummary(
        channels=tuple(f"c{place}" for place in range(num_channels)),
        length=Spread(min=shortest, median=longest, max=longest),
    )
    info = ColumnInfo(name="walk", kind=ColumnKind.SEQUENCE, num_distinct=9, sequence=summary)
    asked = SequencePreprocessing.model_validate({"scaling": SequenceScaling.NONE, **settings})
    return sequence.describe(StructuredColumn(info, resolve_sequence(asked, summary)), "sequence_1")


def objects(*sequences: list) -> np.ndarray:
    raw = np.empty(len(sequences), dtype=object)
    for row, steps in enumerate(sequences):
        raw[row] = np.asarray(steps, "float32")
    return raw


def features(block: Block, *sequences: list, train: tuple[list, ...] = ()) -> np.ndarray:
    """The features of sequences, fitted to other ones if there are any."""
    decoded = sequence.decode(block, objects(*sequences), Path())
    rows = sequence.decode(block, objects(*train), Path()) if train else decoded
    inputs = new_input(block.decoded_shape, dtype="float32")
    model = keras.Model(inputs, sequence.build(block, rows, inputs))
    return ops.convert_to_numpy(model(decoded))


def test_lengths_that_vary_get_a_channel_that_tells_where_steps_are() -> None:
    block = block_of(1, 3)

    found = features(block, [[1, 2]], [[1, 2], [3, 4], [5, 6]])

    assert (block.kind, block.shape, block.has_padding) == (BlockKind.SERIES, (3, 3), True)
    np.testing.assert_array_equal(found[0], [[0, 0, 0], [0, 0, 0], [1, 2, 1]])
    np.testing.assert_array_equal(found[1], [[1, 2, 1], [3, 4, 1], [5, 6, 1]])


def test_equal_lengths_need_none() -> None:
    block = block_of(2, 2)

    assert (block.shape, block.has_padding) == ((2, 2), False)
    np.testing.assert_array_equal(features(block, [[1, 2], [3, 4]])[0], [[1, 2], [3, 4]])


def test_of_longer_sequences_the_last_steps_are_taken() -> None:
    found = features(block_of(2, 9, 1, length=2), [[1], [2], [3]])

    np.testing.assert_array_equal(found[0, :, 0], [2, 3])


def test_a_missing_reading_takes_the_last_one_known() -> None:
    block = block_of(6, 6, 1)

    found = features(block, [[NAN], [4], [NAN], [NAN], [NAN], [7]])

    np.testing.assert_array_equal(found[0, :, 0], [0, 4, 4, 4, 4, 7])


def test_a_missing_sequence_is_all_padding() -> None:
    found = features(block_of(1, 3), [], [[1, 2]])

    np.testing.assert_array_equal(found[0], np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (SequenceScaling.STANDARD, [[-1, 0], [1, 0]]),
        (SequenceScaling.MIN_MAX, [[0.25, 0], [0.75, 0]]),
        (SequenceScaling.NONE, [[1, 9], [3, 9]]),
    ],
)
def test_channels_are_scaled_by_the_training_rows(scaling: SequenceScaling, expected: list) -> None:
    block = block_of(2, 2, scaling=scaling)
    train = ([[1, 5], [3, 5]],) if scaling is SequenceScaling.STANDARD else ([[0, 5], [4, 5]],)

    found = features(block, [[1, 9], [3, 9]], train=train)

    np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_a_reading_far_from_all_others_is_cut() -> None:
    block = block_of(2, 2, 1, scaling=SequenceScaling.STANDARD)

    found = features(block, [[1e30], [0]], train=([[-1], [1]],))

    np.testing.assert_array_equal(found[0, :, 0], [8, 0])


def test_each_sequence_can_be_scaled_by_itself() -> None:
    block = block_of(2, 4, 1, scaling=SequenceScaling.PER_SEQUENCE)

    found = features(block, [[1e6], [1e6 + 20]], [[1], [2], [3], [2]], [[7], [7]])

    np.testing.assert_allclose(found[0, 2:, 0], [-1, 1], atol=1e-3)
    np.testing.assert_allclose(found[1, :, 0], np.array([-1, 0, 1, 0]) * np.sqrt(2), atol=1e-5)
    np.testing.assert_array_equal(found[2, :, 0], [0, 0, 0, 0])


def test_shape_and_level_tell_weak_sequences_from_strong_ones() -> None:
    block = block_of(2, 4, 1, scaling=SequenceScaling.SHAPE_AND_LEVEL)
    weak, strong = [[0.001], [-0.001], [0.001], [-0.001]], [[700], [300], [700], [300]]

    found = features(block, weak, strong, [[1], [2]], [[5], [5]])

    assert block.shape == (4, 4)
    np.testing.assert_allclose(found[0, :, 0], [1, -1, 1, -1], atol=1e-4)
    np.testing.assert_allclose(found[1, :, 0], [1, -1, 1, -1], atol=1e-4)
    height, strength = found[:, -1, 1], found[:, -1, 2]
    assert strength[0] < strength[2] < strength[1] and height[0] < height[1]
    assert strength[3] <= strength[0] and np.isfinite(found).all()
    np.testing.assert_array_equal(found[2, :2], np.zeros((2, 4)))


def test_automatic_scaling_looks_at_how_strong_sequences_are() -> None:
    def scaling(amplitude: Spread | None) -> SequenceScaling:
        length = Spread(min=1, median=2, max=3)
        summary = SequenceSummary(channels=("x",), length=length, amplitude=amplitude)
        return resolve_sequence(SequencePreprocessing(), summary).scaling

    assert scaling(Spread(min=1, median=2, max=9)) is SequenceScaling.STANDARD
    assert scaling(Spread(min=0, median=1, max=90)) is SequenceScaling.SHAPE_AND_LEVEL
    assert scaling(None) is SequenceScaling.STANDARD


def test_differences_begin_with_the_second_step() -> None:
    block = block_of(2, 3, 1, differencing=True)

    found = features(block, [[5], [7], [4]], [[1], [2]])

    np.testing.assert_array_equal(found[0, :, 0], [0, 2, -3])
    np.testing.assert_array_equal(found[1, :, 0], [0, 0, 1])


@pytest.mark.parametrize("longest", [3, 4])  # 4 is also the number of rows
def test_raw_sequences_of_any_length_come_to_the_same_features(longest: int) -> None:
    block = block_of(1, longest)
    sequences = ([[1, 2]], [[1, NAN], [3, 4]], [[0, 1], [1, 2], [3, 4], [5, 6]], [])
    padded = np.full((4, 4, 2), NAN, "float32")
    for row, steps in enumerate(sequences):
        padded[row, : len(steps)] = np.asarray(steps, "float32").reshape(-1, 2)

    raw = sequence.raw_input(block, "walk")
    model = keras.Model(raw, sequence.bring_to_shape(block, raw))

    decoded = sequence.decode(block, objects(*sequences), Path())
    np.testing.assert_array_equal(ops.convert_to_numpy(model(padded)), decoded)
    np.testing.assert_array_equal(ops.convert_to_numpy(model(decoded)), decoded)


@pytest.mark.parametrize("setting", ["noise", "time_shift"])
def test_augmentation_changes_training_only(setting: str, seeds: Iterator[int]) -> None:
    block = block_of(4, 12, 2, **{setting: 0.5})
    inputs = new_input(block.shape, dtype="float32")
    model = keras.Model(inputs, sequence.enter(block, inputs, seeds).tensor)
    rows = np.random.default_rng(0).normal(size=(12, *block.shape)).astype("float32")
    rows[:, :, -1] = [0] * 4 + [1] * 8
    rows[:, :4] = 0

    np.testing.assert_array_equal(ops.convert_to_numpy(model(rows, training=False)), rows)
    changed = ops.convert_to_numpy(model(rows, training=True))
    assert np.abs(changed - rows).max() > 0.1
    assert set(np.unique(changed[:, :, -1])) == {0.0, 1.0}
    if setting == "noise":
        np.testing.assert_array_equal(changed[:, :4], rows[:, :4])


def test_the_mask_is_the_last_channel_where_lengths_vary(seeds: Iterator[int]) -> None:
    padded, equal = block_of(1, 3), block_of(3, 3)

    assert sequence.enter(padded, new_input(padded.shape), seeds).mask is not None
    assert sequence.enter(equal, new_input(equal.shape), seeds).mask is None
    assert block_input(padded) is sequence
