"""`dlstudio data add` with folders and archives, in a process of its own."""

import json
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.data.collection.files import cats_and_dogs, write_folder
from tests.fixtures.training import run_dlstudio

pytestmark = pytest.mark.slow  # every command starts a process


def test_broken_files_are_named_and_left_out_if_asked(settings: Settings, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pets", cats_and_dogs() | {"cat/9.png": b""})
    refused = run_dlstudio(settings, "data", "add", str(folder))
    assert refused.returncode == 1
    assert "1 of 7 files of 'pets' cannot be read." in refused.stderr
    assert "--leave-out-broken" in refused.stderr
    assert "'cat/9.png' is empty (0 bytes)." in refused.stderr
    added = run_dlstudio(settings, "data", "add", str(folder), "--leave-out-broken")
    assert "pets: 6 rows, 3 columns" in added.stdout
    assert "'cat/9.png' is empty (0 bytes)" in added.stdout


def test_an_image_column_is_described_as_json(settings: Settings, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pets", cats_and_dogs())
    info = json.loads(run_dlstudio(settings, "data", "add", str(folder), "--json").stdout)
    assert info["columns"][0]["image"]["formats"] == {"png": 6}
