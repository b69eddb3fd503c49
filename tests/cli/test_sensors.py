"""Sensor readings from the file to predictions, through the real command line."""

import csv
import json
import math
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.slow


def _write_readings(path: Path, num_recordings: int, with_label: bool, shortest: int = 20) -> Path:
    """Waves, slow or fast, of different lengths; the readings of a recording are out of order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["recording", "second", "x", "y", *(["speed"] if with_label else [])])
        for number in range(num_recordings):
            pace = (0.3, 1.2)[number % 2]
            for step in reversed(range(shortest + number % 7)):
                readings = [math.sin(pace * step + number), math.cos(pace * step)]
                label = [("slow", "fast")[number % 2]] if with_label else []
                writer.writerow([f"r{number}", step / 10, *readings, *label])
    return path


def test_readings_are_trained_on_and_new_ones_answered(settings: Settings, tmp_path: Path) -> None:
    readings = _write_readings(tmp_path / "waves.csv", 120, with_label=True)
    options = ["--sequence-id", "recording", "--time", "second"]
    added = run_dlstudio(settings, "data", "add", str(readings), *options, "--json")
    assert json.loads(added.stdout)["num_rows"] == 120
    path = str(tmp_path / "run.yaml")
    run_dlstudio(settings, "spec", "new", "waves", "--target", "speed", "-o", path)
    trained = run_dlstudio(settings, "train", path, "--set", "training.epochs=15", "--json")
    summary = json.loads(trained.stdout)
    assert summary["architecture"] == "cnn"
    assert summary["metrics"]["test"]["accuracy"] > 0.9

    new = _write_readings(tmp_path / "new.csv", 6, with_label=False, shortest=24)
    output = tmp_path / "out.csv"
    predicted = run_dlstudio(settings, "predict", summary["id"], str(new), "-o", str(output))
    assert predicted.returncode == 0, predicted.stderr
    with output.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["recording"] for row in rows] == [f"r{number}" for number in range(6)]
    assert {"prediction", "probability_slow", "probability_fast"} <= set(rows[0])
    assert "sequence" not in rows[0]

    told = "sequences in 'sequence' are longer than the 26 time steps that the network takes"
    assert (
        f"3 of 6 {told} (up to 29): only the last 26 time steps of each count" in predicted.stderr
    )

    longer = _write_readings(tmp_path / "longer.csv", 60, with_label=True, shortest=21)
    evaluated = run_dlstudio(settings, "evaluate", summary["id"], str(longer), "--json")
    answer = json.loads(evaluated.stdout)
    assert answer["metrics"]["accuracy"] > 0.9
    assert answer["notes"][-1].startswith(f"8 of 60 {told}")
