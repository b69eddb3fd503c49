"""What is wrong with a picture, a sound or a video is told with what helps against it."""

import io
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.images import MAX_PIXELS
from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, huge_picture, picture, sound
from tests.data.files import refuse

SMALLER = "Make it smaller: at most 8,944 x 8,944 pixels, or as many in another shape."
LONGER = "Record it for longer, a tenth of a second at least, or leave it out."
FASTER = (
    "Record or convert it at 1,000 Hz or more; readings that are slower fit into a table, a row a "
    "step."
)
WITH_PICTURES = (
    "Export it again with its pictures, one at least; if it plays nowhere, leave it out."
)


def tone(num_samples: int, rate: int = 8_000, num_channels: int = 1) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.full((num_samples, num_channels), 0.1), rate, format="WAV")
    return file.getvalue()


def video(num_frames: int, folder: Path) -> bytes:
    path = folder / "written.avi"
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, 10.0, (32, 24))
    for number in range(num_frames):
        writer.write(np.full((24, 32, 3), 9 * number, "uint8"))
    writer.release()
    return path.read_bytes()


def test_the_side_that_is_told_is_the_largest_that_is_read() -> None:
    assert 8_944**2 <= MAX_PIXELS < 8_945**2


@pytest.mark.parametrize(
    ("content", "fix"),
    [
        (tone(100, rate=8), FASTER),
        (tone(1), LONGER),
        (tone(0), LONGER),
        (tone(800, num_channels=65), "Mix it down to 64 channels or fewer; one is enough for most"),
        (b"", "Replace the file."),
    ],
    ids=["slow", "one sample", "no sample", "many channels", "empty"],
)
def test_a_sound_among_others_is_told_with_what_helps(
    content: bytes, fix: str, settings: Settings, tmp_path: Path
) -> None:
    files = {"a/1.wav": sound(1), "b/2.wav": sound(2), "b/3.wav": content}
    told = refuse(lambda: add_folder(settings, tmp_path, files)).problems
    assert [problem.where for problem in told] == ["leave_out_broken", "b/3.wav"]
    assert told[1].fix.startswith(fix)


def test_an_image_that_is_too_large_is_told_how_large_it_may_be(
    settings: Settings, tmp_path: Path
) -> None:
    files = {"a/1.png": picture(1), "b/2.png": picture(2), "b/3.png": huge_picture(30_000)}
    told = refuse(lambda: add_folder(settings, tmp_path / "plain", files)).problems
    assert told[1].problem == "'b/3.png' has 900 megapixels; at most 80 megapixels are read."
    assert told[1].fix == SMALLER
    table = "path,label\na/1.png,a\nb/3.png,b\nb/2.png,b\n"
    listed = refuse(lambda: add_folder(settings, tmp_path / "listed", files | {"t.csv": table}))
    assert listed.problems[1].fix == f"{SMALLER} Line 3 names it."


def test_a_video_without_frames_is_told_with_what_helps(settings: Settings, tmp_path: Path) -> None:
    good = {f"{'ab'[place]}/{place}.avi": video(3 + place, tmp_path) for place in range(2)}
    files = {**good, "b/3.avi": video(0, tmp_path)}
    told = refuse(lambda: add_folder(settings, tmp_path, files)).problems
    assert told[1].where == "b/3.avi"
    assert told[1].fix == WITH_PICTURES


def test_an_error_keeps_what_helps_across_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(UnreadableMedia("is small", "a.wav", "Make it larger.")))
    assert (error.reason, error.path, error.own_fix) == ("is small", "a.wav", "Make it larger.")
    assert error.fix == "Make it larger."
    assert UnreadableMedia("is small").fix == "Replace the file, or leave it out."
