"""GIF files: images, or videos if they move."""

from pathlib import Path

from PIL import Image

from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, encoded, picture
from tests.data.files import kinds


def gif(seed: int, num_frames: int) -> bytes:
    frames = [Image.new("RGB", (16, 16), (seed, 9 * n, 99)) for n in range(num_frames)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def test_still_gifs_are_images(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/{n}.gif": gif(10 * n, 1) for label in "ab" for n in range(3)}
    assert kinds(add_folder(settings, tmp_path, files))["image"] == "image"


def test_gifs_that_move_are_videos(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/{n}.gif": gif(10 * n, 4) for label in "ab" for n in range(3)}
    assert kinds(add_folder(settings, tmp_path, files))["video"] == "video"


def test_one_animation_among_photos_is_an_image(settings: Settings, tmp_path: Path) -> None:
    files = {"a/1.png": picture(1), "a/2.png": picture(2), "b/1.gif": gif(3, 5)}
    dataset = add_folder(settings, tmp_path, files)
    assert kinds(dataset)["image"] == "image" and dataset.info.num_rows == 3
