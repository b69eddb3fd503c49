"""GIF files: images, or videos if they move."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from dlstudio.data.collection.animations import (
    FEWEST_LOOKED_AT,
    MOST_BYTES,
    MOST_LOOKED_AT,
    settle_animations,
)
from dlstudio.data.collection.members import Listing, Member
from dlstudio.data.collection.unlabelled import open_rows_or_files
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from tests.data.collection.files import add_folder, encoded, picture, write_folder
from tests.data.files import kinds, warning_codes


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


def test_films_behind_many_stills_are_videos_and_the_stills_are_told(
    settings: Settings, tmp_path: Path
) -> None:
    files = {f"a/{n:02d}.gif": gif(n, 1) for n in range(8)}
    files |= {f"b/{n:02d}.gif": gif(100 + n, 4) for n in range(12)}

    dataset = add_folder(settings, tmp_path, files)

    assert kinds(dataset)["video"] == "video" and dataset.info.num_rows == 20
    told = next(warning for warning in dataset.info.warnings if warning.code == "still-videos")
    assert "8 files of 20 hold a single frame" in told.problem and "'a/00.gif'" in told.problem
    assert "file_kind=image" in told.fix


def test_films_in_front_of_many_stills_are_images_and_their_frames_are_told(
    settings: Settings, tmp_path: Path
) -> None:
    files = {f"a/{n:02d}.gif": gif(n, 4) for n in range(6)}
    files |= {f"b/{n:02d}.gif": gif(100 + n, 1) for n in range(12)}

    dataset = add_folder(settings, tmp_path, files)

    assert kinds(dataset)["image"] == "image"
    told = next(warning for warning in dataset.info.warnings if warning.code == "several-pages")
    assert told.problem.startswith("6 files hold several pages or frames")


def test_films_alone_are_told_nothing(settings: Settings, tmp_path: Path) -> None:
    files = {f"{label}/{n}.gif": gif(10 * n, 4) for label in "ab" for n in range(3)}
    assert "still-videos" not in warning_codes(add_folder(settings, tmp_path, files))


@pytest.mark.parametrize(
    ("size_bytes", "most"), [(1_000, MOST_LOOKED_AT), (MOST_BYTES, FEWEST_LOOKED_AT)]
)
def test_of_many_or_large_files_some_from_everywhere_are_looked_at(
    size_bytes: int, most: int
) -> None:
    members = tuple(Member(f"{n:04d}.gif", size_bytes, n) for n in range(3_000))
    source = FilmsLast(Listing(members, ()))

    listing = settle_animations(source)

    assert len(source.opened) == most
    assert max(source.opened) - min(source.opened) > 1_000
    assert all(member.kind is ColumnKind.VIDEO for member in listing.members)


@dataclass
class FilmsLast:
    """A collection whose first quarter are stills and the rest films."""

    listing: Listing
    opened: list[int] = field(default_factory=list)

    def open(self, member: Member) -> BinaryIO:
        self.opened.append(member.place)
        return BytesIO(gif(1, 1 if member.place < 750 else 3))


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
