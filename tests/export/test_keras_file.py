"""The .keras file and its text, in a process that has no DL Studio."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from dlstudio.data.raw import read_raw
from dlstudio.evaluation.predict import predict_raw
from dlstudio.export.keras_file import write_keras_file
from dlstudio.export.load import load_model
from tests.fixtures.untrained import TASKS, UntrainedRun

pytestmark = pytest.mark.tensorflow

HIDE_DLSTUDIO = "import sys; sys.modules['dlstudio'] = None; sys.path[:] = sys.path[1:]\n"


def code_of(usage: str) -> str:
    lines = [line for line in usage.splitlines() if line.startswith("    ") or not line]
    return dedent("\n".join(lines))


def run_alone(code: str, folder: Path) -> str:
    """Run code in an empty environment, in a folder, without this repository in sight."""
    environment = {"PATH": os.environ["PATH"], "TF_CPP_MIN_LOG_LEVEL": "3", "HOME": str(folder)}
    result = subprocess.run(
        [sys.executable, "-I", "-c", HIDE_DLSTUDIO + code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.slow
def test_the_usage_texts_run_as_they_stand_without_dlstudio(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    codes = []
    for task in TASKS:
        run = untrained_runs[task]
        text = run.folder.usage.read_text(encoding="utf-8")
        code = code_of(text).replace("model.keras", str(run.folder.model))
        codes.append(f"print('task {task}')\n{code}")
    printed = run_alone("\n".join(codes), tmp_path)
    answers = dict(part.split("\n", 1) for part in printed.split("task ")[1:])
    for task in TASKS:
        run = untrained_runs[task]
        raw = read_raw(run.dataset, run.spec.task.inputs, np.array([5]))
        predicted = predict_raw(run.model, raw, run.dataset.info, run.spec)
        assert predicted.num_rows == 1
        if task in ("binary", "classes"):
            assert predicted.column("prediction")[0].as_py() in answers[task]
        if task == "values":
            assert "prediction_cost [" in answers[task]
            assert "prediction_gain [" in answers[task]


def test_the_usage_text_names_inputs_kinds_and_the_order_of_classes(
    untrained_runs: dict[str, UntrainedRun],
) -> None:
    text = untrained_runs["classes"].folder.usage.read_text(encoding="utf-8")
    assert "'price_night': tensor([[115.28]], dtype='float32')" in text
    assert "seconds since 1970-01-01 UTC" in text
    assert "# 0: 'blue'\n    # 1: 'green'\n    # 2: 'red'" in text
    value = untrained_runs["value"].folder.usage.read_text(encoding="utf-8")
    assert "The answer holds the predicted cost in the units of the data" in value
    labels = untrained_runs["labels"].folder.usage.read_text(encoding="utf-8")
    assert "is 1 where a label was predicted" in labels
    assert "All zeros: no label applies." in labels


@pytest.mark.parametrize("task", list(TASKS))
def test_a_loaded_model_answers_like_the_one_that_was_saved(
    untrained_runs: dict[str, UntrainedRun], task: str
) -> None:
    run = untrained_runs[task]
    raw = read_raw(run.dataset, run.spec.task.inputs)
    loaded = predict_raw(load_model(run.folder.model), raw, run.dataset.info, run.spec)
    assert loaded.equals(predict_raw(run.model, raw, run.dataset.info, run.spec))


def test_a_write_that_fails_leaves_the_older_file(
    untrained_runs: dict[str, UntrainedRun], tmp_path: Path
) -> None:
    run = untrained_runs["binary"]
    (tmp_path / "model.keras").write_text("older")

    class Broken:
        def save(self, path: Path) -> None:
            path.write_text("half")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_keras_file(Broken(), run.spec, run.dataset.info, {}, tmp_path)  # type: ignore[arg-type]
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_text() == "older"
