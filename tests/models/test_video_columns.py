"""Videos become numbers around zero; what changes at random changes alike in all their frames."""

from itertools import count
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from dlstudio.models.blocks import Block, BlockKind, StructuredColumn
from dlstudio.models.inputs import video
from dlstudio.models.tensors import new_input, ops
from dlstudio.spec.dataset import ColumnInfo, ColumnKind
from dlstudio.spec.inputs.image import Flip, ImageFit
from dlstudio.spec.inputs.video import VideoPreprocessing

pytestmark = pytest.mark.tensorflow

SETTINGS = VideoPreprocessing(num_frames=3, width=16, height=8)


def _block(**changes: Any) -> Block:  # noqa: ANN401 - any setting
    settings = SETTINGS.model_copy(update=changes)
    column = StructuredColumn(ColumnInfo(name="clip", kind=ColumnKind.VIDEO), settings)
    return video.describe(column, "video_1")


def _entered(block: Block) -> keras.Model:
    feature = new_input(block.shape, dtype=block.dtype)
    return keras.Model(feature, video.enter(block, feature, iter(count())).tensor)


def _videos(count: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 3, 8, 16, 3), "uint8")


def _numpy(values: object) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(values)).astype("float64")


def test_pixels_become_numbers_from_minus_one_to_one() -> None:
    block = _block()
    assert (block.kind, block.shape, block.dtype) == (BlockKind.VIDEO, (3, 8, 16, 3), "uint8")
    pixels = _videos()
    entered = _numpy(_entered(block)(pixels, training=True))
    np.testing.assert_allclose(entered, pixels / 127.5 - 1.0, atol=1e-5)


def test_nothing_is_fitted() -> None:
    block = _block()
    decoded = new_input(block.decoded_shape, dtype=block.decoded_dtype)
    core = keras.Model(decoded, video.build(block, _videos(), decoded))
    np.testing.assert_array_equal(_numpy(core(_videos())), _videos())


@pytest.mark.parametrize("flip", [Flip.HORIZONTAL, Flip.VERTICAL, Flip.BOTH])
def test_all_frames_of_a_video_are_flipped_together_in_training_only(flip: Flip) -> None:
    pixels = _videos(64)
    model = _entered(_block(flip=flip))
    scaled = pixels / 127.5 - 1.0
    for unchanged in (model(pixels), model(pixels, training=False)):
        np.testing.assert_allclose(_numpy(unchanged), scaled, atol=1e-5)
    flipped = _numpy(model(pixels, training=True))
    across, down = scaled[:, :, :, ::-1], scaled[:, :, ::-1]
    versions = {
        Flip.HORIZONTAL: [scaled, across],
        Flip.VERTICAL: [scaled, down],
        Flip.BOTH: [scaled, across, down, across[:, :, ::-1]],
    }[flip]
    distances = [np.abs(each - flipped).max(axis=(1, 2, 3, 4)) for each in versions]
    seen = np.argmin(distances, axis=0)
    np.testing.assert_allclose(np.min(distances, axis=0), 0.0, atol=1e-5)
    assert np.bincount(seen).min() >= 64 // len(versions) // 3


def test_a_video_grows_lighter_or_darker_as_a_whole_in_training_only() -> None:
    grey = np.full((64, 3, 8, 16, 3), 128, "uint8")
    model = _entered(_block(brightness=0.2))
    np.testing.assert_allclose(_numpy(model(grey)), 128 / 127.5 - 1.0, atol=1e-5)
    changed = _numpy(model(grey, training=True)).reshape(64, -1)
    assert np.ptp(changed, axis=1).max() == 0.0
    assert -0.4 <= changed.min() < -0.25 and 0.25 < changed.max() <= 0.41
    bright = np.full((64, 3, 8, 16, 3), 250, "uint8")
    assert _numpy(model(bright, training=True)).max() == 1.0


@pytest.mark.parametrize("fit", list(ImageFit))
def test_the_model_resizes_raw_frames_as_the_reader_of_files_does(
    tmp_path: Path, fit: ImageFit
) -> None:
    block = _block(fit=fit)
    ramp = np.linspace(0, 255, 64)[None, :, None] * np.ones((64, 1, 3))
    frames = np.stack([ramp * share for share in (0.4, 0.7, 1.0)]).astype("uint8")
    codec = cv2.VideoWriter.fourcc(*"FFV1")
    writer = cv2.VideoWriter(str(tmp_path / "a.mkv"), cv2.CAP_FFMPEG, codec, 10.0, (64, 64))
    for frame in frames:
        writer.write(frame[:, :, ::-1])
    writer.release()
    decoded = video.decode(block, np.asarray(["a.mkv", ""], object), tmp_path)
    assert not decoded[1].any()
    raw = video.raw_input(block, "film")
    model = keras.Model(raw, video.bring_to_shape(block, raw))
    # Both average over what becomes one pixel; TensorFlow's triangle reaches over edges.
    differences = np.abs(_numpy(model(frames[None])) - decoded[:1])
    assert differences.mean() < 4.0 and np.median(differences) < 2.0


def test_a_loaded_network_computes_and_draws_the_same(tmp_path: Path) -> None:
    model = _entered(_block(flip=Flip.BOTH, brightness=0.3))
    model.save(tmp_path / "network.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(_numpy(loaded(_videos())), _numpy(model(_videos())))
    expected = _numpy(model(_videos(), training=True))
    np.testing.assert_array_equal(_numpy(loaded(_videos(), training=True)), expected)
