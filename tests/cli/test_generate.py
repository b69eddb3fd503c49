"""`dlstudio generate` as a person calls it."""

import json
from pathlib import Path

import pyarrow.csv as pv
import pytest

from dlstudio.settings import Settings
from tests.fixtures.training import TrainedRun, run_dlstudio
from tests.fixtures.workspace import REPOSITORY


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_vae_is_trained_and_draws_samples(settings: Settings, tmp_path: Path) -> None:
    run_dlstudio(settings, "data", "add", str(REPOSITORY / "sample_data" / "iris.csv"))
    spec, output = str(tmp_path / "run.yaml"), tmp_path / "out.csv"
    chosen = ("--target", "species", "--task", "generation", "--architecture", "vae")
    run_dlstudio(settings, "spec", "new", "iris", *chosen, "-o", spec)
    trained = run_dlstudio(settings, "train", spec, "--set", "training.epochs=2", "--json")
    summary = json.loads(trained.stdout)
    assert {"generator.keras", "samples.csv"} <= {each["name"] for each in summary["artifacts"]}
    assert "kid" in summary["metrics"]["test"]

    options = ("-n", "7", "-o", str(output), "--class", "setosa", "--seed", "3")
    answer = run_dlstudio(settings, "generate", summary["id"], *options, "--json")

    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout)
    assert (said["num_samples"], said["seed"], said["class"]) == (7, 3, "setosa")
    table = pv.read_csv(output)
    assert table.num_rows == 7
    assert set(table.column("species").to_pylist()) == {"setosa"}

    single = run_dlstudio(settings, "generate", summary["id"], "-n", "1", "-o", str(output))
    assert f"Wrote 1 sample to {output}." in single.stderr

    unknown = run_dlstudio(
        settings, "generate", summary["id"], "-o", str(output), "--class", "rose"
    )
    assert unknown.returncode == 1
    assert "The run knows no class 'rose'." in unknown.stderr

    rows = str(REPOSITORY / "sample_data" / "iris.csv")
    answers = tmp_path / "answers.csv"
    told = run_dlstudio(settings, "predict", summary["id"], rows, "-o", str(answers), "--codes")
    assert told.returncode == 0, told.stderr
    assert "Note" not in told.stderr
    first = pv.read_csv(answers).slice(0, 1).to_pylist()[0]
    assert {"species", "reconstruction_error", "code_0"} <= set(first)
    exported = run_dlstudio(settings, "export", summary["id"], "-o", str(tmp_path), "--json")
    assert json.loads(exported.stdout)["path"].endswith("generator.keras")
    for name in ("generator.keras", "generator-usage.txt", "generator-model.keras"):
        assert (tmp_path / name).is_file()


@pytest.mark.slow
def test_a_gan_leads_from_predict_to_its_samples(settings: Settings, tmp_path: Path) -> None:
    rows = str(REPOSITORY / "sample_data" / "iris.csv")
    run_dlstudio(settings, "data", "add", rows)
    spec = str(tmp_path / "run.yaml")
    run_dlstudio(
        settings, "spec", "new", "iris", "--task", "generation", "--architecture", "gan", "-o", spec
    )
    trained = run_dlstudio(settings, "train", spec, "--set", "training.epochs=2", "--json")
    run = json.loads(trained.stdout)["id"]

    asked = run_dlstudio(settings, "predict", run, rows)
    exported = run_dlstudio(settings, "export", run, "-o", str(tmp_path))

    assert asked.returncode == 1
    assert "makes examples: it answers nothing about rows" in asked.stderr
    assert "dlstudio generate" in asked.stderr
    assert exported.stdout.splitlines()[-1].startswith("How to use it:")


@pytest.mark.slow
def test_a_run_without_a_generator_is_refused(trained_run: TrainedRun, tmp_path: Path) -> None:
    output = str(tmp_path / "out.csv")
    answer = run_dlstudio(trained_run.settings, "generate", trained_run.run_id, "-o", output)
    assert answer.returncode == 1
    assert "has no generator: only finished runs of a VAE or GAN" in answer.stderr


@pytest.mark.slow
def test_wrong_numbers_and_endings_are_refused_at_once(settings: Settings, tmp_path: Path) -> None:
    output = str(tmp_path / "out.txt")
    answer = run_dlstudio(settings, "generate", "nothing", "-n", "0", "-o", output)
    assert answer.returncode == 1
    assert "0 samples are asked for; 1 to 100,000 can be made." in answer.stderr
    assert "Samples cannot be written as '.txt'." in answer.stderr
