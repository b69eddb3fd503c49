"""A start leaves for later what the first page can do without."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from dlstudio.settings import Settings
from dlstudio.ui import services
from dlstudio.ui.first_page import page_modules
from dlstudio.ui.navigation import PAGES_FOLDER
from tests.fixtures.server import new_server
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


@pytest.mark.slow
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


def test_the_server_listens_before_it_imports_the_store() -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import app, sys; print([*sys.modules])"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "'streamlit'" in answer.stdout
    for heavy in ("'sqlalchemy'", "'pydantic'", "'dlstudio.runs.store'", "'pandas'"):
        assert heavy not in answer.stdout


@pytest.fixture
def _in_workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    monkeypatch.setenv("DLSTUDIO_DATABASE_URL", settings.database_url)
    yield
    services.end_supervising()


@pytest.mark.usefixtures("_in_workspace")
def test_pages_that_ask_at_once_share_one_store_and_one_supervisor() -> None:
    def all_answers(ask: Callable[[], object]) -> set[int]:
        found: list[object] = []
        threads = [threading.Thread(target=lambda: found.append(ask())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == len(threads)
        return {id(one) for one in found}

    assert len(all_answers(services.supervisor)) == 1
    assert len(all_answers(services.store)) == 1


@pytest.mark.usefixtures("_in_workspace")
def test_a_supervisor_works_in_a_server_alone() -> None:
    def is_at_work() -> bool:
        return any(thread.name == "supervisor" for thread in threading.enumerate())

    services.supervisor()
    assert not is_at_work()
    services.end_supervising()
    services.begin_supervising()
    services.supervisor()
    assert is_at_work()
    services.end_supervising()
    assert not is_at_work()


@pytest.mark.slow
def test_a_server_waits_for_a_database_that_comes_later(tmp_path: Path) -> None:
    server = new_server(tmp_path)
    database = Path(server.settings.database_url.removeprefix("sqlite:///"))
    database.mkdir(parents=True)  # a folder cannot be opened as a database
    server.start()
    try:
        _wait_for(lambda: "cannot be opened" in server.log_path.read_text(), "the message")
        assert httpx.get(f"{server.url}/studio/health", trust_env=False).json() == {"status": "ok"}
        assert "Traceback" not in server.log_path.read_text()
        database.rmdir()
        _wait_for(lambda: bool(server.workers()), "a supervisor that starts a worker")
    finally:
        server.end()


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < give_up_at, f"waited for {what} for a minute"
        time.sleep(0.1)
