"""The generator's file gives what the sampler draws, by plain Keras alone."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pyarrow.csv as pv
import pytest
from PIL import Image

from dlstudio.errors import DataError, NotFoundError, SpecError
from dlstudio.evaluation.drawn_samples import way_back
from dlstudio.export.generate import generate
from dlstudio.export.generating import GenerateRequest, check_request, generate_in_process
from dlstudio.export.generator import load_generator
from dlstudio.export.samples_writer import (
    archive_of,
    check_ending,
    long_table,
    picture_of,
    steps_there,
    write_drawn,
)
from dlstudio.models.canvas import to_pixels
from dlstudio.models.sampling import draw_noise, sampler_of
from dlstudio.models.sequence_values import in_units
from dlstudio.models.table_columns import table_of
from dlstudio.runs.folders import RunFolder
from dlstudio.spec.canvas import CanvasKind
from tests.export.test_keras_file import code_of, run_alone
from tests.fixtures.generators import GeneratingRun, finished_vae

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> GeneratingRun:
    return finished_vae(tmp_path_factory.mktemp("pictures"), "pictures")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> GeneratingRun:
    return finished_vae(tmp_path_factory.mktemp("table"), "table")


def request(run: GeneratingRun, output: Path, **changes: Any) -> GenerateRequest:  # noqa: ANN401
    fields = {"folder": str(run.folder.path), "output": str(output), "num_samples": 9}
    return GenerateRequest.model_validate(fields | changes)


def test_plain_keras_draws_the_pictures_that_the_sampler_draws(pictures: GeneratingRun) -> None:
    model: Any = keras.models.load_model(pictures.folder.path / "generator.keras")
    sampler = sampler_of(pictures.preparation.network, pictures.spec, pictures.preparation.canvas)
    noise = draw_noise(6, sampler.latent_size, seed=1)
    names = np.asarray([["standing"], ["lying"]] * 3, object)
    given = {"noise": noise, "class": names}
    made = model({name: keras.ops.convert_to_tensor(each) for name, each in given.items()})
    expected = sampler.sample(noise, np.asarray([1, 0] * 3, "int32"))
    values = np.asarray(made["values"])
    assert values.min() >= 0 and values.max() <= 255
    # A value in the middle between two shades may be rounded to either.
    np.testing.assert_allclose(values, to_pixels(expected), atol=0.51)


def test_the_file_of_a_table_gives_the_columns_that_the_sampler_gives(table: GeneratingRun) -> None:
    sampler = sampler_of(table.preparation.network, table.spec, table.preparation.canvas)
    noise = draw_noise(500, sampler.latent_size, seed=1)
    names = ["a", "b"] * 250
    back = way_back(table.preparation)
    assert back is not None
    rows = sampler.sample(noise, np.asarray([0, 1] * 250, "int32"))
    found: Any = load_generator(table.folder).draw(noise, names)
    assert found.column_names == ["height", "children", "colour", "kind"]
    assert found.column("kind").to_pylist() == names
    assert found.drop_columns(["kind"]).equals(table_of(back, rows))
    assert found.column("height").null_count > 0
    for value in found.column("height").drop_null().to_pylist():
        assert value == round(value, 1)


def test_sequences_come_back_in_the_units_of_the_data(tmp_path: Path) -> None:
    run = finished_vae(tmp_path, "sequences")
    generator = load_generator(run.folder)
    drawn: Any = generator.draw(draw_noise(20, generator.latent_size, seed=0))
    num_channels = run.preparation.canvas.shape[-1]
    assert drawn.shape == (20, *run.preparation.canvas.shape)
    values = run.preparation.source.take(["wave"], run.preparation.split.train)["wave"]
    for channel in range(num_channels):
        known = values[..., channel]
        assert abs(drawn[..., channel].mean() - np.nanmean(known)) < np.nanstd(known) + 1e-3
    sampler = sampler_of(run.preparation.network, run.spec, run.preparation.canvas)
    scaled = sampler.sample(draw_noise(20, sampler.latent_size, seed=0))
    centre, spread = np.nanmean(values, axis=(0, 1)), np.nanstd(values, axis=(0, 1))
    np.testing.assert_allclose(drawn, scaled * spread + centre, rtol=1e-3)
    generate(request(run, tmp_path / "out.csv"))
    assert pv.read_csv(tmp_path / "out.csv").num_rows == 9 * drawn.shape[1]


def test_steps_that_a_sequence_does_not_have_are_no_readings(tmp_path: Path) -> None:
    run = finished_vae(tmp_path, "uneven")
    generator = load_generator(run.folder)
    noise = draw_noise(40, generator.latent_size, seed=0)
    sampler = sampler_of(run.preparation.network, run.spec, run.preparation.canvas)
    is_there = (sampler.sample(noise) != 0.0).any(axis=-1)
    assert 0 < is_there.sum() < is_there.size

    drawn: Any = generator.draw(noise)

    np.testing.assert_array_equal(~np.isnan(drawn[..., 0]), is_there)
    assert np.nanmin(drawn) > 100
    generate(request(run, tmp_path / "out.csv", num_samples=40))
    assert pv.read_csv(tmp_path / "out.csv").num_rows == is_there.sum()


def test_the_texts_run_in_plain_keras(
    pictures: GeneratingRun, table: GeneratingRun, tmp_path: Path
) -> None:
    texts = {
        run.folder: run.folder.generator_usage.read_text(encoding="utf-8")
        for run in (pictures, table)
    }
    codes = [
        code_of(text).replace("generator.keras", str(folder.generator))
        for folder, text in texts.items()
    ]
    first, second = run_alone("\nprint('next')\n".join(codes), tmp_path).split("next")
    assert first.split() == ["values", "(5,", "8,", "8,", "1)"]
    assert [line.split()[0] for line in second.split("\n") if line] == [
        "height",
        "children",
        "colour",
    ]
    assert "pixels from 0 to 255" in texts[pictures.folder]
    assert "'lying'\n    'standing'" in texts[pictures.folder]
    assert "in the units of the data" in " ".join(texts[table.folder].split())


def test_the_code_of_the_text_draws_what_the_command_draws(
    table: GeneratingRun, tmp_path: Path
) -> None:
    text = table.folder.generator_usage.read_text(encoding="utf-8")
    code = code_of(text).replace("generator.keras", str(table.folder.generator))
    printed = run_alone(f"{code}\nprint('next', answer['height'].numpy().tolist())", tmp_path)
    generate(request(table, tmp_path / "out.csv", num_samples=5, class_name="a"))
    drawn = pv.read_csv(tmp_path / "out.csv").column("height")
    values = json.loads(printed.split("next")[1].replace("nan", "NaN"))
    assert values == pytest.approx(drawn.to_numpy(), abs=1e-4, nan_ok=True)


def test_sequences_that_were_scaled_by_themselves_say_so(tmp_path: Path) -> None:
    run = finished_vae(tmp_path, "sequences", ("preprocessing.wave.scaling=per_sequence",))
    result = generate(request(run, tmp_path / "out.csv"))
    (note,) = result.notes
    assert "scaled by itself" in note
    text = " ".join(run.folder.generator_usage.read_text(encoding="utf-8").split())
    assert note in text


def test_a_level_beside_the_shape_brings_units_back(tmp_path: Path) -> None:
    run = finished_vae(tmp_path, "sequences", ("preprocessing.wave.scaling=shape_and_level",))
    canvas, block = run.preparation.canvas, run.preparation.canvas.block
    assert block is not None
    real = run.preparation.source.take(["wave"], run.preparation.split.train)["wave"]
    scaled = run.preparation.preprocessor.transform({"wave": real})[canvas.feature]
    back = in_units(block, real, keras.ops.convert_to_tensor(scaled[..., : canvas.shape[-1]]))
    np.testing.assert_allclose(np.asarray(back), real, rtol=1e-3)
    result = generate(request(run, tmp_path / "out.csv"))
    assert result.notes == ()
    assert pv.read_csv(tmp_path / "out.csv").column_names == ["sample", "step", "value"]


def test_samples_are_written_as_pictures(pictures: GeneratingRun, tmp_path: Path) -> None:
    result = generate(request(pictures, tmp_path / "all.png"))
    assert result.num_samples == 9
    assert result.class_names == ("lying", "standing")
    with Image.open(tmp_path / "all.png") as image:
        assert image.size == (28, 28)
    generate(request(pictures, tmp_path / "each.zip", class_name="lying"))
    with zipfile.ZipFile(tmp_path / "each.zip") as archive:
        assert archive.namelist()[0] == "lying/sample_000001.png"
        assert len(archive.namelist()) == 9
    generate(request(pictures, tmp_path / "arrays.npz"))
    with np.load(tmp_path / "arrays.npz") as stored:
        assert stored["values"].shape == (9, 8, 8, 1)
        assert len(stored["classes"]) == 9


def test_a_seed_gives_the_same_samples_and_another_seed_gives_others(
    table: GeneratingRun, tmp_path: Path
) -> None:
    for name, seed in (("one.csv", 1), ("again.csv", 1), ("other.csv", 2)):
        generate(request(table, tmp_path / name, seed=seed))
    texts = [(tmp_path / name).read_text() for name in ("one.csv", "again.csv", "other.csv")]
    assert texts[0] == texts[1] != texts[2]
    assert pv.read_csv(tmp_path / "one.csv").num_rows == 9


def test_classes_are_spread_as_in_the_dataset(table: GeneratingRun) -> None:
    names = load_generator(table.folder).spread_classes(1_000, seed=0)
    assert 0.4 < names.count("a") / 1_000 < 0.6


def test_a_process_of_its_own_draws_samples(table: GeneratingRun, tmp_path: Path) -> None:
    result = generate_in_process(request(table, tmp_path / "out.parquet", class_name="b"))
    assert result.num_samples == 9
    assert (tmp_path / "out.parquet").exists()
    with pytest.raises(SpecError, match="The run knows no class 'c'. Choose one of: a, b."):
        generate_in_process(request(table, tmp_path / "out.csv", class_name="c"))


def test_what_cannot_be_drawn_is_refused(
    pictures: GeneratingRun, table: GeneratingRun, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="of the form image, which '.csv' cannot hold"):
        generate(request(pictures, tmp_path / "out.csv"))
    with pytest.raises(DataError, match="of the form table, which '.png' cannot hold"):
        generate(request(table, tmp_path / "out.png"))
    with pytest.raises(NotFoundError, match="The run has no generator"):
        load_generator(RunFolder(tmp_path))


def test_wrong_numbers_and_places_are_found_before_anything_is_loaded(tmp_path: Path) -> None:
    texts = [
        str(problem)
        for number, name in ((0, "a.csv"), (100_001, "a.txt"), (1, "none/a.csv"), (1, "a"))
        for problem in check_request(number, tmp_path / name)
    ]
    assert "0 samples are asked for; 1 to 100,000 can be made" in texts[0]
    assert "100,001 samples are asked for" in texts[1]
    assert "cannot be written as '.txt'" in texts[2]
    assert "its folder is missing" in texts[3]
    assert "a file without an ending" in texts[4]
    assert check_request(100_000, tmp_path / "a.csv") == ()


def test_classes_are_folders_of_their_own_and_never_paths() -> None:
    images = np.zeros((4, 2, 2, 3), "uint8")
    stored = archive_of(images, ["../a", "a", "A", ".."])
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        folders = [name.rpartition("/")[0] for name in archive.namelist()]
    assert len({folder.lower() for folder in folders}) == 4
    assert not any(".." in name.split("/") or "/" in name for name in folders)


def test_sequences_are_written_a_row_a_step() -> None:
    values = np.arange(12, dtype="float32").reshape(2, 3, 2)
    long = long_table(values, ["x", "y"])
    assert long.column("sample").to_pylist() == [0, 0, 0, 1, 1, 1]
    assert long.column("value_1").to_pylist() == [1, 3, 5, 7, 9, 11]
    assert long.column("class").to_pylist() == ["x"] * 3 + ["y"] * 3
    named = long_table(values, [], ["speed", "heat"])
    assert named.column_names == ["sample", "step", "speed", "heat"]
    assert long_table(values, [], ["step", "heat"]).column_names[-1] == "value_1"


def test_steps_before_a_sequence_begins_are_not_written() -> None:
    values = np.arange(12, dtype="float32").reshape(2, 3, 2)
    values[0, :2] = np.nan
    values[1, 1, 0] = np.nan  # a reading is missing, but not the step
    long = long_table(values, ["x", "y"])
    assert long.column("sample").to_pylist() == [0, 1, 1, 1]
    assert long.column("step").to_pylist() == [0, 0, 1, 2]
    assert long.column("value_1").to_pylist() == [5, 7, 9, 11]
    assert long.column("class").to_pylist() == ["x", "y", "y", "y"]
    assert [len(steps_there(one)) for one in values] == [1, 3]


def test_sounds_are_written_as_spectrograms(tmp_path: Path) -> None:
    sounds = np.zeros((3, 6, 4, 1), "float32")
    sounds[:, :, 0] = 1.0  # the lowest pitch is loud
    write_drawn(CanvasKind.SOUND, sounds, ["x", "y", "y"], tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == [
            "x/sample_000001.png",
            "y/sample_000002.png",
            "y/sample_000003.png",
        ]
        with archive.open("x/sample_000001.png") as file, Image.open(file) as image:
            pixels = np.asarray(image)
    assert pixels.shape == (4, 6, 3)
    assert (pixels[-1].sum(axis=-1) > pixels[0].sum(axis=-1)).all()
    check_ending(CanvasKind.SOUND, tmp_path / "out.png")
    with pytest.raises(DataError, match="of the form sound, which '.csv' cannot hold"):
        check_ending(CanvasKind.SOUND, tmp_path / "out.csv")


def test_one_picture_holds_all_images() -> None:
    images = np.arange(5, dtype="uint8")[:, None, None, None] * np.ones((1, 4, 6, 1), "uint8")
    picture = picture_of(images)
    assert set(np.unique(picture)) == {0, 1, 2, 3, 4, 255}
