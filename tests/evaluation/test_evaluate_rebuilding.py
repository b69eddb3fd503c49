"""What a run of an autoencoder says of its rows, and that its saved model says the same."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from sklearn.metrics import roc_auc_score

from dlstudio.data.dataset import read_table
from dlstudio.data.raw import read_raw
from dlstudio.evaluation.predict import predict_raw
from dlstudio.evaluation.predictions import read_predictions
from dlstudio.evaluation.rebuilding_check import NORMAL_ONLY, RebuildingCheck
from dlstudio.evaluation.rebuilt_answer import explain_row
from dlstudio.export.load import load_model
from dlstudio.reports.anomaly import ISOLATION_FOREST, PCA
from dlstudio.runs.records import RunStatus
from dlstudio.spec.task import ThresholdRule
from tests.fixtures.rebuilding import RebuildingRun, rebuilding_run

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "rebuilding"


@pytest.fixture(scope="session")
def table(home: Path) -> RebuildingRun:
    return rebuilding_run(home / "table", "table")


@pytest.fixture(scope="session")
def pictures(home: Path) -> RebuildingRun:
    return rebuilding_run(home / "pictures", "pictures")


def test_anomalies_are_judged_beside_their_rivals(table: RebuildingRun) -> None:
    assert table.trained.status is RunStatus.FINISHED
    for name, split in table.report.splits.items():
        assert split.anomaly is not None
        assert {one.name for one in split.anomaly.rivals} == {ISOLATION_FOREST, PCA}
        assert split.anomaly.rule is ThresholdRule.BEST_F1
        assert {"roc_auc", "pr_auc", "f1", "rmse", "explained"} <= set(split.metrics), name
        assert NORMAL_ONLY in split.notes
    assert table.report.metrics["test"]["roc_auc"] > 0.9


def test_the_area_is_that_of_the_stored_scores(table: RebuildingRun) -> None:
    stored = read_predictions(table.folder.predictions, "test")
    states = read_table(table.dataset, ["state"], stored.column("row").to_numpy())
    is_odd = np.asarray(states.column(0).to_pylist()) == "broken"
    area = roc_auc_score(is_odd, stored.column("anomaly_score").to_numpy())
    assert table.report.metrics["test"]["roc_auc"] == pytest.approx(area)


def test_the_most_anomalous_rows_name_a_column_to_blame(table: RebuildingRun) -> None:
    details = table.report.splits["test"].anomaly
    assert details is not None
    worst = details.most_anomalous[0]
    assert worst.is_anomalous
    assert worst.blames[0].column in table.spec.task.inputs
    assert 0.0 < sum(blame.share for blame in worst.blames) <= 1.0 + 1e-9


def test_the_saved_model_flags_the_same_rows(table: RebuildingRun) -> None:
    model = load_model(table.folder.model)
    stored = read_predictions(table.folder.predictions).sort_by("row")
    raw = read_raw(table.dataset, table.spec.task.inputs)
    said = predict_raw(model, raw, table.dataset.info, table.spec)
    flagged = said.column("is_anomaly").to_numpy()
    scores = said.column("anomaly_score").to_numpy()
    errors = said.column("reconstruction_error").to_numpy()
    np.testing.assert_allclose(errors, stored.column("reconstruction_error"), rtol=1e-4)
    assert (flagged == stored.column("is_anomaly").to_numpy()).all()
    assert (flagged == (scores > 1.0)).all()
    details = table.report.splits["test"].anomaly
    assert details is not None
    assert (flagged == (errors > details.chosen.threshold)).all()
    assert [name for name in said.column_names if name.startswith("code_")] == ["code_0", "code_1"]


def test_codes_of_all_rows_are_a_table_with_their_label(table: RebuildingRun) -> None:
    codes = pa_csv.read_csv(table.folder.codes)
    assert codes.column_names == ["row", "state", "code_0", "code_1"]
    assert codes.column("row").to_pylist() == list(range(200))
    assert codes.column("state").to_pylist()[:2] == ["broken", "fine"]
    assert "codes.csv" in {artifact.name for artifact in table.trained.artifacts}


def test_reconstructions_of_pictures_are_judged_beside_pca(pictures: RebuildingRun) -> None:
    report = pictures.report
    details = report.splits["test"].reconstruction
    assert details is not None
    assert details.num_components == 4
    assert details.neighbours is not None
    assert details.neighbours.label == "label"
    assert {column.name for column in details.by_column} >= {"top, left", "bottom, right"}
    assert details.num_columns == 16
    assert report.codes is not None
    assert len(report.codes.rows) == 60
    assert report.codes.is_projected
    assert report.splits["train"].reconstruction is not None
    assert report.splits["train"].reconstruction.neighbours is None
    assert "anomaly_score" not in read_predictions(pictures.folder.predictions).column_names


def test_a_row_of_a_table_is_shown_beside_its_reconstruction(table: RebuildingRun) -> None:
    model = load_model(table.folder.model)
    raw = read_raw(table.dataset, table.spec.task.inputs, np.array([0]))
    found = explain_row(model, raw, table.dataset.info, table.spec)
    assert found.score is not None
    assert found.score > 1.0
    assert len(found.codes) == 2
    values = {value.column: value for value in found.values}
    assert set(values) == set(table.spec.task.inputs)
    assert values["machine"].given == "old"
    assert values["machine"].rebuilt in ("old", "new")
    assert 0.0 < float(values["power"].rebuilt) < 20.0
    assert sum(value.share for value in found.values) == pytest.approx(1.0)
    assert found.example is None


def test_a_missing_number_is_a_dash(table: RebuildingRun) -> None:
    model = load_model(table.folder.model)
    raw = read_raw(table.dataset, table.spec.task.inputs, np.array([3]))
    found = explain_row(model, raw, table.dataset.info, table.spec)
    assert {value.column: value.given for value in found.values}["noise"] == "–"


def test_a_picture_is_shown_beside_its_reconstruction(pictures: RebuildingRun) -> None:
    from dlstudio.models.columns import input_columns
    from dlstudio.models.inputs.table import describe_blocks
    from dlstudio.models.rows import DatasetRows
    from dlstudio.ui.predict_rebuilding import unpack

    blocks = describe_blocks(input_columns(pictures.spec, pictures.dataset.info).structured)
    names = pictures.spec.task.inputs
    raw = DatasetRows(pictures.dataset, names, blocks).take(names, np.array([2]))
    model = load_model(pictures.folder.model)
    found = explain_row(model, raw, pictures.dataset.info, pictures.spec)
    assert found.score is None
    assert found.example is not None
    given, rebuilt = unpack(found.example)
    assert given.shape == rebuilt.shape == (8, 8, 1)
    assert (given[..., 0] == raw[names[0]][0].reshape(8, 8)).all()


def test_rows_of_a_file_are_checked_with_and_without_labels(table: RebuildingRun) -> None:
    model = load_model(table.folder.model)
    raw = read_raw(table.dataset, [*table.spec.task.inputs, "state"])
    answers = predict_raw(model, raw, table.dataset.info, table.spec)
    check = RebuildingCheck(table.spec, table.dataset.info)
    check.add(answers, raw)
    found = check.result()
    assert found.num_rows == 200
    assert found.metrics["roc_auc"] > 0.9
    assert NORMAL_ONLY in found.notes

    is_broken = raw["state"].astype(str).ravel() == "broken"
    for part in (is_broken, ~is_broken):
        # Nothing is left out of errors where all rows are anomalies, or none is.
        alike = RebuildingCheck(table.spec, table.dataset.info)
        alike.add(answers.filter(pa.array(part)), {name: raw[name][part] for name in raw})
        assert NORMAL_ONLY not in alike.result().notes
        assert ("rmse" in alike.result().metrics) == (part is not is_broken)

    blind = RebuildingCheck(table.spec, table.dataset.info)
    blind.add(answers, {name: raw[name] for name in table.spec.task.inputs})
    found = blind.result()
    assert set(found.metrics) == {"rmse"}
    assert found.notes == (
        "The file has no column 'state', so that nobody knows which rows are anomalies.",
    )
