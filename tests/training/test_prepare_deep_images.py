"""Images of 16 bits keep their depth as far as the network and the saved model."""

import json
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.export.usage import write_usage
from dlstudio.models.assemble import assemble
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare import prepare
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.tensorflow
SIDE = 12
# Stripes 200 levels above their ground: none is left where 256 levels are one.
GROUND, STRIPE = 1_024, 1_224


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def faint(settings: Settings, tmp_path: Path) -> Dataset:
    """Eighty grey pictures of 16 bits, PNG and TIFF: faint stripes that lie and that stand."""
    generator = np.random.default_rng(0)
    for number in range(80):
        pixels = np.full((SIDE, SIDE), GROUND, np.uint16)
        pixels[generator.choice(SIDE, 4, replace=False)] = STRIPE
        name, ending = ("lying" if number % 2 else "standing"), ("png" if number % 3 else "tif")
        folder = tmp_path / "faint" / name
        folder.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(np.ascontiguousarray(pixels if number % 2 else pixels.T))
        image.save(folder / f"{number}.{ending}")
    return add_dataset(settings, tmp_path / "faint")


@pytest.fixture
def faint_colors(settings: Settings, tmp_path: Path) -> Dataset:
    """Forty PNGs of 16 bits: a faint stripe that is red or blue, half opaque in some."""
    for number in range(40):
        pixels = np.full((SIDE, SIDE, 4), GROUND, np.uint16)
        pixels[number % SIDE, :, 2 * (number % 2)] = STRIPE
        pixels[..., 3] = 65_535 if number % 3 else 32_768
        name = tmp_path / "colors" / ("blue", "red")[number % 2] / f"{number}.png"
        name.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(name), pixels)
    return add_dataset(settings, tmp_path / "colors")


def spec_of(dataset: Dataset, **image: object) -> RunSpec:
    spec = default_spec(dataset.info, architecture="cnn")
    still = {"shift": 0.0, "rotation": 0.0, "zoom": 0.0}
    return spec.model_copy(update={"preprocessing": {"image": {**still, **image}}})


def test_faint_shades_reach_the_network_over_its_whole_range(faint: Dataset) -> None:
    found = prepare(faint, spec_of(faint))
    pixels = found.data.train.features["image_1"]
    assert pixels.dtype == np.uint16
    assert np.unique(pixels).tolist() == [0, 65_535]
    flat = prepare(faint, spec_of(faint, depth="8")).data.train.features["image_1"]
    assert flat.dtype == np.uint8 and len(np.unique(flat)) == 1


def test_the_saved_model_takes_pixels_of_sixteen_bits(faint: Dataset, tmp_path: Path) -> None:
    spec = spec_of(faint)
    found = prepare(faint, spec)
    assemble(found.preprocessor, found.network, found.codec).save(tmp_path / "model.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")
    raw = np.full((1, SIDE, SIDE, 1), GROUND, "uint16")
    raw[0, 3] = STRIPE
    answer = loaded({"image": raw})["probabilities"].numpy()
    seen = np.where(raw == GROUND, 0, 65_535).astype("uint16")
    expected: Any = keras.ops.softmax(found.network({"image_1": seen}))
    assert np.allclose(answer, expected.numpy(), atol=1e-5)
    text = write_usage(spec, faint.info, {}, ("lying", "standing"))
    assert "pixels, 0 to 65,535" in text and "dtype='uint16'" in text


def test_faint_colours_reach_the_network_and_opacity_stays(
    faint_colors: Dataset, tmp_path: Path
) -> None:
    spec = spec_of(faint_colors, channels="color_alpha")
    found = prepare(faint_colors, spec)
    pixels = found.data.train.features["image_1"]
    assert pixels.dtype == np.uint16
    opaque = pixels[pixels[:, 0, 0, 3] == 65_535]
    # The faint stripe uses the whole range; opacity is what it was.
    assert np.unique(opaque[..., :3]).tolist() == [0, 65_535]
    assert np.unique(pixels[..., 3]).tolist() == [32_768, 65_535]
    assemble(found.preprocessor, found.network, found.codec).save(tmp_path / "model.keras")
    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")
    raw = np.full((1, SIDE, SIDE, 4), GROUND, "uint16")
    raw[0, 3, :, 0], raw[..., 3] = STRIPE, 65_535
    answer = loaded({"image": raw})["probabilities"].numpy()
    seen = np.where(raw == GROUND, 0, 65_535).astype("uint16")
    expected: Any = keras.ops.softmax(found.network({"image_1": seen}))
    assert np.allclose(answer, expected.numpy(), atol=1e-5)


@pytest.mark.slow
def test_a_network_learns_what_only_sixteen_bits_show(
    faint: Dataset, settings: Settings, tmp_path: Path
) -> None:
    spec_path = tmp_path / "faint.yaml"
    made = run_dlstudio(settings, "spec", "new", "faint", "-o", str(spec_path))
    assert made.returncode == 0, made.stderr
    changes = ["--set", "training.epochs=12"]
    trained = run_dlstudio(settings, "train", str(spec_path), *changes, "--json")
    assert trained.returncode == 0, trained.stderr
    run = json.loads(trained.stdout)["id"]
    new = tmp_path / "new.png"
    pixels = np.full((SIDE, SIDE), GROUND, np.uint16)
    pixels[[2, 5, 6, 9]] = STRIPE
    Image.fromarray(pixels).save(new)
    out = tmp_path / "answers.csv"
    answered = run_dlstudio(settings, "predict", run, str(new), "-o", str(out))
    assert answered.returncode == 0, answered.stderr
    assert ",lying," in out.read_text().splitlines()[1] + ","
