"""Decoded files stay within a budget of disk, and what was not used for longest goes first."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.media.cache import cached_column
from dlstudio.data.raw import read_raw
from dlstudio.settings import Settings
from dlstudio.spec.inputs.image import ImagePreprocessing, resolve_image
from tests.fixtures.small_disk import MountDisk, fill_disk

NUM_IMAGES = 20
SIDES = (40, 60, 80)  # each asks for other values, so for a file of its own
MEGABYTE = 1024**2


@pytest.fixture
def pictures(settings: Settings, tmp_path: Path) -> Dataset:
    for number in range(NUM_IMAGES):
        path = tmp_path / "pictures" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(path)
    return add_dataset(settings, tmp_path / "pictures")


def decoded(settings: Settings, dataset: Dataset, side: int) -> np.ndarray | None:
    column = dataset.info.column("image")
    record = resolve_image(ImagePreprocessing(width=side, height=side), column.image)
    values = read_raw(dataset, ["image"])["image"]
    decoding = (record, (side, side, 1), "uint8")
    return cached_column(settings, dataset, column, values, decoding, lambda _text: None)


def size_of(side: int) -> int:
    return NUM_IMAGES * side**2


def kept(settings: Settings) -> set[int]:
    """Sides of the pictures in the cache."""
    return {np.load(path, mmap_mode="r").shape[1] for path in settings.cache_folder.glob("*.npy")}


def age(settings: Settings, seconds: float) -> None:
    """Let all that is in the cache have been used so much earlier."""
    for path in settings.cache_folder.glob("*.npy"):
        os.utime(path, (path.stat().st_atime - seconds, path.stat().st_mtime - seconds))


def test_what_was_not_used_for_longest_goes_first(settings: Settings, pictures: Dataset) -> None:
    small, middle, large = SIDES
    budget = replace(settings, cache_bytes=size_of(middle) + size_of(large) + MEGABYTE // 64)
    for side in (middle, small):
        assert decoded(budget, pictures, side) is not None
        age(settings, 100)
    assert decoded(budget, pictures, middle) is not None  # used again
    assert kept(settings) == {small, middle}

    found = decoded(budget, pictures, large)

    assert found is not None
    assert sorted(set(found[:, 0, 0, 0])) == list(range(NUM_IMAGES))
    assert kept(settings) == {middle, large}


def test_what_is_larger_than_the_budget_is_not_kept_and_drives_nothing_out(
    settings: Settings, pictures: Dataset
) -> None:
    small, _, large = SIDES
    budget = replace(settings, cache_bytes=size_of(large) - 1)
    assert decoded(budget, pictures, small) is not None

    assert decoded(budget, pictures, large) is None

    assert kept(settings) == {small}


def test_a_disk_that_the_cache_has_filled_gets_room_again(
    settings: Settings, pictures: Dataset, mount_disk: MountDisk
) -> None:
    small, middle, large = SIDES
    mount_disk(settings.cache_folder, size_of(large) + size_of(middle))
    for side in (small, middle):
        assert decoded(settings, pictures, side) is not None
        age(settings, 100)

    assert decoded(settings, pictures, large) is not None

    assert kept(settings) == {large}


def test_a_disk_that_others_have_filled_drives_nothing_out(
    settings: Settings, pictures: Dataset, mount_disk: MountDisk
) -> None:
    small, _, large = SIDES
    mount_disk(settings.cache_folder, size_of(large))
    assert decoded(settings, pictures, small) is not None
    fill_disk(settings.cache_folder)

    assert decoded(settings, pictures, large) is None

    assert kept(settings) == {small}
