"""Video files, read frame by frame: GIF by Pillow, everything else by OpenCV's FFmpeg."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageSequence

from dlstudio.data.foreign import name_content
from dlstudio.data.media import opencv
from dlstudio.data.media.errors import PILLOW_ERRORS, UnreadableMedia

# Frames of 7,680 x 4,320 pixels.
MAX_PIXELS = 33_200_000
NO_FRAMES_FIX = (
    "Export it again with its pictures, one at least; if it plays nowhere, leave it out."
)
# Up to here it is faster to decode every frame than to jump from key frame to key frame.
MOST_DECODED_FRAMES = 2_000
USUAL_RATE = 25.0
HIGHEST_RATE = 1_000.0
USUAL_PAUSE_MS = 100
# A video that ends before this share of the time that it promises is cut off.
SMALLEST_SHARE = 0.9

# The first part of a film file; "qt  " is what QuickTime calls itself.
_FILM_PARTS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


class Video(Protocol):
    """An open video.

    Attributes:
        format: Such as "mp4"; its content's, whatever its name says.
        num_frames: How many frames its header promises, at least 1; often a little wrong.
        frame_rate: Frames a second, above 0.
        duration_s: How many seconds its header promises.
    """

    format: str
    num_frames: int
    frame_rate: float
    duration_s: float

    def frames(self, places: Sequence[int]) -> Iterator[np.ndarray]:
        """Decode some frames.

        Args:
            places: Which, counted from 0, each larger than the one before.

        Yields:
            RGB, uint8 `(height, width, 3)`; fewer than asked if the video ends before.
        """
        ...

    def count(self) -> int:
        """Count the frames that can really be decoded."""
        ...

    def missing_end(self) -> str | None:
        """Why the video is not as long as it says; None if it is, or if nobody can tell.

        All frames are decoded and counted, unless the video is long.
        """
        ...


@contextmanager
def open_video(path: Path) -> Iterator[Video]:
    """Open a video whose header makes sense.

    Args:
        path: The file.

    Raises:
        UnreadableMedia: It is no video, damaged or too large; also when that shows only while
            the file is read.
    """
    kind = _format(path)
    if kind == "gif":
        with _opened_gif(path) as image:
            yield _Gif(image)
        return
    sides = (opencv.cv2.CAP_PROP_FRAME_WIDTH, opencv.cv2.CAP_PROP_FRAME_HEIGHT)
    capture = opencv.cv2.VideoCapture(str(path), *_reader())
    try:
        if not capture.isOpened():
            raise UnreadableMedia("is damaged, cut off or holds no pictures", path, NO_FRAMES_FIX)
        width, height = (int(capture.get(side)) for side in sides)
        _check_size(path, width, height)
        yield _Film(path, capture, kind)
    finally:
        capture.release()


def _reader() -> tuple[int, list[int]]:
    """Only FFmpeg: others would take a name such as img_%02d.avi for many pictures."""
    return opencv.cv2.CAP_FFMPEG, [opencv.cv2.CAP_PROP_N_THREADS, 1]


class _Film:
    """A video that FFmpeg decodes; rotated as its metadata asks."""

    def __init__(self, path: Path, capture: "opencv.cv2.VideoCapture", kind: str) -> None:
        self.format = kind
        self._path = path
        self._capture = capture
        rate = capture.get(opencv.cv2.CAP_PROP_FPS)
        self.frame_rate = rate if 0.0 < rate <= HIGHEST_RATE else USUAL_RATE
        self._stated = int(capture.get(opencv.cv2.CAP_PROP_FRAME_COUNT))
        self.num_frames = self._stated if self._stated > 0 else max(1, self.count())
        self.duration_s = self.num_frames / self.frame_rate

    def frames(self, places: Sequence[int]) -> Iterator[np.ndarray]:
        is_long = bool(places) and places[-1] >= MOST_DECODED_FRAMES
        if not is_long:
            self._rewind()
        position = 0
        for place in places:
            if is_long:
                self._capture.set(opencv.cv2.CAP_PROP_POS_FRAMES, place)
            while not is_long and position < place and self._capture.grab():
                position += 1
            found, frame = self._capture.read()
            if not found:
                return
            position += 1
            yield opencv.cv2.cvtColor(frame, opencv.cv2.COLOR_BGR2RGB)

    def count(self) -> int:
        self._rewind()
        num_frames = 0
        while self._capture.grab():
            num_frames += 1
        return num_frames

    def missing_end(self) -> str | None:
        if self._stated <= 0:
            return None
        if self._stated > MOST_DECODED_FRAMES:
            self._capture.set(opencv.cv2.CAP_PROP_POS_FRAMES, int(SMALLEST_SHARE * self._stated))
            return None if self._capture.grab() else "is damaged or cut off near its end"
        # Frames that are like the one before may be left out, and some files hold no times.
        self._rewind()
        num_frames, end_s = 0, 0.0
        while self._capture.grab():
            num_frames += 1
            end_s = max(end_s, self._capture.get(opencv.cv2.CAP_PROP_POS_MSEC) / 1_000)
        end_s = max(end_s, num_frames / self.frame_rate)
        self.num_frames = num_frames
        if end_s >= SMALLEST_SHARE * self.duration_s:
            return None
        return f"is cut off: it ends after {end_s:,.1f} of {self.duration_s:,.1f} seconds"

    def _rewind(self) -> None:
        # Opened again: a video of one frame has none left after a jump to its beginning.
        if self._capture.get(opencv.cv2.CAP_PROP_POS_FRAMES) > 0:
            self._capture.open(str(self._path), *_reader())


class _Gif:
    """An animated GIF."""

    def __init__(self, image: Image.Image) -> None:
        self.format = "gif"
        self._image = image
        self.num_frames = getattr(image, "n_frames", 1)
        pauses = [frame.info.get("duration", 0) for frame in ImageSequence.Iterator(image)]
        self.duration_s = (sum(pauses) or USUAL_PAUSE_MS * self.num_frames) / 1_000
        self.frame_rate = self.num_frames / self.duration_s

    def frames(self, places: Sequence[int]) -> Iterator[np.ndarray]:
        for place in places:
            if place >= self.num_frames:
                return
            self._image.seek(place)
            yield np.asarray(self._image.convert("RGB"))

    def count(self) -> int:
        return self.num_frames

    def missing_end(self) -> str | None:
        for _ in self.frames(range(self.num_frames)):
            pass
        return None


@contextmanager
def _opened_gif(path: Path) -> Iterator[Image.Image]:
    with path.open("rb") as file:
        header = file.read(10)
    if len(header) == 10:
        _check_size(path, *struct.unpack("<HH", header[6:]))
    try:
        with Image.open(path, formats=["GIF"]) as image:
            yield image
    except (*PILLOW_ERRORS, Image.DecompressionBombError) as error:
        raise UnreadableMedia("is damaged or cut off", path) from error


def _format(path: Path) -> str:
    """Tell the format by the first bytes: FFmpeg would follow play lists to other files."""
    with path.open("rb") as file:
        head = file.read(4_096)
    if not head:
        raise UnreadableMedia("is empty (0 bytes)", path)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[4:8] in _FILM_PARTS:
        return "mov" if head[8:12] == b"qt  " or head[4:8] != b"ftyp" else "mp4"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else "mkv"
    what = name_content(head)
    readable = "MP4, MOV, AVI, GIF, WebM and MKV can be read"
    if what and "video" not in what:
        raise UnreadableMedia(f"is {what}, not a video", path)
    raise UnreadableMedia(f"is not a video in a known format; {readable}", path)


def _check_size(path: Path, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise UnreadableMedia("holds no pictures", path, NO_FRAMES_FIX)
    if width * height > MAX_PIXELS:
        reason = f"has frames of {width:,} x {height:,} pixels; at most 7,680 x 4,320 are read"
        fix = "Make it smaller: at most 7,680 x 4,320 pixels, or as many in another shape."
        raise UnreadableMedia(reason, path, fix)
