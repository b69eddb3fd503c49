"""Images go from files to a trained model that plain Keras takes pixels with."""

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.errors import DataError
from dlstudio.evaluation.evaluate import evaluate_splits
from dlstudio.export.usage import write_usage
from dlstudio.models.assemble import assemble
from dlstudio.models.preview import preview
from dlstudio.models.rows import DatasetRows
from dlstudio.runs.folders import RunFolder
from dlstudio.runs.records import RunStatus
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.run import RunSpec
from dlstudio.training.prepare import Preparation, prepare
from dlstudio.worker.training import train_model
from tests.fixtures.rebuilding import Hearing

pytestmark = pytest.mark.tensorflow
SIDE = 12


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def stripes(settings: Settings, tmp_path: Path) -> Dataset:
    """Forty small grey pictures: stripes that lie and stripes that stand."""
    generator = np.random.default_rng(0)
    for number in range(40):
        pixels = np.zeros((SIDE, SIDE), "uint8")
        lines = generator.choice(SIDE, 4, replace=False)
        pixels[lines] = generator.integers(120, 255, (4, 1))
        name = "lying" if number % 2 else "standing"
        folder = tmp_path / "stripes" / name
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels if number % 2 else pixels.T).save(folder / f"{number}.png")
    return add_dataset(settings, tmp_path / "stripes")


def spec_of(dataset: Dataset, **image: object) -> RunSpec:
    spec = default_spec(dataset.info, architecture="cnn")
    return spec.model_copy(update={"preprocessing": {"image": image}})


def whole_model(preparation: Preparation) -> keras.Model:
    return assemble(preparation.preprocessor, preparation.network, preparation.codec)


def test_pixels_reach_the_network_as_they_are_in_the_files(stripes: Dataset) -> None:
    spec = spec_of(stripes)

    found = prepare(stripes, spec)

    features = found.data.train.features["image_1"]
    assert features.dtype == np.uint8
    assert features.shape == (len(found.split.train), SIDE, SIDE, 1)
    block = found.preprocessor.blocks[0]
    source = DatasetRows(stripes, ["image", "file"], [block])
    first = found.split.train[0]
    with Image.open(stripes.folder / source.raw["image"][first]) as image:
        assert np.array_equal(features[0, ..., 0], np.asarray(image))


def test_files_are_decoded_once_for_all_runs_with_the_same_size(
    stripes: Dataset, settings: Settings
) -> None:
    said: list[str] = []
    prepare(stripes, spec_of(stripes), said.append)
    prepare(stripes, spec_of(stripes, flip="horizontal"), said.append)

    assert said == ["Decoded 40 of 40 files of 'image'."]
    assert len(list(settings.cache_folder.glob("*.npy"))) == 1
    prepare(stripes, spec_of(stripes, width=8, height=8), said.append)
    assert len(said) == 2


def test_a_file_that_vanished_is_named(stripes: Dataset) -> None:
    victim = next((stripes.folder / "files").rglob("7.png"))
    victim.unlink()

    with pytest.raises(DataError, match=r"7\.png"):
        prepare(stripes, spec_of(stripes))


@pytest.mark.parametrize(("channels", "num_values"), [("auto", 1), ("color_alpha", 4)])
def test_the_saved_model_takes_pixels_of_any_size(
    channels: str, num_values: int, stripes: Dataset, tmp_path: Path
) -> None:
    light = {"brightness": 0.1, "contrast": 0.1, "color": 0.1}
    spec = spec_of(stripes, channels=channels, shift=0.1, rotation=5, **light)
    found = prepare(stripes, spec)
    assert preview(spec, stripes.info).num_parameters == found.network.count_params()
    whole_model(found).save(tmp_path / "model.keras")

    loaded: Any = keras.saving.load_model(tmp_path / "model.keras")

    sizes = [(SIDE, SIDE), (4 * SIDE, 3 * SIDE), (5, 7)]
    even = [np.full((2, *size, num_values), 90, "uint8") for size in sizes]
    same = [loaded({"image": pixels})["probabilities"].numpy() for pixels in even]
    assert same[0].shape == (2, 2)
    assert np.allclose(same, same[0], atol=1e-5)
    pixels = found.data.validation.features["image_1"][:3]
    assert pixels.shape[-1] == num_values
    once, again = (loaded({"image": pixels})["probabilities"].numpy() for _ in range(2))
    assert np.array_equal(once, again), "augmentation must be off outside training"


def test_every_row_is_predicted_and_stored(stripes: Dataset, tmp_path: Path) -> None:
    spec = spec_of(stripes)
    found = prepare(stripes, spec)

    report = evaluate_splits(
        whole_model(found), stripes, spec, found.split, tmp_path / "predictions.parquet"
    )

    assert sum(part.num_rows for part in report.splits.values()) == 40


def test_the_usage_text_is_code_that_runs(
    stripes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    spec = spec_of(stripes)
    whole_model(prepare(stripes, spec)).save(tmp_path / "model.keras")
    monkeypatch.chdir(tmp_path)

    text = write_usage(spec, stripes.info, {}, ("lying", "standing"))

    code = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))
    exec(code.split("# 0:")[0], {})  # noqa: S102 - the code that users are given
    assert "probabilities" in capsys.readouterr().out


@pytest.fixture
def mixed(settings: Settings, tmp_path: Path) -> Dataset:
    """A picture, a note and three numbers a row, in columns named like operations."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    lines = ["path,clip,round,abs,mean,label"]
    for number in range(40):
        Image.new("RGB", (16, 10), (5 * number, 0, 90)).save(folder / f"{number}.png")
        note = f"it is {'warm' if number % 3 else 'cold'}"
        gap = "" if number % 7 == 0 else f"{number / 3:.2f}"
        lines.append(f"{number}.png,{note},{number * 1.5},{number**2},{gap},{'ab'[number % 2]}")
    (folder / "labels.csv").write_text("\n".join(lines))
    return add_dataset(settings, folder)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["fnn", "cnn", "rnn", "transformer"])
def test_a_mixed_table_trains_and_its_saved_model_answers_raw_rows(
    architecture: str, mixed: Dataset, tmp_path: Path
) -> None:
    spec = default_spec(mixed.info, ["label"], architecture=architecture)
    spec = apply_overrides(spec, ["training.epochs=2"])
    assert spec.architecture.kind == architecture
    assert spec.task.inputs == ("path", "clip", "round", "abs", "mean")
    assert check_spec(spec, mixed.info) == ()
    assert "path" in {layer.detail for layer in preview(spec, mixed.info).layers}
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()

    trained = train_model(mixed, spec, folder, Hearing())

    assert trained.status is RunStatus.FINISHED
    assert [epoch.epoch for epoch in trained.outcome.history] == [1, 2]
    assert all(np.isfinite(epoch.metrics["train"]["loss"]) for epoch in trained.outcome.history)
    with zipfile.ZipFile(folder.model) as file:
        assert b"dlstudio" not in file.read("config.json"), "plain Keras must be able to load it"
    rows = _first_rows(mixed, spec)
    model: Any = keras.saving.load_model(folder.model)
    answer = np.asarray(model(rows)["probabilities"])
    assert answer.shape == (3, 2)
    np.testing.assert_allclose(answer.sum(axis=1), 1.0, atol=1e-5)
    for name in spec.task.inputs:
        other = np.asarray(model({**rows, name: _other(rows[name])})["probabilities"])
        assert not np.allclose(other, answer, atol=1e-7), f"'{name}' does not matter"


def _first_rows(dataset: Dataset, spec: RunSpec) -> dict[str, Any]:
    """Three rows as a user has them: pixels from the file, a text and numbers."""
    raw = DatasetRows(dataset, spec.task.inputs, ()).take(spec.task.inputs, np.arange(1, 4))
    pixels = [np.asarray(Image.open(dataset.folder / path)) for path in raw["path"]]
    rows = {name: values[:, None] for name, values in raw.items() if name != "path"}
    given = {**rows, "path": np.stack(pixels)}
    return {name: keras.ops.convert_to_tensor(values) for name, values in given.items()}


def _other(values: Any) -> Any:  # noqa: ANN401 - Keras's own type says less
    """Other values of a column."""
    if values.dtype == "string":
        return keras.ops.convert_to_tensor(np.asarray([["quite"]] * 3, object))
    return values + 50
