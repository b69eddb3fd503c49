"""Sounds are rebuilt, described and made up as spectrograms, from files to files."""

import csv
import zipfile
from pathlib import Path

import pytest

from dlstudio.data.catalog import open_dataset
from dlstudio.export.generate import generate
from dlstudio.export.generating import GenerateRequest
from dlstudio.export.generator import NOT_WAVEFORMS
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest
from dlstudio.runs.samples import list_frames, read_frame
from dlstudio.settings import Settings
from dlstudio.spec.canvas import CanvasKind
from dlstudio.spec.task import TaskKind
from tests.fixtures.rebuilding import RebuildingRun, run_of
from tests.ui.structured_data import add_sounds

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SMALL = ("preprocessing.audio.num_mels=16", "preprocessing.audio.sample_rate=4000")


def trained(
    settings: Settings, folder: Path, kind: TaskKind, architecture: str = "autoencoder"
) -> RebuildingRun:
    dataset = open_dataset(settings, add_sounds(settings, folder).name)
    changes = (*SMALL, "training.epochs=2")
    return run_of(settings, dataset, kind, "label", *changes, architecture=architecture)


def scored(run: RebuildingRun, folder: Path) -> list[dict[str, str]]:
    """The rows that a ZIP of the sounds gets, with codes."""
    with zipfile.ZipFile(folder / "new.zip", "w") as archive:
        for path in sorted((folder / "tones").rglob("*.wav")):
            archive.write(path, path.name)
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(folder / "new.zip"),
        output_path=str(folder / "out.csv"),
        with_codes=True,
    )
    score_file(request, lambda _progress: None)
    with (folder / "out.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", [TaskKind.REDUCTION, TaskKind.ANOMALY])
def test_sounds_are_rebuilt_described_and_judged(
    settings: Settings, tmp_path: Path, kind: TaskKind
) -> None:
    run = trained(settings, tmp_path, kind)
    frame = read_frame(run.folder, list_frames(run.folder)[-1])
    assert frame is not None
    assert (frame.kind, frame.values.shape[2:]) == (CanvasKind.SOUND, (16, 1))
    rows = scored(run, tmp_path)
    assert len(rows) == 12
    assert {"file", "reconstruction_error", "code_0"} <= set(rows[0])
    assert ("anomaly_score" in rows[0]) == (kind is TaskKind.ANOMALY)
    assert all(float(row["reconstruction_error"]) > 0 for row in rows)
    details = run.report.splits["test"].reconstruction
    assert details is not None
    assert all(column.name.endswith("pitches") for column in details.by_column)


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_made_up_sounds_are_pictures_and_say_that_they_cannot_be_played(
    settings: Settings, tmp_path: Path, architecture: str
) -> None:
    run = trained(settings, tmp_path, TaskKind.GENERATION, architecture)
    asked = GenerateRequest(
        folder=str(run.folder.path),
        output=str(tmp_path / "out.zip"),
        num_samples=3,
        seed=1,
        class_name="high",
    )
    assert generate(asked).notes == (NOT_WAVEFORMS,)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
    assert len(names) == 3
    assert all(name.startswith("high/") and name.endswith(".png") for name in names)
    text = " ".join(run.folder.generator_usage.read_text(encoding="utf-8").split())
    assert "They are no waveforms." in text
