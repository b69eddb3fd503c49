"""A browser for the browser tests: found, else installed, else a message with the commands."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fixtures import chromium

OWN = "own/chrome"  # where Playwright keeps its own
APT_GET, PLAYWRIGHT = "apt-get install chromium", "playwright install chromium"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The one folder with programs of a machine that has none, and where we may install some."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    own = SimpleNamespace(executable_path=str(folder.parent / OWN))
    playwright = SimpleNamespace(chromium=own)
    monkeypatch.setattr(chromium, "sync_playwright", lambda: nullcontext(playwright))
    monkeypatch.setattr(chromium, "MAC_CHROME", tmp_path / "Google Chrome")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    return folder


@pytest.fixture
def installing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], list[str]]:
    """Let one of the two ways to install bring a program; returns those that were tried."""

    def let(program: Path, way: str) -> list[str]:
        tried: list[str] = []

        def run(command: list[str]) -> None:
            if "install" in command:
                found = PLAYWRIGHT if "playwright" in command else APT_GET
                tried.append(found)
                if found == way:
                    _make_program(program)

        monkeypatch.setattr(chromium, "_try", run)
        return tried

    return let


def _make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", chromium.NAMES)
def test_a_browser_on_the_path_is_taken(
    bare: Path, installing: Callable[[Path, str], list[str]], name: str
) -> None:
    program = _make_program(bare / name)
    tried = installing(bare / "chromium", APT_GET)
    assert chromium.ensure_chromium() is None
    assert chromium.find_chromium() == str(program)
    assert tried == []


def test_the_package_of_the_distribution_is_installed_first(
    bare: Path, installing: Callable[[Path, str], list[str]]
) -> None:
    _make_program(bare / "apt-get")
    tried = installing(bare / "chromium", APT_GET)
    assert chromium.ensure_chromium() is None
    assert chromium.find_chromium() == str(bare / "chromium")
    assert tried == [APT_GET]


@pytest.mark.parametrize("has_apt_get", [False, True])
def test_the_own_one_of_playwright_is_next(
    bare: Path, installing: Callable[[Path, str], list[str]], has_apt_get: bool
) -> None:
    if has_apt_get:
        _make_program(bare / "apt-get")
    own = bare.parent / OWN
    tried = installing(own, PLAYWRIGHT)
    assert chromium.ensure_chromium() is None
    assert chromium.find_chromium() == str(own)
    assert tried == [APT_GET] * has_apt_get + [PLAYWRIGHT]


def test_without_any_the_commands_to_run_are_told(
    bare: Path, installing: Callable[[Path, str], list[str]]
) -> None:
    tried = installing(bare / "chromium", "none")
    message = chromium.ensure_chromium()
    assert message is not None
    assert "sudo apt-get install chromium" in message
    assert ".venv/bin/playwright install --with-deps chromium" in message
    assert tried == [PLAYWRIGHT]


def test_nothing_is_installed_where_we_may_not(
    bare: Path, installing: Callable[[Path, str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    _make_program(bare / "apt-get")
    tried = installing(bare / "chromium", APT_GET)
    assert chromium.ensure_chromium() == chromium.HOW_TO_INSTALL
    assert tried == [PLAYWRIGHT]
