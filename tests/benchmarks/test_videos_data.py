"""Films are cut into clips of a second, the same ones each time."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.videos_data import cut_film
from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.video_file import open_video

FRAME_RATE, NUM_FRAMES = 9.6, 25


def _film(path: Path) -> Path:
    """A film that grows lighter from frame to frame, of two and a half seconds."""
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, FRAME_RATE, (32, 24))
    for number in range(NUM_FRAMES):
        writer.write(np.full((24, 32, 3), (0, 0, 10 * number), np.uint8))
    writer.release()
    return path


def _reds(path: Path) -> list[float]:
    with open_video(path) as clip:
        return [float(frame[..., 0].mean()) for frame in clip.frames(range(clip.num_frames))]


def test_clips_follow_each_other_without_overlap_and_without_the_rest(tmp_path: Path) -> None:
    film = _film(tmp_path / "film.avi")
    assert cut_film(film, tmp_path / "clips") == 2
    clips = sorted((tmp_path / "clips").iterdir())
    assert [clip.name for clip in clips] == ["00.avi", "01.avi"]
    assert [len(_reds(clip)) for clip in clips] == [10, 10]
    levels = [level for clip in clips for level in _reds(clip)]
    assert levels == pytest.approx([10 * number for number in range(20)], abs=5)
    with open_video(clips[0]) as clip:
        assert clip.frame_rate == pytest.approx(FRAME_RATE)


def test_a_film_is_cut_the_same_way_each_time(tmp_path: Path) -> None:
    film = _film(tmp_path / "film.avi")
    for name in ("once", "again"):
        cut_film(film, tmp_path / name)
    for number in ("00.avi", "01.avi"):
        assert (tmp_path / "once" / number).read_bytes() == (
            tmp_path / "again" / number
        ).read_bytes()


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("no film")
    with pytest.raises(UnreadableMedia, match="not a video"):
        cut_film(path, tmp_path / "clips")
