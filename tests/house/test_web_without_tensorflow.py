"""The web process never imports TensorFlow: every page is opened, then `sys.modules` is read.

import-linter cannot see imports that a package's `__init__` or a library makes; this can.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from dlstudio.settings import Settings
from tests.fixtures.workspace import REPOSITORY, environment_of

HEAVY = ("tensorflow", "keras", "torch", "jax", "sklearn")
ONLY_FOR_FILES = ("cv2", "duckdb")  # 30 MB that pages without files in them do without
PAGES = sorted((REPOSITORY / "pages").glob("*.py"))

OPEN_PAGES = """
import json, sys
from streamlit.testing.v1 import AppTest

test = AppTest.from_file("dlstudio/ui/router.py", default_timeout=60)
test.run()
seen = {}
for path in sys.argv[1:]:
    test.switch_page(path).run()
    seen[path] = {
        "exceptions": [str(one.value) for one in test.exception],
        "modules": sorted({name.split(".")[0] for name in sys.modules}),
    }
print(json.dumps(seen))
"""

IMPORT_APP = """
import json, sys
import app
print(json.dumps({"modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def _run(settings: Settings, code: str, *arguments: str) -> dict[str, Any]:
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


def test_opening_every_page_loads_no_heavy_library(settings: Settings) -> None:
    seen = _run(settings, OPEN_PAGES, *map(str, PAGES))
    assert len(seen) == len(PAGES) > 5
    for path, found in seen.items():
        assert not found["exceptions"], path
        assert not {*HEAVY, *ONLY_FOR_FILES} & set(found["modules"]), path


def test_starting_the_app_loads_no_heavy_library(settings: Settings) -> None:
    seen = _run(settings, IMPORT_APP)
    assert "streamlit" in seen["modules"]
    assert not set(HEAVY) & set(seen["modules"])


@pytest.mark.slow
def test_the_check_would_see_a_heavy_library(settings: Settings) -> None:
    seen = _run(settings, "import sklearn\n" + IMPORT_APP.replace("import app\n", ""))
    assert "sklearn" in seen["modules"]
