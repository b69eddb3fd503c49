"""Images are changed at random as their column asks, each way by itself, and only in training."""

import zipfile
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlstudio.models.blocks import StructuredColumn
from dlstudio.models.inputs import image
from dlstudio.models.tensors import new_input
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.image import ImageChannels, ImagePreprocessing

pytestmark = pytest.mark.tensorflow
SIDE, CROP, NUM_IMAGES = 64, 0.25, 200


OFF = {"shift": 0.0, "rotation": 0.0, "zoom": 0.0}


def entered_of(channels: ImageChannels = ImageChannels.COLOR, **change: object) -> Any:  # noqa: ANN401
    """What enters a network of images that are changed in the given way alone."""
    settings = ImagePreprocessing.model_validate(
        {"width": SIDE, "height": SIDE, "channels": channels, **OFF, **change}
    )
    info = ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=9)
    block = image.describe(StructuredColumn(info, settings), "photo")
    feature = new_input(block.feature_shape, dtype=block.dtype)
    return keras.Model(feature, image.enter(block, feature, count(1)).tensor)


@pytest.fixture(scope="module")
def entered() -> Any:  # noqa: ANN401
    """What enters a network of images that are cropped, and changed in no other way."""
    return entered_of(crop=CROP)


def ramps() -> np.ndarray:
    """Red grows to the right and green downwards, by 3 a pixel."""
    places = np.arange(SIDE, dtype="uint8") * 3
    pixels = np.zeros((NUM_IMAGES, SIDE, SIDE, 3), "uint8")
    pixels[..., 0], pixels[..., 1] = places, places[:, None]
    return pixels


def test_a_crop_is_a_window_of_the_picture_anywhere_in_it(entered: Any) -> None:  # noqa: ANN401
    pixels = ramps()
    seen = np.asarray(entered(pixels, training=True))
    # Back to places in the picture, from 0 to 63.
    across, down = ((seen[..., channel] + 1) * 127.5 / 3 for channel in (0, 1))
    for places, axis in ((across, 2), (down, 1)):
        first, last = places.take(0, axis).mean(axis=1), places.take(-1, axis).mean(axis=1)
        # Each window is three quarters of the picture, and nothing is filled in at its edges.
        assert np.abs(last - first - SIDE * (1 - CROP)).max() < 1.0
        assert (np.diff(places, axis=axis) > 0.4).all()
        assert first.min() >= -0.01 and last.max() <= SIDE - 0.99
        assert first.min() < 1.5 and first.max() > SIDE * CROP - 2.5
    corners = np.corrcoef(across[:, 0, 0], down[:, 0, 0])[0, 1]
    assert abs(corners) < 0.3


def test_in_use_the_whole_picture_is_seen(entered: Any) -> None:  # noqa: ANN401
    pixels = ramps()[:3]
    seen = np.asarray(entered(pixels, training=False))
    assert np.allclose(seen, pixels / 127.5 - 1.0, atol=1e-5)
    names = [layer.name for layer in entered.layers]
    assert "photo_crop" in names and all("shift" not in name for name in names)


CHANGES = [
    {"flip": "horizontal"},
    {"crop": 0.3},
    {"shift": 0.2},
    {"rotation": 30.0},
    {"zoom": 0.3},
    {"brightness": 0.3},
    {"contrast": 0.5},
    {"color": 0.5},
]
LIGHT = ("brightness", "contrast", "color")


def noise(num_channels: int, num_images: int = 60) -> np.ndarray:
    """Pixels that no change of light clips."""
    shape = (num_images, SIDE, SIDE, num_channels)
    return np.random.default_rng(0).integers(100, 150, shape, dtype="uint8")


def trained_on(model: Any, pixels: np.ndarray) -> np.ndarray:  # noqa: ANN401
    """What a network sees of pixels in training, from 0 to 255."""
    return _levels(model(pixels, training=True))


def _levels(entered: Any) -> np.ndarray:  # noqa: ANN401
    return (np.asarray(entered) + 1.0) * 127.5


@pytest.mark.parametrize("channels", [ImageChannels.GREY, ImageChannels.COLOR, "color_alpha"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_images_change_in_training_only(
    change: dict[str, object], channels: ImageChannels, tmp_path: Path
) -> None:
    channels = ImageChannels(channels)
    model = entered_of(channels, **change)
    pixels = noise(channels.num_values, 16)
    np.testing.assert_allclose(_levels(model(pixels, training=False)), pixels, atol=1e-3)
    seen, again = trained_on(model, pixels), trained_on(model, pixels)
    assert seen.shape == pixels.shape
    if channels is ImageChannels.GREY and "color" in change:
        np.testing.assert_allclose(seen, pixels, atol=1e-3)
        return
    # A flip leaves half of them as they are.
    num_changed = int((np.abs(seen - pixels).max(axis=(1, 2, 3)) > 0.5).sum())
    assert num_changed >= (4 if "flip" in change else 12)
    assert not np.array_equal(seen, again)
    model.save(tmp_path / "entered.keras")
    with zipfile.ZipFile(tmp_path / "entered.keras") as file:
        assert b"dlstudio" not in file.read("config.json")
    loaded: Any = keras.saving.load_model(tmp_path / "entered.keras")
    np.testing.assert_allclose(_levels(loaded(pixels, training=False)), pixels, atol=1e-3)
    assert np.abs(trained_on(loaded, pixels) - pixels).max() > 0.5


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_opacity_moves_with_the_picture_and_keeps_its_level(change: dict[str, object]) -> None:
    moves = not set(change) & set(LIGHT)
    pixels = noise(4)
    pixels[..., 3] = pixels[..., 0]  # opaque where red is strong
    seen = trained_on(entered_of(ImageChannels.COLOR_ALPHA, **change), pixels)
    if moves:
        np.testing.assert_allclose(seen[..., 3], seen[..., 0], atol=1e-3)
    else:
        np.testing.assert_allclose(seen[..., 3], pixels[..., 3], atol=1e-3)
        assert np.abs(seen[..., :3] - pixels[..., :3]).max() > 2.0


@pytest.mark.parametrize(
    ("flip", "axes"), [("horizontal", {2}), ("vertical", {1}), ("both", {1, 2})]
)
def test_a_flip_mirrors_whole_pictures(flip: str, axes: set[int]) -> None:
    pixels = ramps()
    seen = trained_on(entered_of(flip=flip), pixels)
    for axis, channel in ((2, 0), (1, 1)):
        mirrored = np.abs(seen - np.flip(pixels, axis))[..., channel].max(axis=(1, 2)) < 0.01
        same = np.abs(seen - pixels)[..., channel].max(axis=(1, 2)) < 0.01
        assert (mirrored | same).all()
        assert 0.3 < mirrored.mean() < 0.7 if axis in axes else same.all()


def test_a_rotation_turns_around_the_middle_to_both_sides_by_at_most_its_degrees() -> None:
    seen = trained_on(entered_of(rotation=20.0), ramps())
    middle = slice(SIDE // 2 - 6, SIDE // 2 + 6)
    near = seen[:, middle, middle, 0]
    # The direction in which red grows.
    across, down = np.diff(near, axis=2).mean(axis=(1, 2)), np.diff(near, axis=1).mean(axis=(1, 2))
    degrees = np.degrees(np.arctan2(down, across))
    assert np.abs(degrees).max() < 21.0 and degrees.min() < -12.0 and degrees.max() > 12.0
    np.testing.assert_allclose(np.hypot(across, down), 3.0, atol=0.15)
    np.testing.assert_allclose(near.mean(axis=(1, 2)), 3 * (SIDE - 1) / 2, atol=0.3)


def test_a_zoom_enlarges_and_shrinks_around_the_middle_and_keeps_the_shape() -> None:
    seen = trained_on(entered_of(zoom=0.25), ramps())
    middle = slice(SIDE // 2 - 6, SIDE // 2 + 6)
    near = seen[:, middle, middle]
    across = np.diff(near[..., 0], axis=2).mean(axis=(1, 2)) / 3
    down = np.diff(near[..., 1], axis=1).mean(axis=(1, 2)) / 3
    np.testing.assert_allclose(across, down, atol=0.02)
    assert 0.74 < across.min() < 0.85 and 1.15 < across.max() < 1.26
    np.testing.assert_allclose(near[..., 0].mean(axis=(1, 2)), 3 * (SIDE - 1) / 2, atol=0.3)


def test_a_shift_moves_by_at_most_its_share_to_all_sides() -> None:
    seen = trained_on(entered_of(shift=0.25), ramps())
    for channel in (0, 1):
        moved = seen[:, SIDE // 2, SIDE // 2, channel] / 3 - SIDE // 2
        assert np.abs(moved).max() < SIDE * 0.25 + 0.01
        assert moved.min() < -8.0 and moved.max() > 8.0


def test_brightness_adds_one_level_to_the_whole_picture_darker_and_lighter() -> None:
    pixels = noise(3)
    added = (trained_on(entered_of(brightness=0.3), pixels) - pixels) / 255
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-4
    levels = added.mean(axis=(1, 2, 3))
    assert -0.3 <= levels.min() < -0.2 and 0.2 < levels.max() <= 0.3


@pytest.mark.parametrize("channels", list(ImageChannels)[1:])
def test_contrast_is_weakened_and_strengthened_by_at_most_its_share(
    channels: ImageChannels,
) -> None:
    pixels = noise(channels.num_values)
    seen = trained_on(entered_of(channels, contrast=0.5), pixels)
    changed = slice(0, min(3, channels.num_values))
    before, after = (values[..., changed].astype("float64") for values in (pixels, seen))
    np.testing.assert_allclose(after.mean(axis=(1, 2)), before.mean(axis=(1, 2)), atol=0.05)
    factors = after.std(axis=(1, 2)) / before.std(axis=(1, 2))
    assert 0.499 < factors.min() < 0.7 and 1.3 < factors.max() < 1.501


@pytest.mark.parametrize("channels", [ImageChannels.COLOR, ImageChannels.COLOR_ALPHA])
def test_colours_become_weaker_and_stronger_and_greys_stay(channels: ImageChannels) -> None:
    pixels = np.full((60, SIDE, SIDE, channels.num_values), 120, "uint8")
    pixels[:, SIDE // 2 :, :, 0] = 200
    seen = trained_on(entered_of(channels, color=0.4), pixels)
    np.testing.assert_allclose(seen[:, : SIDE // 2], pixels[:, : SIDE // 2], atol=0.01)
    red = seen[:, SIDE // 2 :, :, :3].mean(axis=(1, 2))
    strengths = (red.max(axis=1) - red.min(axis=1)) / red.max(axis=1) / (80 / 200)
    assert 0.59 < strengths.min() < 0.75 and 1.25 < strengths.max() < 1.41
    np.testing.assert_allclose(red[:, 0], 200, atol=0.1)
