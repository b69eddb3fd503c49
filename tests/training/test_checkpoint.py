"""Checkpoints are whole or not there at all."""

import os
from pathlib import Path

import numpy as np
import pytest

from dlstudio.errors import TrainingError
from dlstudio.reports.progress import EngineChoice
from dlstudio.training.checkpoint import (
    FILE_NAME,
    Checkpoint,
    read_checkpoint,
    read_state,
    remove_checkpoint,
    write_checkpoint,
)
from dlstudio.training.state import TrainingState


def checkpoint(epoch: int = 1) -> Checkpoint:
    state = TrainingState(
        engine=EngineChoice(mode="graph", reason="It was asked for."),
        batch_size=32,
        num_examples=100,
        seed=7,
        epoch=epoch,
        time_s=0.1 + 0.2,
    )
    values = [np.arange(6, dtype="float32").reshape(2, 3), np.array([1, 2**31], "uint32")]
    return Checkpoint(state, values, [values[0] / 3])


def test_what_is_written_is_read_exactly(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "new", checkpoint())

    found = read_checkpoint(tmp_path / "new")

    assert found is not None
    assert found.state == checkpoint().state
    for one, other in zip(
        [*found.values, *found.best_weights],
        [*checkpoint().values, *checkpoint().best_weights],
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def test_sixteen_bit_weights_survive(tmp_path: Path) -> None:
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    values = [np.array([1.5, -2.25], bfloat16)]

    write_checkpoint(tmp_path, Checkpoint(checkpoint().state, values))

    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.values[0].dtype == bfloat16
    np.testing.assert_array_equal(found.values[0].astype("float32"), [1.5, -2.25])


def test_the_state_is_read_without_the_values(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, checkpoint(epoch=3))

    assert read_state(tmp_path) == checkpoint(epoch=3).state


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path) is None
    assert read_state(tmp_path) is None
    assert read_checkpoint(tmp_path / "missing") is None


def test_an_interrupted_write_leaves_the_previous_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path, checkpoint(epoch=1))

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TrainingError, match="could not be written.*No space left") as caught:
        write_checkpoint(tmp_path, checkpoint(epoch=2))

    assert caught.value.fix.startswith("Free disk space or make the folder writable; then resume")
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.state.epoch == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_whatever_ends_a_write_it_leaves_nothing_that_takes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise MemoryError

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(MemoryError):
        write_checkpoint(tmp_path, checkpoint())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [0, 10, 500])
def test_a_damaged_file_is_named(tmp_path: Path, kept: int) -> None:
    write_checkpoint(tmp_path, checkpoint())
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(TrainingError, match="cannot be read") as caught:
        read_checkpoint(tmp_path)

    assert caught.value.fix == "Start the run again from the beginning."


def test_pickles_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / FILE_NAME, meta=np.array([{"format": 1}], dtype=object))

    with pytest.raises(TrainingError, match="cannot be read"):
        read_checkpoint(tmp_path)


def test_removing_takes_left_overs_too(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, checkpoint())
    (tmp_path / f"{FILE_NAME}.123.tmp").write_bytes(b"half")

    remove_checkpoint(tmp_path)

    assert list(tmp_path.iterdir()) == []
