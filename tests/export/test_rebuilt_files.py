"""Rebuilt pictures, sounds and sequences of whole files, beside their predictions."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlstudio.data.catalog import open_dataset
from dlstudio.data.dataset import read_table
from dlstudio.errors import DataError
from dlstudio.evaluation.rebuilt_examples import predict_with_examples
from dlstudio.export.load import load_model
from dlstudio.export.rebuilt_files import NOT_PLAYED, OLD_MODEL, open_rebuilt, rebuilt_path
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest, ScoringResult
from dlstudio.models.canvas import Canvas, canvas_of
from dlstudio.models.rebuilding import EXAMPLE, IN_UNITS, RECONSTRUCTION
from dlstudio.models.rows import decode
from dlstudio.settings import Settings
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.dataset import DatasetInfo
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.overrides import apply_overrides
from dlstudio.spec.task import TaskKind
from tests.fixtures.generators import add_sequences
from tests.fixtures.rebuilding import RebuildingRun, rebuilding_run, run_of
from tests.fixtures.workspace import settings_in
from tests.ui.structured_data import add_sequences as add_moves
from tests.ui.structured_data import add_sounds

pytestmark = pytest.mark.tensorflow


def scored(run: RebuildingRun, source: Path, output: Path) -> ScoringResult:
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(source),
        output_path=str(output),
        with_values=True,
    )
    return score_file(request, lambda _progress: None)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> RebuildingRun:
    return rebuilding_run(tmp_path_factory.getbasetemp() / "rebuilding" / "pictures", "pictures")


def test_rebuilt_pictures_are_written_under_the_names_of_their_files(
    pictures: RebuildingRun, tmp_path: Path
) -> None:
    cells = read_table(pictures.dataset, [pictures.spec.task.inputs[0]]).column(0).to_pylist()
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        for name, cell in zip(("a/1.png", "b/1.png", "b/2.png"), cells, strict=False):
            archive.write(pictures.dataset.folder / cell, name)
    result = scored(pictures, tmp_path / "new.zip", tmp_path / "out.csv")
    assert result.rebuilt_path == str(tmp_path / "out_reconstructions.zip")
    assert len(rows_of(tmp_path / "out.csv")) == 3
    with zipfile.ZipFile(str(result.rebuilt_path)) as archive:
        assert sorted(archive.namelist()) == ["a/1.png", "b/1.png", "b/2.png"]
        shown = np.asarray(Image.open(io.BytesIO(archive.read("b/1.png"))))
    column, block = (
        pictures.spec.task.inputs[0],
        canvas_of(pictures.spec, pictures.dataset.info).block,
    )
    assert block is not None
    raw = {column: decode(block, np.array(cells[1:2], object), pictures.dataset.folder)}
    model = load_model(pictures.folder.model)
    expected = predict_with_examples(model, raw, pictures.spec).outputs[RECONSTRUCTION][0]
    np.testing.assert_allclose(shown.reshape(expected.shape), expected, atol=0.51)
    assert any("size that the network sees: 8 x 8 pixels" in note for note in result.notes)


@pytest.mark.slow
def test_rebuilt_sequences_are_written_in_the_units_of_the_data(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    dataset = add_sequences(settings, tmp_path / "waves")
    run = run_of(settings, dataset, TaskKind.REDUCTION, None, "training.epochs=2")
    source = tmp_path / "waves" / "waves.parquet"
    result = scored(run, source, tmp_path / "out.csv")
    assert result.rebuilt_path is not None
    rows = rows_of(Path(result.rebuilt_path))
    assert len(rows) == 60 * 24
    assert [rows[24][name] for name in ("row", "step")] == ["2", "0"]
    given, rebuilt = (
        np.array([float(row[name]) for row in rows]) for name in ("value", "rebuilt_value")
    )
    raw = {"wave": given.reshape(60, 24, 1).astype("float32")}
    outputs = predict_with_examples(load_model(run.folder.model), raw, run.spec).outputs
    # What the scaling did to the given values, undone.
    factor, center = np.polyfit(outputs[EXAMPLE].reshape(-1), given, 1)
    expected = outputs[RECONSTRUCTION].reshape(-1) * factor + center
    np.testing.assert_allclose(rebuilt, expected, rtol=1e-4, atol=1e-3)


@pytest.mark.slow
def test_rebuilt_sounds_are_pictures_and_say_that_they_cannot_be_played(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = open_dataset(settings, add_sounds(settings, tmp_path).name)
    small = ("preprocessing.audio.num_mels=16", "preprocessing.audio.sample_rate=4000")
    run = run_of(settings, dataset, TaskKind.REDUCTION, None, *small, "training.epochs=1")
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        for path in sorted((tmp_path / "tones").rglob("*.wav")):
            archive.write(path, path.name)
    result = scored(run, tmp_path / "new.zip", tmp_path / "out.parquet")
    assert result.rebuilt_path == str(tmp_path / "out_reconstructions.zip")
    assert NOT_PLAYED in result.notes
    with zipfile.ZipFile(str(result.rebuilt_path)) as archive:
        assert len(archive.namelist()) == 12
        picture = Image.open(io.BytesIO(archive.read(archive.namelist()[0])))
    assert picture.height == 16 * 2 + 2


def series_canvas(settings: Settings, folder: Path, *changes: str) -> Canvas:
    info: DatasetInfo = add_moves(settings, folder)
    spec = default_spec(info, (), TaskKind.REDUCTION, "autoencoder")
    return canvas_of(apply_overrides(spec, changes), info)


def test_padding_is_left_out_and_rows_go_on_from_part_to_part(
    settings: Settings, tmp_path: Path
) -> None:
    canvas = series_canvas(settings, tmp_path)
    nan = float("nan")
    given = np.array([[[nan], [1.0], [nan]], [[nan], [nan], [nan]], [[1.0], [2.0], [3.0]]], "f4")
    outputs = {RECONSTRUCTION: given * 0, EXAMPLE: given * 0, IN_UNITS: np.nan_to_num(given) + 10}
    path = rebuilt_path(canvas, tmp_path / "out.csv")
    with open_rebuilt(canvas, path) as writer:
        writer.write([None] * 3, given, outputs)
        writer.write([None] * 3, given, outputs)
    rows = rows_of(path)
    assert [(row["row"], row["step"]) for row in rows] == [
        *(("1", "0"), ("1", "1"), ("3", "0"), ("3", "1"), ("3", "2")),
        *(("4", "0"), ("4", "1"), ("6", "0"), ("6", "1"), ("6", "2")),
    ]
    assert [row["rebuilt_value" if "value" in row else "rebuilt_value_0"] for row in rows[:3]] == [
        *("11", "10", "11"),
    ]
    assert writer.notes == ()


def test_models_of_earlier_versions_give_scaled_sequences_and_it_is_said(
    settings: Settings, tmp_path: Path
) -> None:
    canvas = series_canvas(settings, tmp_path)
    given = np.ones((1, 2, 1), "float32")
    outputs = {RECONSTRUCTION: given * 0.5, EXAMPLE: given * 0.25}
    with open_rebuilt(canvas, tmp_path / "out.csv") as writer:
        writer.write(["a.csv"], given, outputs)
    (first, _) = rows_of(tmp_path / "out.csv")
    assert list(first.values()) == ["1", "a.csv", "0", "0.25", "0.5"]
    assert writer.notes == (OLD_MODEL,)


def test_no_two_pictures_share_a_name_and_none_leads_out_of_its_folder(tmp_path: Path) -> None:
    canvas = Canvas(CanvasKind.IMAGE, "photo", (2, 2, 1), "uint8", (2, 2, 1), ("photo",))
    pixels = {RECONSTRUCTION: np.full((5, 2, 2, 1), np.nan, "float32")}
    with open_rebuilt(canvas, tmp_path / "out.zip") as writer:
        names = ["a.jpg", "A.png", "../../etc/x.png", "/y.png", None]
        writer.write(names, np.zeros((5, 2, 2, 1), "uint8"), pixels)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == [
            *("a.png", "A_2.png", "etc/x.png", "y.png", "row_000005.png"),
        ]


def test_a_file_that_breaks_leaves_no_half_archive(pictures: RebuildingRun, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a.png").write_bytes(b"no picture")
    with pytest.raises(DataError):
        scored(pictures, tmp_path / "new", tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
