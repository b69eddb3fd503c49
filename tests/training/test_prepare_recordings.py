"""Sounds and videos go from files to a trained model that plain Keras takes samples with."""

import tempfile
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
import soundfile

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.evaluation.predict import predict_raw
from dlstudio.models.assemble import assemble
from dlstudio.models.rows import DatasetRows
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.training.compile import compile_model
from dlstudio.training.prepare import Preparation, prepare

pytestmark = pytest.mark.tensorflow
RATE = 8_000
AUGMENTED = {
    "audio": {"time_shift": 0.2, "noise": 0.1, "time_mask": 0.2, "frequency_mask": 0.2},
    "video": {"flip": "both", "brightness": 0.2, "num_frames": 4, "width": 8, "height": 8},
}


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def tones(settings: Settings, tmp_path: Path) -> Dataset:
    """Forty short sounds, low and high, of two formats and rates."""
    generator = np.random.default_rng(0)
    for number in range(40):
        name, rate = ("low", "high")[number % 2], (RATE, 11_025)[number % 3 == 0]
        times = np.arange(round(generator.uniform(0.1, 0.4) * rate)) / rate
        pitch = generator.uniform(200, 400) * (1 + 4 * (number % 2))
        folder = tmp_path / "tones" / name
        folder.mkdir(parents=True, exist_ok=True)
        ending = ("wav", "flac")[number % 4 == 0]
        tone = 0.3 * np.sin(2 * np.pi * pitch * times)
        soundfile.write(folder / f"{number}.{ending}", tone, rate)
    return add_dataset(settings, tmp_path / "tones")


@pytest.fixture
def squares(settings: Settings, tmp_path: Path) -> Dataset:
    """Thirty short videos: squares that grow lighter and squares that grow darker."""
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    for number in range(30):
        folder = tmp_path / "squares" / ("lighter", "darker")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        path = str(folder / f"{number}.avi")
        writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, codec, 10.0, (32, 24))
        levels = range(40 + number, 220, 20)
        for level in levels if number % 2 == 0 else reversed(levels):
            writer.write(np.full((24, 32, 3), level, "uint8"))
        writer.release()
    return add_dataset(settings, tmp_path / "squares")


def _trained(dataset: Dataset) -> tuple[RunSpec, Preparation, keras.Model]:
    column = dataset.info.columns[0].name
    spec = default_spec(dataset.info).model_copy(
        update={"preprocessing": {column: AUGMENTED[column]}}
    )
    keras.utils.set_random_seed(7)
    found = prepare(dataset, spec)
    compile_model(found.network, spec.task, spec.training, 60, found.target_scale)
    train = found.data.train
    found.network.fit(train.features, train.targets, epochs=20, verbose=0)
    return spec, found, assemble(found.preprocessor, found.network, found.codec)


def _accuracy(dataset: Dataset, spec: RunSpec, found: Preparation, model: keras.Model) -> float:
    rows = DatasetRows(dataset, [*spec.task.inputs, "label"], found.preprocessor.blocks)
    raw = rows.take(spec.task.inputs, found.split.train)
    predicted = predict_raw(model, raw, dataset.info, spec).column("prediction").to_pylist()
    return float(np.mean(np.asarray(predicted) == rows.raw["label"][found.split.train]))


@pytest.mark.slow
def test_sounds_are_learned_and_the_saved_model_takes_waveforms(tones: Dataset) -> None:
    spec, found, model = _trained(tones)

    assert (spec.architecture.kind, spec.task.inputs) == ("cnn", ("audio",))
    assert _accuracy(tones, spec, found, model) > 0.9
    loaded = _reloaded(model)
    block = found.preprocessor.blocks[0]
    (length,) = block.decoded_shape
    sound = DatasetRows(tones, ["audio"], [block]).take(["audio"], np.arange(3))["audio"]
    expected = np.asarray(model({"audio": sound})["probabilities"])
    for waveform in (sound, np.pad(sound, ((0, 0), (0, 777))), sound):
        given = np.asarray(loaded({"audio": waveform})["probabilities"])
        np.testing.assert_allclose(given, expected, atol=1e-5)
    short = np.asarray(loaded({"audio": sound[:, : length // 2]})["probabilities"])
    silenced = np.where(np.arange(length) < length // 2, sound, 0.0).astype("float32")
    expected = np.asarray(loaded({"audio": silenced})["probabilities"])
    np.testing.assert_allclose(short, expected, atol=1e-5)


@pytest.mark.slow
def test_videos_are_learned_and_the_saved_model_takes_frames(squares: Dataset) -> None:
    spec, found, model = _trained(squares)

    assert (spec.architecture.kind, spec.task.inputs) == ("cnn", ("video",))
    assert found.data.train.features["video_1"].dtype == np.uint8
    assert _accuracy(squares, spec, found, model) > 0.9
    loaded = _reloaded(model)
    block = found.preprocessor.blocks[0]
    frames = DatasetRows(squares, ["video"], [block]).take(["video"], np.arange(3))["video"]
    expected = np.asarray(model({"video": frames})["probabilities"])
    np.testing.assert_allclose(loaded({"video": frames})["probabilities"], expected, atol=1e-5)
    larger = np.repeat(np.repeat(frames, 3, axis=2), 3, axis=3)
    np.testing.assert_allclose(loaded({"video": larger})["probabilities"], expected, atol=0.05)


def _reloaded(model: keras.Model) -> Any:  # noqa: ANN401 - Keras's own type says less
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return keras.saving.load_model(path)
