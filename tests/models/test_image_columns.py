"""A random crop shows a window of the picture, at the whole size, and only in training."""

from itertools import count
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


@pytest.fixture(scope="module")
def entered() -> Any:  # noqa: ANN401
    """What enters a network of images that are cropped, and changed in no other way."""
    still = {"shift": 0.0, "rotation": 0.0, "zoom": 0.0}
    settings = ImagePreprocessing.model_validate(
        {"width": SIDE, "height": SIDE, "channels": ImageChannels.COLOR, "crop": CROP, **still}
    )
    info = ColumnInfo(name="photo", kind=ColumnKind.IMAGE, num_distinct=9)
    block = image.describe(StructuredColumn(info, settings), "photo")
    feature = new_input(block.feature_shape, dtype=block.dtype)
    return keras.Model(feature, image.enter(block, feature, count(1)).tensor)


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
