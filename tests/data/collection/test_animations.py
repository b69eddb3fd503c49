"""GIF files: images, or videos if they move."""

from pathlib import Path

from PIL import Image

from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings
from tests.data.collection.files import add_folder, encoded, picture, write_folder
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


def test_the_chosen_kind_decides_over_motion(settings: Settings, tmp_path: Path) -> None:
    stills = {f"{label}/{n}.gif": gif(10 * n, 1) for label in "ab" for n in range(3)}
    files = stills | {"a/9.gif": gif(99, 4)}
    guessed = add_folder(settings, tmp_path / "guessed", files)
    assert any("file_kind=video" in warning.fix for warning in guessed.info.warnings)
    films = add_folder(settings, tmp_path / "films", files, file_kind="video")
    assert kinds(films)["video"] == "video" and films.info.num_rows == 7
    moving = {f"{label}/{n}.gif": gif(10 * n, 4) for label in "ab" for n in range(3)}
    images = add_folder(settings, tmp_path / "images", moving, file_kind="image")
    assert kinds(images)["image"] == "image"


def test_files_to_predict_are_what_the_dataset_holds(settings: Settings, tmp_path: Path) -> None:
    moving = {f"{label}/{n}.gif": gif(10 * n, 4) for label in "ab" for n in range(3)}
    films = add_folder(settings, tmp_path, moving)
    folder = write_folder(tmp_path / "new", {"a.gif": gif(1, 1), "b.gif": gif(2, 1)})
    with open_rows_or_files(folder, films.info, ReadOptions(), settings) as table:
        assert (table.column_names[0], table.num_rows) == ("video", 2)
