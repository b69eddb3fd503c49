"""What `pip install` brings is a whole studio: pages, samples and settings travel in the wheel."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.fixtures.workspace import REPOSITORY, environment_of

pytestmark = pytest.mark.slow  # it builds a wheel

OPEN_HOME = """
import json
from streamlit.testing.v1 import AppTest
import dlstudio.ui.navigation as navigation
from dlstudio.data.samples import SAMPLES, add_sample
from dlstudio.settings import read_settings, studio_folder

test = AppTest.from_file(str(navigation.ROUTER), default_timeout=60).run()
dataset = add_sample(read_settings(), SAMPLES[0].key)
print(json.dumps({
    "folder": str(studio_folder()),
    "titles": [title.value for title in test.title],
    "num_rows": dataset.info.num_rows,
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel that was built from the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_everything_that_the_studio_serves(installed: Path) -> None:
    share = installed / "dlstudio" / "share"
    for name in ("app.py", ".streamlit/config.toml"):
        assert (share / name).read_bytes() == (REPOSITORY / name).read_bytes()
    for folder in ("pages", "sample_data"):
        shipped = {path.name for path in (share / folder).iterdir()}
        ours = {path.name for path in (REPOSITORY / folder).iterdir() if path.is_file()}
        assert ours <= shipped


def test_the_wheel_opens_its_own_pages_and_samples(installed: Path, settings: Settings) -> None:
    environment = {**environment_of(settings), "PYTHONPATH": str(installed)}
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OPEN_HOME],
        cwd=settings.home.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    seen = json.loads(answer.stdout.splitlines()[-1])
    assert seen["folder"] == str(installed / "dlstudio" / "share")
    assert seen["titles"]
    assert seen["num_rows"] > 0


def test_the_wheel_gives_the_command(installed: Path) -> None:
    (entry_points,) = installed.glob("*.dist-info/entry_points.txt")
    assert "dlstudio = dlstudio.cli.app:main" in entry_points.read_text(encoding="utf-8")
