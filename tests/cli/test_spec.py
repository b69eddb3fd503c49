"""`dlstudio spec`: drafts and checks of specs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dlstudio.settings import Settings
from dlstudio.spec.documents import read_spec
from tests.fixtures.training import run_dlstudio

if TYPE_CHECKING:
    from dlstudio.data.dataset import Dataset

pytestmark = pytest.mark.slow  # every command starts a process


@pytest.fixture
def iris(add_sample: "Callable[[str], Dataset]") -> str:
    return add_sample("iris").info.name


def test_a_draft_is_a_complete_spec_on_stdout_or_in_a_file(
    settings: Settings, iris: str, tmp_path: Path
) -> None:
    printed = run_dlstudio(settings, "spec", "new", iris, "--target", "species")
    path = tmp_path / "deep" / "run.yaml"
    written = run_dlstudio(
        settings, "spec", "new", iris, "--target", "species", "-o", str(path), "--name", "first"
    )
    assert (written.returncode, written.stdout) == (0, "")
    assert f"Next: dlstudio train {path}" in written.stderr
    spec = read_spec(path.read_text(encoding="utf-8"))
    assert spec.name == "first"
    assert spec.task.targets == ("species",)
    assert read_spec(printed.stdout).task == spec.task


def test_task_and_architecture_are_chosen(settings: Settings, iris: str) -> None:
    result = run_dlstudio(
        settings,
        *("spec", "new", iris, "--target", "petal_length", "--target", "petal_width"),
        *("--task", "regression", "--architecture", "fnn"),
    )
    spec = read_spec(result.stdout)
    assert (spec.task.kind, len(spec.task.targets)) == ("regression", 2)


def test_what_may_spoil_a_target_is_told(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    rows = "1,red|round\n2,red|big\n3,round|big\n4,red\n5,round\n"
    path.write_text(f"size,things\n{rows * 20}")
    run_dlstudio(settings, "data", "add", str(path))
    result = run_dlstudio(settings, "spec", "new", "things", "--target", "things")
    assert "Warning: The target 'things' seems to list several labels" in result.stderr
    assert read_spec(result.stdout).task.targets == ("things",)


def test_a_misspelt_target_is_named(settings: Settings, iris: str) -> None:
    result = run_dlstudio(settings, "spec", "new", iris, "--target", "specis")
    assert result.returncode == 1
    assert "species" in result.stderr


def test_a_draft_that_cannot_be_trained_says_so(settings: Settings, tmp_path: Path) -> None:
    table = tmp_path / "single.csv"
    table.write_text("y\n" + "p\nq\n" * 20, encoding="utf-8")
    run_dlstudio(settings, "data", "add", str(table))
    path = tmp_path / "run.yaml"
    result = run_dlstudio(settings, "spec", "new", "single", "--target", "y", "-o", str(path))
    assert result.returncode == 0
    assert f"Wrote {path}. It cannot be trained yet." in result.stderr
    assert "Problem (task.inputs): No input is chosen." in result.stderr
    assert "Next:" not in result.stderr


def test_a_draft_that_cannot_be_written_is_an_answer_not_a_mistake(
    settings: Settings, iris: str, tmp_path: Path
) -> None:
    folder = tmp_path / "specs" / "run.yaml"
    folder.mkdir(parents=True)
    result = run_dlstudio(settings, "spec", "new", iris, "--target", "species", "-o", str(folder))
    assert result.returncode == 1
    assert f"{folder} cannot be written: Is a directory." in result.stderr
    assert list((tmp_path / "specs").iterdir()) == [folder]


def test_check_names_every_problem_at_once(settings: Settings, iris: str, tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    run_dlstudio(settings, "spec", "new", iris, "--target", "species", "-o", str(path))
    assert run_dlstudio(settings, "spec", "check", str(path)).stdout == (
        f"{path} can be trained.\n"
    )
    fine = run_dlstudio(settings, "spec", "check", str(path), "--json")
    assert json.loads(fine.stdout) == {"problems": []}
    broken = run_dlstudio(
        settings,
        *("spec", "check", str(path), "--json"),
        *("--set", "task.inputs=[nothing]", "--set", "split.fractions=[0.5, 0.5, 0.5]"),
    )
    assert broken.returncode == 1
    places = {problem["where"] for problem in json.loads(broken.stdout)["problems"]}
    assert {"task.inputs", "split.fractions"} <= places
    assert "Problem (task.inputs): " in broken.stderr


def test_fields_that_do_not_exist_are_named_at_once(
    settings: Settings, iris: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.yaml"
    run_dlstudio(settings, "spec", "new", iris, "--target", "species", "-o", str(path))
    text = path.read_text(encoding="utf-8").replace("activation: relu", "activation: rellu")
    path.write_text(text.replace("epochs:", "epoch:"), encoding="utf-8")
    result = run_dlstudio(settings, "train", str(path))
    assert (result.returncode, result.stdout) == (1, "")
    assert "Did you mean 'relu'?" in result.stderr
    assert "Did you mean 'epochs'?" in result.stderr


def test_a_spec_that_is_no_text_is_named(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01 \x80")
    result = run_dlstudio(settings, "train", str(path))
    assert result.returncode == 1
    assert "cannot be read" in result.stderr
    assert "Save it as UTF-8 text." in result.stderr


def test_a_spec_of_a_missing_version_is_named(
    settings: Settings, iris: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.yaml"
    run_dlstudio(settings, "spec", "new", iris, "--target", "species", "-o", str(path))
    result = run_dlstudio(
        settings, "train", str(path), "--set", "dataset.fingerprint=0123456789abcdef"
    )
    assert result.returncode == 1
    assert "has no version '0123456789ab'" in result.stderr
    assert not settings.runs_folder.exists()


def test_wrong_fields_and_unknown_columns_are_told_together(
    settings: Settings, iris: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.yaml"
    run_dlstudio(settings, "spec", "new", iris, "--target", "species", "-o", str(path))
    wrong = ("--set", "training.optimiser=adam", "--set", "task.inputs=[petal_lenght]")
    for command in (("train", str(path)), ("spec", "check", str(path))):
        result = run_dlstudio(settings, *command, *wrong)
        assert result.returncode == 1
        assert "Did you mean 'optimizer'?" in result.stderr
        assert "'petal_lenght'" in result.stderr


def test_a_draft_for_listed_labels_keeps_the_share_of_each(
    settings: Settings, tmp_path: Path
) -> None:
    table = tmp_path / "tags.csv"
    cells = ("red|round", "red", "[]", "")
    table.write_text("x,tags\n" + "".join(f"{n % 7}.5,{cells[n % 4]}\n" for n in range(80)))
    run_dlstudio(settings, "data", "add", str(table))

    asked = ("spec", "new", "tags", "--target", "tags", "--set", "task.label_separator='|'")
    result = run_dlstudio(settings, *asked, "--set", "task.empty_cells=no_label")

    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    spec = read_spec(result.stdout)
    assert (spec.task.label_separator, spec.task.empty_cells) == ("|", "no_label")
    assert spec.split.method == "stratified"


def test_a_field_that_cannot_be_set_is_told(settings: Settings, iris: str) -> None:
    asked = ("spec", "new", iris, "--target", "species", "--set", "task.empty_cells=none")
    result = run_dlstudio(settings, *asked)
    assert result.returncode == 1
    assert "no_label" in result.stderr
