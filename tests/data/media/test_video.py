"""Videos are decoded alike whatever their format, and what is wrong with one is said."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.media.errors import UnreadableMedia
from dlstudio.data.media.opencv import cv2  # silent before FFmpeg begins
from dlstudio.data.media.video import VideoProbe, decode_video, probe_video, summarize_videos
from dlstudio.spec.inputs.image import ImageChannels, ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing

CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".avi": "MJPG", ".mkv": "FFV1"}
SMALL = VideoPreprocessing(num_frames=4, width=16, height=12)


def _frames(count: int = 20, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Frames that grow brighter, red on their left half and blue on their right."""
    frames = []
    for number in range(count):
        frame = np.zeros((height, width, 3), "uint8")
        level = 40 + 200 * number // count
        frame[:, : width // 2, 0] = level
        frame[:, width // 2 :, 2] = level
        frames.append(frame)
    return frames


def _write(path: Path, frames: list[np.ndarray], size: tuple[int, int] | None = None) -> Path:
    if path.suffix == ".gif":
        images = [Image.fromarray(frame) for frame in frames]
        images[0].save(path, save_all=True, append_images=images[1:], duration=100)
        return path
    width, height = size or frames[0].shape[1::-1]
    codec = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, 10.0, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def _reason(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(UnreadableMedia) as caught:
        probe_video(path)
    assert str(path) in caught.value.problem
    return caught.value.reason


def _levels(decoded: np.ndarray) -> list[float]:
    """How red the left half of each frame is."""
    return [float(frame[:, :6, 0].mean()) for frame in decoded]


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".avi", ".gif", ".mkv"])
def test_every_format_gives_the_same_frames(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"ä 音{ending}", _frames())
    probe = probe_video(path)
    assert (probe.width, probe.height, probe.num_frames) == (64, 48, 20)
    assert (probe.duration_s, probe.frame_rate) == (pytest.approx(2.0), pytest.approx(10.0))
    assert probe.format == ending[1:]
    decoded = decode_video(path, SMALL)
    assert decoded.shape == (4, 12, 16, 3) and decoded.dtype == np.uint8
    # The middles of four equal parts are the frames 2, 7, 12 and 17.
    expected = [40 + 200 * number // 20 for number in (2, 7, 12, 17)]
    np.testing.assert_allclose(_levels(decoded), expected, atol=14)
    assert decoded[:, :, :6, 2].mean() < 30 < decoded[:, :, 10:, 2].mean()


@pytest.mark.parametrize("ending", [".avi", ".gif"])
def test_frames_follow_at_a_rate_and_the_last_one_is_repeated(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a{ending}", _frames())
    levels = _levels(decode_video(path, SMALL.model_copy(update={"frame_rate": 2.0})))
    np.testing.assert_allclose(levels, [40, 90, 140, 190], atol=6)
    levels = _levels(decode_video(path, SMALL.model_copy(update={"frame_rate": 1.0})))
    np.testing.assert_allclose(levels, [40, 140, 140, 140], atol=6)


@pytest.mark.parametrize("ending", sorted({*CODECS, ".gif"}))
def test_a_video_of_one_frame_is_a_standing_one(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a{ending}", _frames(1))
    assert probe_video(path).num_frames == 1
    for settings in (SMALL, SMALL.model_copy(update={"frame_rate": 5.0})):
        decoded = decode_video(path, settings)
        assert decoded.shape == (4, 12, 16, 3) and (decoded == decoded[0]).all()


def test_a_long_video_is_read_by_jumps(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.avi", _frames(2_400, 32, 24))
    assert probe_video(path).num_frames == 2_400
    expected = [40 + 200 * number // 2_400 for number in (300, 900, 1_500, 2_100)]
    np.testing.assert_allclose(_levels(decode_video(path, SMALL)), expected, atol=6)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert _reason(path) == "is damaged or cut off near its end"


@pytest.mark.parametrize(
    ("fit", "corner", "left"), [("stretch", 140, 140), ("crop", 140, 140), ("pad", 0, 140)]
)
def test_other_shapes_are_cropped_padded_or_stretched(
    tmp_path: Path, fit: str, corner: int, left: int
) -> None:
    path = _write(tmp_path / "a.avi", [_frames()[10]] * 5)
    settings = SMALL.model_copy(update={"width": 16, "height": 16, "fit": ImageFit(fit)})
    first = decode_video(path, settings)[0]
    assert first[0, 0, 0] == pytest.approx(corner, abs=8)
    assert first[8, 0, 0] == pytest.approx(left, abs=8)
    assert first[8, 3, 0] == pytest.approx(140, abs=8)


@pytest.mark.parametrize(("channels", "count"), [("grey", 1), ("color", 3), ("color_alpha", 4)])
def test_channels_are_as_asked(tmp_path: Path, channels: str, count: int) -> None:
    path = _write(tmp_path / "a.avi", _frames())
    settings = SMALL.model_copy(update={"channels": ImageChannels(channels)})
    decoded = decode_video(path, settings)
    assert decoded.shape == (4, 12, 16, count)
    assert count < 4 or (decoded[..., 3] == 255).all()


def test_a_video_filmed_with_a_turned_phone_stands_upright(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.mp4", _frames())
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 48 << 16, 0, 1 << 30)
    content[matrix : matrix + 36] = quarter
    path.write_bytes(content)
    probe = probe_video(path)
    assert (probe.width, probe.height) == (48, 64)
    first = decode_video(path, SMALL)[0]
    assert first[0, :, 0].mean() > 30 > first[-1, :, 0].mean()


def test_the_summary_tells_what_the_videos_are() -> None:
    probes = [
        VideoProbe(1.0, 25.0, 640, 480, 25, "mp4"),
        VideoProbe(3.0, 30.0, 320, 240, 90, "avi"),
        VideoProbe(4.0, 30.0, 320, 240, 120, "avi"),
    ]
    summary = summarize_videos(probes)
    assert (summary.duration_s.min, summary.duration_s.median) == (1.0, 3.0)
    assert (summary.width.max, summary.height.min, summary.frame_rate.max) == (640, 240, 30.0)
    assert summary.formats == {"avi": 2, "mp4": 1}


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    assert _reason(path) == "is empty (0 bytes)"


def test_an_animation_cut_off_anywhere_is_read_or_told(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.gif", _frames(4))
    content = path.read_bytes()
    for end in range(1, len(content), max(1, len(content) // 300)):
        path.write_bytes(content[:end])
        for read in (probe_video, lambda path: decode_video(path, SMALL)):
            try:
                read(path)
            except UnreadableMedia as error:
                assert error.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a PNG picture, not a video"),
        (b"#EXTM3U\nfile:///etc/passwd\n" * 9, "is a text, not a video"),
        (bytes(range(1, 256)) * 4, "is not a video in a known format; MP4, MOV, AVI, GIF, WebM"),
        (b"\0\0\0\x18ftypisom" + bytes(500), "is damaged, cut off or holds no pictures"),
        (b"RIFF\0\0\0\0AVI LIST" + bytes(500), "is damaged, cut off or holds no pictures"),
        (b"GIF89a\x10\0\x10\0" + bytes(3), "is damaged or cut off"),
        (b"GIF89a" + bytes(5), "holds no pictures"),
    ],
)
def test_what_is_no_video_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert _reason(path).startswith(reason)


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.avi", [], (64, 48))
    assert _reason(path) == "holds no frame that can be decoded"
    with pytest.raises(UnreadableMedia):
        decode_video(path, SMALL)
    with pytest.raises(UnreadableMedia):
        decode_video(path, SMALL.model_copy(update={"frame_rate": 2.0}))


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    avi = _write(tmp_path / "a.avi", _frames())
    assert probe_video(avi.rename(tmp_path / "a.mov")).format == "avi"


@pytest.mark.parametrize("ending", [".avi", ".mkv"])
def test_a_cut_off_video_is_told_with_what_is_left(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a{ending}", _frames())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 7 // 10])
    assert _reason(path).startswith("is cut off: it ends after ")
    assert _reason(path).endswith(" of 2.0 seconds")


@pytest.mark.parametrize("ending", [".mp4", ".gif"])
def test_a_cut_off_video_is_told(tmp_path: Path, ending: str) -> None:
    path = _write(tmp_path / f"a{ending}", _frames())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "damaged" in _reason(path)


def test_frames_beyond_8k_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    content = bytearray(_write(path, _frames(2)).read_bytes())
    content[6:10] = struct.pack("<HH", 30_000, 30_000)
    path.write_bytes(content)
    assert _reason(path) == "has frames of 30,000 x 30,000 pixels; at most 7,680 x 4,320 are read"


def test_nothing_is_printed_about_a_broken_video(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "a.mp4", _frames())
    path.write_bytes(path.read_bytes()[:-200])
    _reason(path)
    assert capfd.readouterr().err == ""


def test_threads_decode_what_one_thread_decodes(tmp_path: Path) -> None:
    paths = [_write(tmp_path / f"{number}.mp4", _frames(5 + number)) for number in range(12)]
    alone = [decode_video(path, SMALL) for path in paths]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: decode_video(path, SMALL), paths))
    np.testing.assert_array_equal(together, alone)
