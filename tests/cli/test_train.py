"""`dlstudio train` and what follows from a trained run, with real workers."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as typed_metrics

from dlstudio.evaluation.predictions import read_predictions
from dlstudio.runs.folders import run_folder
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from tests.fixtures.training import TrainedRun, run_dlstudio
from tests.fixtures.workspace import REPOSITORY, environment_of

pytestmark = pytest.mark.slow

metrics: Any = typed_metrics

IRIS = REPOSITORY / "sample_data" / "iris.csv"


def test_train_prints_one_object_with_the_keys_of_the_contract(trained_run: TrainedRun) -> None:
    summary = trained_run.summary
    assert summary["status"] == "finished"
    assert summary["dataset"] == trained_run.dataset_name
    assert (summary["task"], summary["architecture"]) == ("classification", "fnn")
    assert summary["epochs"] == 5
    assert 1 <= summary["best_epoch"] <= 5
    assert summary["num_parameters"] > 0
    assert summary["duration_s"] > 0
    assert {"intervals", "baseline", "artifacts", "name", "id"} <= set(summary)
    for split in ("train", "validation", "test"):
        assert {"accuracy", "precision", "recall", "f1", "roc_auc", "log_loss"} <= set(
            summary["metrics"][split]
        )
        assert {"precision_weighted", "recall_weighted", "f1_weighted"} <= set(
            summary["metrics"][split]
        )
        assert [entry["name"] for entry in summary["per_class"][split]] == [
            *("setosa", "versicolor", "virginica")
        ]
    names = {artifact["name"] for artifact in summary["artifacts"]}
    assert {"model.keras", "predictions.parquet"} <= names
    for artifact in summary["artifacts"]:
        assert Path(artifact["path"]).stat().st_size == artifact["size_bytes"]
        assert len(artifact["sha256"]) == 64


def test_metrics_equal_scikit_learns_on_the_stored_predictions(trained_run: TrainedRun) -> None:
    path = run_folder(trained_run.settings, trained_run.run_id).predictions
    for split, found in trained_run.summary["metrics"].items():
        table = read_predictions(path, split)
        actual, predicted = (table.column(name).to_pylist() for name in ("actual", "prediction"))
        names = ["setosa", "versicolor", "virginica"]
        probabilities = list(
            zip(*(table.column(f"probability_{name}").to_pylist() for name in names), strict=True)
        )
        expected = {
            "accuracy": metrics.accuracy_score(actual, predicted),
            "f1": metrics.f1_score(actual, predicted, average="macro", zero_division=0),
            "recall_weighted": metrics.recall_score(
                actual, predicted, average="weighted", zero_division=0
            ),
            "log_loss": metrics.log_loss(actual, probabilities, labels=names),
            "roc_auc": metrics.roc_auc_score(actual, probabilities, multi_class="ovr"),
        }
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, abs=1e-6), (split, name)


def test_runs_are_listed_and_shown(trained_run: TrainedRun) -> None:
    settings = trained_run.settings
    shown = json.loads(run_dlstudio(settings, "runs", "show", trained_run.run_id, "--json").stdout)
    assert shown == trained_run.summary
    listed = json.loads(run_dlstudio(settings, "runs", "list", "--json").stdout)
    assert trained_run.run_id in [run["id"] for run in listed["runs"]]
    nothing = run_dlstudio(settings, "runs", "list", "--search", "no such run at all")
    assert nothing.stdout.startswith("There are no such runs.")
    text = run_dlstudio(settings, "runs", "show", trained_run.summary["name"]).stdout
    assert "finished" in text
    assert "versicolor" in text
    assert "model.keras" in text
    assert trained_run.run_id in run_dlstudio(settings, "runs", "list").stdout


def test_a_run_is_compared_with_itself(trained_run: TrainedRun) -> None:
    arguments = ("runs", "compare", trained_run.run_id, trained_run.run_id)
    found = json.loads(run_dlstudio(trained_run.settings, *arguments, "--json").stdout)
    assert found["same_data"]
    assert found["differences"] == []
    row = next(
        row for row in found["metrics"] if (row["split"], row["name"]) == ("test", "accuracy")
    )
    assert (
        row["values"][0] == row["values"][1] == trained_run.summary["metrics"]["test"]["accuracy"]
    )
    assert row["is_higher_better"]
    text = run_dlstudio(trained_run.settings, *arguments).stdout
    assert "The specs are the same." in text
    assert "(+0)" in text


def test_predict_writes_rows_and_predictions(trained_run: TrainedRun, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    arguments = ("predict", trained_run.run_id, str(IRIS))
    result = run_dlstudio(trained_run.settings, *arguments, "-o", str(output), "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["num_rows"] == 150
    with output.open(newline="") as file, IRIS.open(newline="") as source:
        found, rows = list(csv.DictReader(file)), list(csv.DictReader(source))
    assert [{name: row[name] for name in rows[0]} for row in found] == rows
    assert list(found[0])[-4:] == [
        *("prediction", "probability_setosa", "probability_versicolor", "probability_virginica")
    ]
    printed = run_dlstudio(trained_run.settings, *arguments)
    assert printed.stdout == output.read_text()


def test_evaluate_scores_a_labelled_file(trained_run: TrainedRun) -> None:
    result = run_dlstudio(trained_run.settings, "evaluate", trained_run.run_id, str(IRIS), "--json")
    found = json.loads(result.stdout)
    assert {"metrics", "intervals", "num_rows"} <= set(found)
    assert found["num_rows"] == 150
    parts = trained_run.summary["metrics"]
    low, high = (f(part["accuracy"] for part in parts.values()) for f in (min, max))
    assert low - 1e-9 <= found["metrics"]["accuracy"] <= high + 1e-9
    rows = {entry["name"]: entry["num_rows"] for entry in found["per_class"]}
    assert rows == {"setosa": 50, "versicolor": 50, "virginica": 50}
    assert np.mean([entry["f1"] for entry in found["per_class"]]) == pytest.approx(
        found["metrics"]["f1"]
    )
    text = run_dlstudio(trained_run.settings, "evaluate", trained_run.run_id, str(IRIS)).stdout
    assert "class       precision" in text


def test_predict_without_the_columns_names_what_differs(
    trained_run: TrainedRun, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    result = run_dlstudio(
        trained_run.settings, "predict", trained_run.run_id, str(path), "-o", str(path) + ".out"
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "lacks the columns" in result.stderr
    assert "It has other columns: 'a', 'b'." in result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.csv"]


def test_predict_into_a_folder_that_does_not_exist_is_named(trained_run: TrainedRun) -> None:
    result = run_dlstudio(
        trained_run.settings, "predict", trained_run.run_id, str(IRIS), "-o", "/no/such/x.csv"
    )
    assert result.returncode == 1
    assert "There is no folder '/no/such'." in result.stderr


def test_export_writes_the_model_and_its_text(trained_run: TrainedRun, tmp_path: Path) -> None:
    artifact = next(
        entry for entry in trained_run.summary["artifacts"] if entry["name"] == "model.keras"
    )
    path = tmp_path / "deep" / "iris.keras"
    arguments = ("export", trained_run.run_id, "--format", "keras", "-o")
    found = json.loads(run_dlstudio(trained_run.settings, *arguments, str(path), "--json").stdout)
    assert found["sha256"] == artifact["sha256"]
    assert path.stat().st_size == artifact["size_bytes"]
    usage = Path(found["usage"]).read_text(encoding="utf-8")
    assert 'load_model("iris.keras")' in usage
    folder = run_dlstudio(trained_run.settings, *arguments, str(tmp_path))
    assert (tmp_path / "model.keras").is_file(), folder.stderr


@pytest.mark.parametrize(
    ("key", "problem"),
    [("onnx", "This version cannot export ONNX yet."), ("kears", "Did you mean 'keras'?")],
)
def test_other_formats_are_answered_with_problem_and_fix(
    trained_run: TrainedRun, tmp_path: Path, key: str, problem: str
) -> None:
    result = run_dlstudio(
        trained_run.settings,
        *("export", trained_run.run_id, "--format", key, "-o", str(tmp_path / "x")),
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert problem in result.stderr


@pytest.fixture
def long_spec(settings: Settings, tmp_path: Path) -> Path:
    """A spec that trains for minutes unless it is stopped."""
    path = tmp_path / "long.yaml"
    name = json.loads(run_dlstudio(settings, "data", "sample", "iris", "--json").stdout)["name"]
    run_dlstudio(settings, "spec", "new", name, "--target", "species", "-o", str(path))
    return path


def start_training(settings: Settings, path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "dlstudio", "train", str(path), "--json", "--name", "long"),
            *("--set", "training.epochs=1000000", "--set", "training.early_stopping=null"),
            *arguments,
        ],
        env=environment_of(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_epochs(settings: Settings, process: subprocess.Popen[str], num_epochs: int) -> str:
    """Wait until a run has trained some epochs; its id."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.2)
        runs = open_store(settings).list_runs() if settings.home.exists() else ()
        if runs and runs[0].epoch >= num_epochs:
            return runs[0].id
    raise AssertionError(process.communicate(timeout=5))


def test_ctrl_c_stops_the_run_and_keeps_the_best_and_resume_goes_on(
    settings: Settings, long_spec: Path
) -> None:
    process = start_training(settings, long_spec)
    run_id = wait_for_epochs(settings, process, 3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    summary = json.loads(output)
    assert (summary["id"], summary["status"], summary["name"]) == (run_id, "stopped", "long")
    assert summary["metrics"]["test"]["accuracy"] > 0.2
    assert any(artifact["name"] == "model.keras" for artifact in summary["artifacts"])

    resumed = subprocess.Popen(
        [sys.executable, "-m", "dlstudio", "runs", "resume", "long", "--json"],
        env=environment_of(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_epochs(settings, resumed, summary["epochs"] + 2)
    stopped = run_dlstudio(settings, "runs", "stop", "long", "--json")
    assert json.loads(stopped.stdout)["status"] == "stopping"
    output, errors = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, errors
    again = json.loads(output)
    assert again["status"] == "stopped"
    assert again["epochs"] > summary["epochs"]

    removed = run_dlstudio(settings, "runs", "remove", "long", "--json")
    assert json.loads(removed.stdout) == {"removed": [run_id]}
    assert not run_folder(settings, run_id).path.exists()


def test_a_killed_worker_gives_an_interrupted_run_and_exit_code_1(
    settings: Settings, long_spec: Path
) -> None:
    import psutil

    process = start_training(settings, long_spec)
    wait_for_epochs(settings, process, 1)
    (worker,) = psutil.Process(process.pid).children()
    worker.kill()
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert json.loads(output)["status"] == "interrupted"
    assert "  Fix: " in errors


def test_a_learning_rate_that_makes_the_loss_nan_fails_with_the_reason(
    settings: Settings, long_spec: Path
) -> None:
    process = start_training(
        settings,
        long_spec,
        *("--set", "training.learning_rate=100", "--set", "training.optimizer=sgd"),
        *("--set", "architecture.layers.0.activation=exponential"),
    )
    output, errors = process.communicate(timeout=150)
    assert process.returncode == 1
    assert json.loads(output)["status"] == "failed"
    assert "Problem" in errors
    assert "Fix" in errors


def test_a_run_that_trains_has_no_model_to_export_yet(settings: Settings, long_spec: Path) -> None:
    process = start_training(settings, long_spec)
    run_id = wait_for_epochs(settings, process, 1)
    result = run_dlstudio(settings, "export", run_id, "-o", "x.keras")
    assert (result.returncode, result.stdout) == (1, "")
    assert "has no trained model: it is running." in result.stderr
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
