"""Runs that make examples: what else their networks answer, and how they end on odd data."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dlstudio.data.catalog import add_dataset
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.rebuilt_answer import explain_row
from dlstudio.export.generator import load_generator
from dlstudio.export.load import load_model
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest, ScoringResult
from dlstudio.models.sampling import draw_noise
from dlstudio.runs.records import RunStatus
from dlstudio.settings import Settings
from dlstudio.spec.check import check_spec
from dlstudio.spec.task import TaskKind
from tests.fixtures.generators import add_table
from tests.fixtures.rebuilding import RebuildingRun, run_of
from tests.fixtures.workspace import settings_in

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

COLUMNS = ("height", "children", "colour", "kind")


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> RebuildingRun:
    home = tmp_path_factory.mktemp("conditional")
    settings = settings_in(home)
    dataset = add_table(settings, home / "files")
    return run_of(settings, dataset, TaskKind.GENERATION, "kind", architecture="vae")


def score(run: RebuildingRun, rows: str, output: Path | None = None) -> ScoringResult:
    source = run.settings.home / "asked.csv"
    source.write_text(rows)
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(source),
        output_path=str(output) if output else None,
    )
    return score_file(request, lambda _progress: None)


def test_the_saved_model_of_a_vae_rebuilds_rows_as_its_training_did(
    conditional: RebuildingRun,
) -> None:
    run = conditional
    names = {artifact.name for artifact in run.trained.artifacts}
    assert {"model.keras", "usage.txt", "generator.keras", "generator-usage.txt"} <= names
    raw = read_raw(run.dataset, COLUMNS)
    said = predict_raw(load_model(run.folder.model), raw, run.dataset.info, run.spec)
    written = pq.read_table(run.folder.predictions).sort_by("row")
    for name in ("reconstruction_error", "code_0"):
        np.testing.assert_allclose(said.column(name), written.column(name), rtol=1e-4, atol=1e-5)


def test_a_row_is_explained_with_its_class(conditional: RebuildingRun) -> None:
    run = conditional
    raw = read_raw(run.dataset, COLUMNS, np.asarray([3]))
    model = load_model(run.folder.model)
    with_class = explain_row(model, raw, run.dataset.info, run.spec)
    del raw["kind"]
    without = explain_row(model, raw, run.dataset.info, run.spec)
    assert {value.column for value in with_class.values} == {"height", "children", "colour"}
    assert with_class.codes != without.codes


def test_rows_of_no_known_class_are_rebuilt_with_a_note(
    conditional: RebuildingRun, tmp_path: Path
) -> None:
    rows = "height,children,colour,kind\n10.2,2,red,a\n11,1,blue,zebra\n"
    mixed = score(conditional, rows, tmp_path / "out.csv")
    (note,) = mixed.notes
    assert note == (
        "Of 1 rows the class in 'kind' is not known: they are rebuilt without it, which is less "
        "exact."
    )
    untold = score(conditional, "height,children,colour\n10.2,2,red\n")
    assert untold.metrics["rmse"] > 0
    assert "Of 1 rows the class in 'kind'" in untold.notes[0]


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_a_class_that_all_rows_have_is_not_told_to_the_network(
    architecture: str, settings: Settings, tmp_path: Path
) -> None:
    rows = [f"{number % 7},{number % 4 + number / 50},same" for number in range(60)]
    (tmp_path / "alike.csv").write_text("\n".join(["a,b,kind", *rows]))
    dataset = add_dataset(settings, tmp_path / "alike.csv")
    few = ("training.epochs=2",)
    run = run_of(settings, dataset, TaskKind.GENERATION, "kind", *few, architecture=architecture)
    assert run.spec.task.targets == ("kind",)
    assert check_spec(run.spec, dataset.info) == ()
    assert run.trained.status is RunStatus.FINISHED
    generator = load_generator(run.folder)
    assert generator.class_names == ()
    drawn = generator.draw(draw_noise(4, generator.latent_size, seed=1))
    assert not isinstance(drawn, np.ndarray)
    assert drawn.column_names == ["a", "b"]


@pytest.mark.parametrize("architecture", ["autoencoder", "vae", "gan"])
def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_good_weights(
    architecture: str, settings: Settings, tmp_path: Path
) -> None:
    dataset = add_table(settings, tmp_path / "files")
    kind = TaskKind.REDUCTION if architecture == "autoencoder" else TaskKind.GENERATION
    # The rate rises until nothing can follow it; the first epochs go well.
    rising = ("training.schedule=constant", "training.warmup_fraction=0.5", "training.epochs=2000")
    wild = ("training.learning_rate=50", "training.optimizer=sgd", "training.early_stopping=null")
    run = run_of(settings, dataset, kind, None, *wild, *rising, architecture=architecture)

    trained = run.trained
    assert trained.status is RunStatus.FAILED
    assert trained.outcome.problem is not None
    assert "in epoch" in trained.message
    assert trained.message.startswith(("The loss became NaN", "The loss became infinite"))
    assert "Lower the learning rate" in trained.outcome.problem.fix
    assert trained.outcome.best_epoch >= 1
    kept = run.folder.generator if kind is TaskKind.GENERATION else run.folder.model
    weights = load_model(kept).get_weights()
    assert all(np.isfinite(array).all() for array in weights if array.dtype.kind == "f")
    assert run.folder.report.is_file()
