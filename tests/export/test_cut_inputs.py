"""Texts, sounds and videos of a file that are longer than the network takes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dlstudio.data.media.opencv import cv2
from dlstudio.export.cut_inputs import CutInputs
from dlstudio.models.columns import input_columns
from dlstudio.models.inputs.table import describe_blocks
from dlstudio.models.preprocessing import fit_preprocessor
from dlstudio.spec.dataset import ColumnKind
from dlstudio.spec.inputs.text import TextUnit
from dlstudio.spec.text_pieces import count_tokens
from tests.models.tables import Raw, describe, spec_for, texts

pytestmark = pytest.mark.tensorflow

STORIES = texts("", "one - two", "It's one, two three", "one two three four, five six!")


def notes(
    cells: np.ndarray, kind: ColumnKind, folder: Path, fields: Mapping[str, object]
) -> list[str]:
    """What is told of the cells of a column x, added in two parts."""
    table: Raw = {"x": cells, "y": texts(*["a"] * len(cells))}
    spec = spec_for(["x"], ["y"], preprocessing={"x": dict(fields)}, architecture={"kind": "cnn"})
    cut = CutInputs()
    for block in describe_blocks(input_columns(spec, describe(table, {"x": kind})).structured):
        cut.add(block, cells[:2], folder)
        cut.add(block, cells[2:], folder)
    return list(cut.notes())


def test_texts_read_in_order_are_cut_and_those_in_bags_are_not(tmp_path: Path) -> None:
    (told,) = notes(STORIES, ColumnKind.TEXT, tmp_path, {"length": 3})
    assert told.startswith("2 of 3 texts in 'x' are longer than the 3 words that the network takes")
    assert "(up to 6): only the first 3 words of each count" in told
    (told,) = notes(STORIES, ColumnKind.TEXT, tmp_path, {"length": 20, "unit": "character"})
    assert told.startswith("1 of 3 texts in 'x' is longer than the 20 characters")
    assert notes(STORIES, ColumnKind.TEXT, tmp_path, {"length": 6}) == []
    assert notes(STORIES, ColumnKind.TEXT, tmp_path, {"length": 3, "encoding": "tf_idf"}) == []


@pytest.mark.parametrize("unit", [TextUnit.WORD, TextUnit.CHARACTER])
def test_as_many_words_and_letters_are_counted_as_the_network_gets(unit: TextUnit) -> None:
    rows = texts("Über - gut!", "a\tb  c\nd", "…", *STORIES)
    table: Raw = {"x": rows, "y": texts(*["a"] * len(rows))}
    fields = {"x": {"length": 60, "unit": unit}}
    spec = spec_for(["x"], ["y"], preprocessing=fields, architecture={"kind": "cnn"})
    fitted = fit_preprocessor(spec, describe(table, {"x": ColumnKind.TEXT}), {"x": rows[:, None]})
    (numbers,) = fitted.transform({"x": rows[:, None]}).values()
    counted = [count_tokens(text, unit) for text in rows]
    assert (np.asarray(numbers) != 0).sum(axis=1).tolist() == counted


def test_sounds_are_cut_at_what_is_kept_of_them(tmp_path: Path) -> None:
    for name, seconds in (("a.wav", 1.0), ("b.flac", 1.005), ("c.wav", 2.5)):
        soundfile.write(tmp_path / name, np.zeros(round(8_000 * seconds)), 8_000)
    cells = texts("a.wav", "", "b.flac", "c.wav")

    (told,) = notes(cells, ColumnKind.AUDIO, tmp_path, {"duration_s": 1.0})
    assert told.startswith("1 of 3 sounds in 'x' is longer than the 1 second that the network")
    assert "(up to 2.5): only its first 1 second counts, what follows is cut off." in told
    kept = {"duration_s": 1.0, "long_sounds": "everywhere"}
    assert notes(cells, ColumnKind.AUDIO, tmp_path, kept) == []
    (told,) = notes(cells, ColumnKind.AUDIO, tmp_path, kept | {"kept_s": 2.0})
    assert "with a value for Kept of a sound of 2.5 (preprocessing.x.kept_s)." in told


def test_videos_at_a_frame_rate_are_cut_and_those_spread_evenly_are_not(tmp_path: Path) -> None:
    for name, num_frames in (("a.avi", 10), ("b.avi", 25)):
        codec = cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(tmp_path / name), cv2.CAP_FFMPEG, codec, 10.0, (32, 24))
        for _ in range(num_frames):
            writer.write(np.zeros((24, 32, 3), "uint8"))
        writer.release()
    (tmp_path / "c.avi").write_bytes(b"no video")
    cells = texts("a.avi", "", "b.avi", "c.avi")

    fields = {"num_frames": 4, "frame_rate": 4.0}
    (told,) = notes(cells, ColumnKind.VIDEO, tmp_path, fields)
    assert told.startswith("1 of 2 videos in 'x' is longer than the 1 second that the network")
    assert "(up to 2.5): only its first 1 second counts, what follows is cut off." in told
    assert "with 10 Frames (preprocessing.x.num_frames)" in told
    assert notes(cells, ColumnKind.VIDEO, tmp_path, {"num_frames": 4}) == []
