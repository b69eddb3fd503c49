"""A start leaves for later what the first page can do without."""

import json
import subprocess
import sys

from dlstudio.settings import Settings
from dlstudio.ui.first_page import page_modules
from dlstudio.ui.navigation import PAGES_FOLDER
from tests.fixtures.workspace import REPOSITORY, environment_of

READING = {"pandas", "pyarrow", "duckdb"}

OPEN_HOME = """
import json, sys
from streamlit.testing.v1 import AppTest

before = set(sys.modules)
test = AppTest.from_file("dlstudio/ui/router.py", default_timeout=60)
test.run()
print(json.dumps({"titles": [one.value for one in test.title], "modules": list(sys.modules)}))
"""


def test_home_comes_without_the_libraries_that_read_data(settings: Settings) -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OPEN_HOME],
        cwd=REPOSITORY,
        env=environment_of(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(answer.stdout.splitlines()[-1])
    assert seen["titles"] == ["Train a neural network on your own data"]
    assert not READING & set(seen["modules"])


def test_what_a_page_needs_is_read_from_its_script() -> None:
    modules = list(page_modules(PAGES_FOLDER / "home.py"))
    assert "dlstudio.ui.home_samples" in modules
    assert "dlstudio.ui.design_preview" in page_modules(PAGES_FOLDER / "design.py")
