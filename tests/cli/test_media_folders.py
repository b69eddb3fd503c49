"""Sounds, videos and texts in class folders go the whole way through the command line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.slow  # every command starts a process

CLASSES = ("lów", "high")


def write_sound(path: Path, number: int) -> None:
    pitch = 400 * (1 + 3 * (number % 2)) + number
    tone = 0.3 * np.sin(2 * np.pi * pitch * np.arange(1_600) / 8_000)
    soundfile.write(path.with_suffix(".wav"), tone, 8_000)


def write_video(path: Path, number: int) -> None:
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path.with_suffix(".avi")), cv2.CAP_FFMPEG, codec, 10.0, (32, 24))
    for step in range(5):
        level = 20 + number + 10 * step + 120 * (number % 2)
        writer.write(np.full((24, 32, 3), level, "uint8"))
    writer.release()


def write_text(path: Path, number: int) -> None:
    word = ("quiet", "ünruly")[number % 2]
    path.with_suffix(".txt").write_text(f"a {word} day, number {number}", encoding="utf-8")


Write = Callable[[Path, int], None]


def class_folders(folder: Path, write: Write, numbers: range) -> Path:
    for number in numbers:
        inside = folder / CLASSES[number % 2]
        inside.mkdir(parents=True, exist_ok=True)
        write(inside / f"{number}", number)
    return folder


def succeed(settings: Settings, *arguments: str) -> str:
    result = run_dlstudio(settings, *arguments)
    assert result.returncode == 0, f"{arguments}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kind", "write", "changes"),
    [
        ("audio", write_sound, ()),
        ("video", write_video, ("preprocessing.video={num_frames: 3, width: 8, height: 8}",)),
        ("text", write_text, ()),
    ],
)
def test_class_folders_are_added_trained_on_predicted_and_evaluated(
    kind: str, write: Write, changes: tuple[str, ...], settings: Settings, tmp_path: Path
) -> None:
    folder = class_folders(tmp_path / "things", write, range(40))
    info = json.loads(succeed(settings, "data", "add", str(folder), "--json"))
    assert [column["kind"] for column in info["columns"][:1]] == [kind]
    spec = str(tmp_path / "run.yaml")
    succeed(settings, "spec", "new", "things", "--target", "label", "-o", spec)
    sets = [part for one in ("training.epochs=2", *changes) for part in ("--set", one)]
    run = json.loads(succeed(settings, "train", spec, *sets, "--json"))
    assert run["status"] == "finished"
    assert {entry["name"] for entry in run["per_class"]["test"]} == set(CLASSES)

    unseen = str(class_folders(tmp_path / "unseen", write, range(50, 56)))
    output = tmp_path / "out.csv"
    succeed(settings, "predict", run["id"], unseen, "-o", str(output))
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    assert {row["prediction"] for row in rows} <= set(CLASSES)
    for row in rows:
        shares = [float(value) for name, value in row.items() if name.startswith("probability_")]
        assert sum(shares) == pytest.approx(1.0, abs=1e-4)

    scores = json.loads(succeed(settings, "evaluate", run["id"], unseen, "--json"))
    right = np.mean([row["prediction"] == row["label"] for row in rows])
    assert scores["num_rows"] == 6
    assert scores["metrics"]["accuracy"] == pytest.approx(right)
