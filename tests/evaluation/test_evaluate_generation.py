"""Samples are drawn with the run's seed, judged by held-out rows and kept."""

from pathlib import Path

import numpy as np
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest

from dlstudio.data.dataset import read_table
from dlstudio.evaluation import drawn_samples
from dlstudio.evaluation.canvas_rows import canvas_rows, canvas_rows_of
from dlstudio.evaluation.drawn_samples import DrawnSamples, draw_samples, judge_drawn, way_back
from dlstudio.evaluation.evaluate_generation import evaluate_generation
from dlstudio.evaluation.sample_rivals import GAUSSIAN, PCA, image_rivals
from dlstudio.models.rebuilding import CODE
from dlstudio.models.table_columns import table_of
from dlstudio.runs.folders import RunFolder
from dlstudio.settings import Settings
from tests.fixtures.generators import add_pictures, add_table, trained_vae

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoded files go where the test's datasets are."""
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    (tmp_path / "run").mkdir()
    return RunFolder(tmp_path / "run")


def test_samples_of_pictures_are_judged_beside_cheap_rivals(
    settings: Settings, tmp_path: Path, folder: RunFolder
) -> None:
    dataset = add_pictures(settings, tmp_path / "pictures")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", ("label",))
    found = evaluate_generation(preparation, spec, folder)

    report = found.report.generation
    assert report is not None
    assert {"model", "resampled", GAUSSIAN, PCA} == set(report.scores)
    assert len(report.code_information) == preparation.network.output["code"].shape[-1]
    assert min(report.code_information) >= 0.0
    assert report.modes is not None
    assert [mode.name for mode in report.modes.classes] == ["lying", "standing"]
    assert {"rmse", "kid", "sample_precision", "sample_recall"} <= set(
        found.report.splits["test"].metrics
    )
    assert set(found.report.splits["train"].metrics) == {"rmse"}
    assert set(found.files) == {folder.path / "samples.npz", folder.predictions}
    with np.load(folder.path / "samples.npz") as stored:
        assert stored["values"].shape == (256, 8, 8, 1)
        assert stored["values"].dtype == np.uint8
        assert set(stored["captions"]) == {"lying", "standing"}
        assert len(stored["nearest_samples"]) == len(report.memorisation.nearest)
    codes = pq.read_table(folder.predictions)
    assert codes.num_rows == dataset.info.num_rows
    assert {"row", "split", "reconstruction_error", "code_0", "code_15"} <= set(codes.column_names)


def test_the_same_run_draws_the_same_samples_again(
    settings: Settings, tmp_path: Path, folder: RunFolder
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", ())
    first = evaluate_generation(preparation, spec, folder)
    text = (folder.path / "samples.csv").read_text()
    second = evaluate_generation(preparation, spec, folder)
    assert first.report == second.report
    assert (folder.path / "samples.csv").read_text() == text


def test_samples_of_a_table_are_compared_column_by_column(
    settings: Settings, tmp_path: Path, folder: RunFolder
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", ("kind",))
    found = evaluate_generation(preparation, spec, folder)

    report = found.report.generation
    assert report is not None and report.tables is not None
    assert [column.column for column in report.tables.columns] == [
        "height",
        "children",
        "colour",
        "kind",
    ]
    assert report.tables.synthetic_score is not None
    assert report.tables.synthetic_score.target == "kind"
    table = pv.read_csv(folder.path / "samples.csv")
    assert table.column_names == ["height", "children", "colour", "kind"]
    assert str(table.schema.field("children").type) == "int64"
    assert set(table.column("colour").to_pylist()) <= {"red", "green", "blue"}
    assert set(table.column("kind").to_pylist()) == {"a", "b"}
    pairs = pv.read_csv(folder.path / "nearest_rows.csv").to_pylist()
    assert len(pairs) == 2 * len(report.memorisation.nearest) > 0
    real = read_table(dataset).to_pylist()
    for sample, row in zip(pairs[::2], pairs[1::2], strict=True):
        assert (sample["origin"], sample["pair"]) == ("sample", row["pair"])
        found_row = real[int(row["origin"].removeprefix("row ")) - 1]
        assert [row[name] for name in ("height", "children", "colour")] == [
            found_row[name] for name in ("height", "children", "colour")
        ]


def test_rows_that_are_handed_out_are_read_as_rows_of_the_dataset_are(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    _, preparation = trained_vae(dataset, tmp_path / "checkpoint", (), num_epochs=1)
    real = read_table(dataset, preparation.preprocessor.columns.names)
    read = canvas_rows_of(preparation, real)
    np.testing.assert_allclose(read, canvas_rows(preparation, np.arange(real.num_rows)), atol=1e-6)


def test_a_generator_that_hands_out_training_rows_is_caught_though_it_makes_them_less_exactly(
    settings: Settings, tmp_path: Path
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", (), num_epochs=1)
    made = canvas_rows(preparation, preparation.learned.train)
    noise = np.random.default_rng(0).normal(0.0, 0.003, made.shape).astype("float32")
    back = way_back(preparation)
    assert back is not None
    drawn = DrawnSamples(made + noise, None, table_of(back, made + noise))
    report = judge_drawn(preparation, spec, drawn).report
    assert "copies" in [alarm.code for alarm in report.alarms]
    assert [near.distance for near in report.memorisation.nearest[:10]] == [0.0] * 10


def test_copies_are_looked_for_among_as_many_rows_as_it_says(
    settings: Settings, tmp_path: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", (), num_epochs=1)
    learned = set(preparation.learned.train.tolist())
    # The scores take a part of the rows; copies are looked for among all of them.
    monkeypatch.setattr(drawn_samples, "MOST_CELLS", 1)
    monkeypatch.setattr(drawn_samples, "PART_CELLS", 1)
    whole = judge_drawn(preparation, spec, draw_samples(preparation, spec))
    assert set(whole.searched.tolist()) == learned
    assert not any("Copies were looked for" in note for note in whole.report.notes)
    monkeypatch.setattr(drawn_samples, "MOST_SEARCHED", 30)
    part = judge_drawn(preparation, spec, draw_samples(preparation, spec))
    assert len(part.searched) == 30 and set(part.searched.tolist()) < learned
    assert part.report.notes[-1].startswith(
        f"Copies were looked for among 30 of {len(learned)} training rows, drawn at random"
    )


def test_codes_that_say_nothing_raise_an_alarm(
    settings: Settings, tmp_path: Path, folder: RunFolder
) -> None:
    dataset = add_table(settings, tmp_path / "table")
    spec, preparation = trained_vae(dataset, tmp_path / "checkpoint", (), num_epochs=1)
    for name in (CODE, "spread"):
        layer = preparation.network.get_layer(name)
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    found = evaluate_generation(preparation, spec, folder)
    assert found.report.generation is not None
    assert "posterior_collapse" in [alarm.code for alarm in found.report.generation.alarms]


def test_rivals_have_the_mean_and_the_covariance_of_the_images() -> None:
    random = np.random.default_rng(0)
    factors = random.normal(size=(3, 12))
    train = (random.normal(size=(4_000, 3)) @ factors + 0.3).reshape(-1, 3, 4, 1)
    for rival in image_rivals(train.astype("float32"), 4_000, seed=1):
        rows = rival.samples.reshape(4_000, 12)
        np.testing.assert_allclose(rows.mean(axis=0), 0.3, atol=0.15)
        expected = np.cov(train.reshape(4_000, 12).T)
        np.testing.assert_allclose(np.cov(rows.T), expected, atol=0.25)
