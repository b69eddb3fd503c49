"""Sequences are rebuilt, described and made up, from files to files."""

import csv
from pathlib import Path

import pyarrow.csv as pv
import pytest

from dlstudio.data.catalog import open_dataset
from dlstudio.export.generate import generate
from dlstudio.export.generating import GenerateRequest
from dlstudio.export.score_file import score_file
from dlstudio.export.scoring import ScoringRequest
from dlstudio.settings import Settings
from dlstudio.spec.task import TaskKind
from tests.fixtures.rebuilding import RebuildingRun, run_of
from tests.ui.structured_data import add_sequences

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


def trained(
    settings: Settings, folder: Path, kind: TaskKind, architecture: str, *changes: str
) -> RebuildingRun:
    dataset = open_dataset(settings, add_sequences(settings, folder).name)
    changes = ("training.epochs=2", *changes)
    return run_of(settings, dataset, kind, "label", *changes, architecture=architecture)


@pytest.mark.parametrize("body", ["dense", "convolutional", "recurrent"])
@pytest.mark.parametrize("kind", [TaskKind.REDUCTION, TaskKind.ANOMALY])
def test_sequences_are_rebuilt_described_and_judged(
    settings: Settings, tmp_path: Path, kind: TaskKind, body: str
) -> None:
    run = trained(settings, tmp_path, kind, "autoencoder", f"architecture.body={body}")
    request = ScoringRequest(
        run_folder=str(run.folder.path),
        input_path=str(tmp_path / "moves.ts"),
        output_path=str(tmp_path / "out.csv"),
        with_codes=True,
    )
    assert score_file(request, lambda _progress: None).num_rows == 20
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert {"reconstruction_error", "code_0"} <= set(rows[0])
    assert ("is_anomaly" in rows[0]) == (kind is TaskKind.ANOMALY)
    assert all(float(row["reconstruction_error"]) > 0 for row in rows)


@pytest.mark.parametrize("architecture", ["vae", "gan"])
def test_made_up_sequences_are_written_with_their_class_and_a_seed_repeats_them(
    settings: Settings, tmp_path: Path, architecture: str
) -> None:
    run = trained(settings, tmp_path, TaskKind.GENERATION, architecture)
    tables = []
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        output = tmp_path / f"{name}.csv"
        asked = GenerateRequest(
            folder=str(run.folder.path),
            output=str(output),
            num_samples=4,
            seed=seed,
            class_name="b",
        )
        generate(asked)
        tables.append(pv.read_csv(output))
    first, again, other = tables
    assert first.num_rows == 4 * 30
    assert set(first.column("class").to_pylist()) == {"b"}
    assert first.equals(again)
    assert not first.equals(other)
