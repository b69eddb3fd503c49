"""Frames of what a network rebuilds or makes, on disk."""

from pathlib import Path

import numpy as np
import pytest

from dlstudio.runs.folders import RunFolder
from dlstudio.runs.samples import ORIGINALS, SampleFrame, list_frames, read_frame, write_frame
from dlstudio.spec.canvas import CanvasKind


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def frame(epoch: int) -> SampleFrame:
    values = np.arange(2 * 4 * 4, dtype="uint8").reshape(2, 4, 4, 1)
    return SampleFrame(epoch, CanvasKind.IMAGE, values, ("käse", "b"))


def test_a_frame_is_read_as_it_was_written(folder: RunFolder) -> None:
    write_frame(folder, frame(3))
    read = read_frame(folder, 3)

    assert read is not None
    assert (read.epoch, read.kind, read.captions) == (3, CanvasKind.IMAGE, ("käse", "b"))
    np.testing.assert_array_equal(read.values, frame(3).values)


def test_a_frame_of_a_table_keeps_what_its_columns_are(folder: RunFolder) -> None:
    cells = np.asarray([["1", "good, film"]])
    kept = SampleFrame(1, CanvasKind.TABLE, cells, (), ("age", "note"), ("age",), ("note",))
    write_frame(folder, kept)
    read = read_frame(folder, 1)

    assert read is not None
    assert (read.columns, read.numbers, read.texts) == (("age", "note"), ("age",), ("note",))


def test_frames_are_listed_in_order_without_the_originals(folder: RunFolder) -> None:
    assert list_frames(folder) == []
    for epoch in (10, ORIGINALS, 2):
        write_frame(folder, frame(epoch))

    assert list_frames(folder) == [2, 10]
    assert sorted(path.name[:6] for path in folder.samples.iterdir()) == ["epoch_"] * 3


def test_a_damaged_or_missing_frame_is_none(folder: RunFolder) -> None:
    write_frame(folder, frame(1))
    next(iter(folder.samples.iterdir())).write_bytes(b"no archive")

    assert read_frame(folder, 1) is None
    assert read_frame(folder, 2) is None
