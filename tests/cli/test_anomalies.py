"""Anomaly detection from the command line: train, predict with codes, evaluate."""

import csv
import json
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.slow


def test_anomalies_are_found_from_the_command_line(settings: Settings, tmp_path: Path) -> None:
    lines = ["a,b,state"]
    for number in range(80):
        value = (number * 37) % 80
        odd = number % 10 == 0
        lines.append(f"{value},{80 - value if odd else value},{'odd' if odd else 'fine'}")
    source, spec = tmp_path / "pairs.csv", tmp_path / "run.yaml"
    source.write_text("\n".join(lines))
    run_dlstudio(settings, "data", "add", str(source))
    asked = ("--task", "anomaly_detection", "--target", "state", "-o", str(spec))
    assert run_dlstudio(settings, "spec", "new", "pairs", *asked).returncode == 0
    trained = run_dlstudio(
        settings,
        *("train", str(spec), "--name", "finder", "--set", "training.epochs=5", "--json"),
    )
    assert "roc_auc" in json.loads(trained.stdout)["metrics"]["test"]

    output = tmp_path / "out.csv"
    predicted = run_dlstudio(
        settings,
        *("predict", "finder", str(source), "--codes", "--reconstructions", "-o", str(output)),
    )
    assert predicted.returncode == 0, predicted.stderr
    with output.open(encoding="utf-8") as file:
        (first, *rest) = list(csv.DictReader(file))
    assert len(rest) == 79
    assert (float(first["anomaly_score"]) > 1.0) == (first["is_anomaly"] == "1")
    assert {"code_0", "rebuilt_a", "rebuilt_b"} <= set(first)

    checked = run_dlstudio(settings, "evaluate", "finder", str(source), "--json")
    metrics = json.loads(checked.stdout)["metrics"]
    assert {"rmse", "roc_auc", "f1"} <= set(metrics)

    odd = tmp_path / "odd.csv"
    odd.write_text("\n".join(["a,b", *(f"{9_000 + number},-9000" for number in range(20))]))
    flagged = run_dlstudio(settings, "predict", "finder", str(odd), "-o", str(output))
    assert "The threshold flags 100 % of the rows" in flagged.stdout + flagged.stderr
    judged = run_dlstudio(settings, "evaluate", "finder", str(odd))
    assert "Note: The threshold flags 100 % of the rows" in judged.stderr
    assert "Note: The file has no column 'state'" in judged.stderr
