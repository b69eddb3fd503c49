"""`dlstudio doctor` on a machine that is well, and with one thing wrong at a time."""

import json
from pathlib import Path

import pytest

from dlstudio.cli import doctor
from dlstudio.settings import Settings, read_settings
from tests.fixtures.training import run_dlstudio


@pytest.mark.slow
def test_a_healthy_machine_passes_every_check(settings: Settings) -> None:
    result = run_dlstudio(settings, "doctor", "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["is_ok"]
    assert found["versions"]["tensorflow"]
    assert (found["num_cpus"], found["memory_bytes"]) > (0, 0)
    names = [check["name"] for check in found["checks"]]
    assert names == ["workspace", "disk", "memory", "database", "web app", "tensorflow"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the import of TensorFlow."""
    fine = doctor.Check(name="tensorflow", is_ok=True, detail="")
    monkeypatch.setattr(doctor, "_check_tensorflow", lambda: fine)


@pytest.mark.usefixtures("quick")
def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = doctor.diagnose(read_settings({"DLSTUDIO_HOME": str(tmp_path / "file" / "home")}))
    problems = {check.name: check.problem for check in found.checks if check.problem}
    assert not found.is_ok
    assert "cannot be written: Not a directory." in problems["workspace"].problem
    assert "cannot be opened" in problems["database"].problem


@pytest.mark.usefixtures("quick")
def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    found = doctor.diagnose(
        read_settings(
            {"DLSTUDIO_HOME": str(tmp_path), "DLSTUDIO_DATABASE_URL": "nosuch://database"}
        )
    )
    (problem,) = [check.problem for check in found.checks if check.problem]
    assert problem.where == "database"
    assert "nosuch://database" in problem.problem


@pytest.mark.usefixtures("quick")
def test_little_disk_and_memory_are_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LITTLE_DISK_BYTES", 10**18)
    monkeypatch.setattr(doctor, "LITTLE_MEMORY_BYTES", 10**18)
    problems = [check.problem for check in doctor.diagnose(settings).checks if check.problem]
    assert [problem.where for problem in problems] == ["disk", "memory"]
    assert "are free at" in problems[0].problem
    assert "training takes about 1 GB" in problems[1].problem


def test_a_tensorflow_that_does_not_import_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('libcuda is missing')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    check = doctor._check_tensorflow()
    assert check.problem is not None
    assert "TensorFlow cannot be imported: ImportError: libcuda is missing." in check.detail


def test_a_tensorflow_that_takes_for_ever_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "TENSORFLOW_TIMEOUT_S", 0.001)
    assert "could not be imported within" in doctor._check_tensorflow().detail


def test_a_web_app_that_is_not_there_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "studio_folder", lambda: tmp_path)
    assert doctor._check_app(settings).detail == f"There is no app.py in {tmp_path}."
