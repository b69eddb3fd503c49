"""Settings from the environment, and errors that carry every problem."""

import pickle
from pathlib import Path

import pytest

from dlstudio.errors import Problem, SpecError, StudioError
from dlstudio.settings import read_settings


def test_settings_follow_the_environment(tmp_path: Path) -> None:
    home = {"DLSTUDIO_HOME": str(tmp_path)}
    settings = read_settings(home | {"DLSTUDIO_MAX_UPLOAD_MB": "2", "DLSTUDIO_CHECKPOINT_S": "0.5"})

    assert settings.runs_folder == tmp_path / "runs"
    assert settings.database_url == f"sqlite:///{tmp_path / 'studio.db'}"
    assert settings.max_upload_bytes == 2 * 1024**2
    assert (settings.checkpoint_s, read_settings(home).checkpoint_s) == (0.5, 10.0)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:///runs.db", f"sqlite:///{Path('runs.db').absolute()}"),
        ("sqlite:////srv/runs.db", "sqlite:////srv/runs.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://me@host/runs", "postgresql://me@host/runs"),
    ],
)
def test_a_database_is_the_same_file_from_every_folder(text: str, url: str) -> None:
    assert read_settings({"DLSTUDIO_DATABASE_URL": text}).database_url == url


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(StudioError, match="DLSTUDIO_SLOTS to a number"):
        read_settings({"DLSTUDIO_SLOTS": text})


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "home"
    path.touch()
    with pytest.raises(StudioError, match="which is a file.*Set DLSTUDIO_HOME to a folder"):
        read_settings({"DLSTUDIO_HOME": str(path)})


def test_an_error_of_many_problems_crosses_processes_whole() -> None:
    error = SpecError([Problem("One.", "Fix one.", "a"), Problem("Two.", "Fix two.")])

    copied = pickle.loads(pickle.dumps(error))

    assert copied.problems == error.problems
    assert str(copied) == "a: One. Fix one.\nTwo. Fix two."
