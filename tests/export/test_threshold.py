"""Another threshold for an anomaly detection: in files that are scored, and in exported models."""

import csv
from io import StringIO
from pathlib import Path

import keras
import numpy as np
import pytest

from dlstudio.data.raw import read_raw
from dlstudio.errors import DataError
from dlstudio.evaluation.predict import predict_raw
from dlstudio.export.load import load_model
from dlstudio.export.own_process import Answer
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest, ScoringResult
from dlstudio.export.threshold import ThresholdRequest, copy_with_threshold
from dlstudio.export.threshold_file import main, write_with_threshold
from dlstudio.models.new_threshold import with_threshold
from tests.fixtures.rebuilding import KINDS, RebuildingRun, rebuilding_run

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RebuildingRun]:
    home = tmp_path_factory.getbasetemp() / "rebuilding"
    return {kind: rebuilding_run(home / kind, kind) for kind in KINDS}


def scored(run: RebuildingRun, output: Path | None, threshold: float | None) -> ScoringResult:
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(run.settings.home / "sensors.csv"),
        output_path=str(output) if output else None,
        threshold=threshold,
    )
    return score_file(request, lambda _progress: None)


def columns_of(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ("reconstruction_error", "anomaly_score", "is_anomaly")
    return {name: np.array([float(row[name]) for row in rows]) for name in names}


def test_rows_of_a_file_are_judged_by_the_threshold_that_is_given(
    runs: dict[str, RebuildingRun], tmp_path: Path
) -> None:
    run = runs["table"]
    scored(run, tmp_path / "own.csv", None)
    own = columns_of(tmp_path / "own.csv")
    threshold = float(np.quantile(own["reconstruction_error"], 0.5))
    result = scored(run, tmp_path / "out.csv", threshold)
    found = columns_of(tmp_path / "out.csv")
    np.testing.assert_allclose(
        found["reconstruction_error"], own["reconstruction_error"], rtol=1e-6
    )
    np.testing.assert_allclose(
        found["anomaly_score"], own["reconstruction_error"] / threshold, rtol=1e-5
    )
    assert found["is_anomaly"].sum() == 100 != own["is_anomaly"].sum()
    assert f"Rows are judged by the threshold {threshold:g}, not by the run's own." in result.notes


def test_a_file_is_checked_with_the_threshold_that_is_given(
    runs: dict[str, RebuildingRun],
) -> None:
    lowest = scored(runs["table"], None, 1e-6).metrics
    assert lowest["recall"] == 1.0
    assert lowest["precision"] == pytest.approx(0.1)
    assert lowest["roc_auc"] == scored(runs["table"], None, None).metrics["roc_auc"]


@pytest.mark.parametrize(
    ("kind", "threshold", "problem"),
    [
        ("table", 0.0, "The threshold 0 is not above 0"),
        ("table", float("nan"), "The threshold nan is not above 0"),
        ("pictures", 0.5, "A threshold is given, but this run does not look for anomalies."),
    ],
)
def test_thresholds_that_mean_nothing_are_refused(
    runs: dict[str, RebuildingRun], tmp_path: Path, kind: str, threshold: float, problem: str
) -> None:
    output = tmp_path / "model.keras"
    request = ThresholdRequest.model_construct(
        model=str(runs[kind].folder.model), output=str(output), threshold=threshold
    )
    with pytest.raises(DataError) as caught:
        write_with_threshold(request)
    assert caught.value.problem.startswith(problem)
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_a_process_that_names_as_this_one_does_takes_a_threshold(
    runs: dict[str, RebuildingRun],
) -> None:
    model, run = load_model(runs["table"].folder.model), runs["table"]
    for threshold in (0.5, 0.25):
        keras.backend.clear_session()  # names count from the beginning again, as in a new process
        model = with_threshold(model, threshold)
    raw = read_raw(run.dataset, run.spec.task.inputs)
    found = predict_raw(model, raw, run.dataset.info, run.spec)
    errors = found.column("reconstruction_error").to_numpy()
    np.testing.assert_allclose(found.column("anomaly_score"), errors / 0.25, rtol=1e-5)


@pytest.mark.slow
def test_a_model_is_written_with_another_threshold_and_the_run_keeps_its_own(
    runs: dict[str, RebuildingRun], tmp_path: Path
) -> None:
    run, output = runs["table"], tmp_path / "model.keras"
    before = run.folder.model.read_bytes()
    copy_with_threshold(run.folder.model, output, 0.25)
    assert run.folder.model.read_bytes() == before
    raw = read_raw(run.dataset, run.spec.task.inputs)
    found, own = (
        predict_raw(load_model(path), raw, run.dataset.info, run.spec)
        for path in (output, run.folder.model)
    )
    errors = own.column("reconstruction_error").to_numpy()
    np.testing.assert_allclose(found.column("reconstruction_error"), errors, rtol=1e-6)
    np.testing.assert_allclose(found.column("anomaly_score"), errors / 0.25, rtol=1e-5)
    assert found.column("is_anomaly").to_pylist() == (errors > 0.25).astype(int).tolist()


def test_a_file_that_cannot_be_written_is_told(
    runs: dict[str, RebuildingRun],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model, output = str(runs["table"].folder.model), str(tmp_path / "no" / "model.keras")
    request = ThresholdRequest(model=model, output=output, threshold=0.25)
    monkeypatch.setattr("sys.stdin", StringIO(request.model_dump_json()))
    assert main() == 1
    result = Answer.model_validate_json(capsys.readouterr().out.strip().splitlines()[-1])
    assert "cannot be written" in result.problems[0].problem
