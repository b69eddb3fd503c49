"""Files scored by the scoring process, as the page and the command line have it."""

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from dlstudio.data.raw import read_raw
from dlstudio.errors import NotFoundError
from dlstudio.evaluation.predict import predict_raw
from dlstudio.export.score_file import free_names
from dlstudio.export.scoring import (
    ScoringJob,
    ScoringState,
    ScoringStatus,
    open_job,
    start_scoring,
)
from dlstudio.runs.folders import make_run_folder
from dlstudio.settings import Settings
from tests.fixtures.untrained import UntrainedRun, mixed_rows, write_csv

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def wait(job: ScoringJob) -> ScoringState:
    deadline = time.monotonic() + 150
    while (state := job.poll()).status is ScoringStatus.RUNNING:
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return state


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_predictions_stand_beside_the_input_rows(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["classes"]
    rows = mixed_rows()
    for row in rows:
        row.pop("color")
    source = write_csv(tmp_path / "new rows.csv", rows)
    job = start_scoring(run.settings, run.folder, source, tmp_path / "out.csv")
    assert open_job(run.settings, job.id) == job
    state = wait(job)
    assert state.status is ScoringStatus.DONE, state.problems
    assert state.result is not None
    assert (state.result.num_rows, state.result.notes) == (len(rows), ())
    found = read_rows(tmp_path / "out.csv")
    added = ["prediction", "probability_blue", "probability_green", "probability_red"]
    assert list(found[0]) == [*rows[0], *added]
    assert [{name: row[name] for name in rows[0]} for row in found] == rows
    raw = read_raw(run.dataset, run.spec.task.inputs)
    expected = predict_raw(run.model, raw, run.dataset.info, run.spec)
    assert [row["prediction"] for row in found] == expected.column("prediction").to_pylist()
    assert [float(row["probability_red"]) for row in found] == pytest.approx(
        expected.column("probability_red").to_pylist(), abs=1e-6
    )
    job.dismiss()
    with pytest.raises(NotFoundError, match="There is no scoring job"):
        open_job(run.settings, job.id)


def test_evaluation_gives_the_metrics_of_the_stored_predictions(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    test_rows = [mixed_rows()[index] for index in run.split.test]
    test_rows[0:0] = [{**test_rows[0], "churned": ""}]
    source = write_csv(tmp_path / "labelled.csv", test_rows)
    state = wait(start_scoring(run.settings, run.folder, source, None))
    assert state.result is not None, state
    assert state.result.problems == ()
    assert state.result.metrics == pytest.approx(run.report.metrics["test"], abs=1e-6)
    assert state.result.num_rows == len(run.split.test)
    assert "1 row without a target was left out." in state.result.notes


def test_labels_that_the_model_never_saw_are_told(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["tags"]
    rows = [{**row, "tags": "red|striped"} for row in mixed_rows()[:20]]
    source = write_csv(tmp_path / "labelled.csv", rows)
    state = wait(start_scoring(run.settings, run.folder, source, None))
    assert state.result is not None, state
    assert (
        "The model never saw the labels 'striped': they are left out of all scores."
        in state.result.notes
    )


def test_own_columns_of_the_same_name_are_renamed_and_bad_rows_reported(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["values"]
    rows = [{**row, "prediction_cost": "mine"} for row in mixed_rows()[:30]]
    rows[3]["age"] = rows[4]["age"] = "unknown age"
    source = write_csv(tmp_path / "rows.csv", rows)
    with source.open("a", encoding="utf-8") as file:
        file.write("1,2\n")
    state = wait(start_scoring(run.settings, run.folder, source, tmp_path / "out.csv"))
    assert state.result is not None, state
    assert state.result.num_rows_rejected == 1
    assert state.result.notes[0] == (
        "The file's own column 'prediction_cost' is named 'input_prediction_cost' in the output."
    )
    assert state.result.notes[1] == "2 cells of 'age' are no number and count as missing."
    assert state.result.notes[2].startswith("1 row could not be read (line 32: ")
    first = read_rows(tmp_path / "out.csv")[0]
    assert first["input_prediction_cost"] == "mine"
    assert np.isfinite(float(first["prediction_cost"]))


def test_missing_columns_are_named_before_the_model_is_loaded(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    rows = [{"ages": row["age"], "plan": row["plan"]} for row in mixed_rows()]
    source = write_csv(tmp_path / "rows.csv", rows)
    state = wait(start_scoring(run.settings, run.folder, source, tmp_path / "out.csv"))
    assert state.status is ScoringStatus.FAILED
    assert "'age', 'notes', 'joined'" in state.problems[0].problem
    assert "'ages'" in state.problems[0].problem
    assert not (tmp_path / "out.csv").exists()
    assert state.progress.phase == "Reading the file"


def test_a_labelled_file_without_any_label_is_named(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    rows = [{**row, "churned": ""} for row in mixed_rows()]
    source = write_csv(tmp_path / "rows.csv", rows)
    state = wait(start_scoring(run.settings, run.folder, source, None))
    assert state.problems[0].problem == "No row of the file has a value for 'churned'."


def test_a_damaged_model_is_named(
    untrained_runs: dict[str, UntrainedRun], settings: Settings, tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    folder = make_run_folder(settings, "damaged")
    for path in (run.folder.spec, run.folder.dataset):
        (folder.path / path.name).write_bytes(path.read_bytes())
    folder.model.write_bytes(run.folder.model.read_bytes()[:-500])
    source = write_csv(tmp_path / "rows.csv", mixed_rows())
    state = wait(start_scoring(settings, folder, source, tmp_path / "out.csv"))
    assert "model.keras is not a model that can be loaded" in state.problems[0].problem


def test_a_cancelled_job_leaves_no_output(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    source = write_csv(tmp_path / "rows.csv", mixed_rows())
    job = start_scoring(run.settings, run.folder, source, tmp_path / "out.csv")
    job.cancel()
    state = wait(job)
    assert state.problems[0].problem == ("The process that scores the file ended unexpectedly.")
    assert [entry.name for entry in tmp_path.iterdir() if "out" in entry.name] == []


def test_a_file_that_does_not_exist_is_named(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    state = wait(start_scoring(run.settings, run.folder, tmp_path / "no.csv", None))
    assert "does not exist" in state.problems[0].problem


def test_a_run_without_a_model_is_named(settings: Settings, tmp_path: Path) -> None:
    folder = make_run_folder(settings, "empty")
    with pytest.raises(NotFoundError, match="The run 'empty' has no trained model"):
        start_scoring(settings, folder, tmp_path / "rows.csv", None)


def test_a_job_id_that_leaves_the_folder_is_refused(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="There is no scoring job"):
        open_job(settings, "../runs")


def test_names_that_collide_are_found_new_ones() -> None:
    assert free_names(["a", "prediction", "input_prediction"], ["prediction"]) == {
        "prediction": "input_input_prediction"
    }
