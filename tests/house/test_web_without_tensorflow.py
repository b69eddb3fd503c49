"""The web process never imports TensorFlow: every page is opened, then `sys.modules` is read.

import-linter cannot see imports that a package's `__init__` or a library makes; this can.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dlstudio.settings import Settings
from tests.fixtures.workspace import REPOSITORY, environment_of

HEAVY = ("tensorflow", "keras", "torch", "jax", "sklearn")
PAGES = sorted((REPOSITORY / "pages").glob("*.py"))

OPEN_PAGE = """
import json, sys
from streamlit.testing.v1 import AppTest

test = AppTest.from_file("dlstudio/ui/router.py", default_timeout=60)
test.run()
test.switch_page(sys.argv[1]).run()
print(json.dumps({
    "exceptions": [str(one.value) for one in test.exception],
    "modules": sorted({name.split(".")[0] for name in sys.modules}),
}))
"""

IMPORT_APP = """
import json, sys
import app
print(json.dumps({"modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def _run(settings: Settings, code: str, *arguments: str) -> dict[str, list[str]]:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=REPOSITORY,
        env=environment_of(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_opening_a_page_loads_no_heavy_library(settings: Settings, path: Path) -> None:
    seen = _run(settings, OPEN_PAGE, str(path))
    assert not seen["exceptions"]
    assert not set(HEAVY) & set(seen["modules"])


def test_starting_the_app_loads_no_heavy_library(settings: Settings) -> None:
    seen = _run(settings, IMPORT_APP)
    assert "streamlit" in seen["modules"]
    assert not set(HEAVY) & set(seen["modules"])


def test_the_check_would_see_a_heavy_library(settings: Settings) -> None:
    seen = _run(settings, "import sklearn\n" + IMPORT_APP.replace("import app\n", ""))
    assert "sklearn" in seen["modules"]
