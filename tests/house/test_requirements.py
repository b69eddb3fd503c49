"""The requirements, their locks and the packaging say the same."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.fixtures.repository import python_files
from tests.fixtures.workspace import REPOSITORY

# Floors below which a known hole is open; measured facts are in ARCHITECTURE.md.
SAFE_FLOORS = {
    "keras": "3.15.1",
    "streamlit": "1.54",
    "starlette": "1.3.1",
    "python-multipart": "0.0.27",
    "pillow": "12.3.0",
}

# Our own files, and what is one package with another: pydantic pins pydantic_core.
NOT_LIBRARIES = {"dlstudio", "pages", "app", "pydantic_core"}


def _requirements(name: str) -> dict[str, Requirement]:
    lines = (REPOSITORY / name).read_text(encoding="utf-8").splitlines()
    texts = [line.split("#")[0].strip() for line in lines]
    parsed = [Requirement(text) for text in texts if text and not text.startswith("-")]
    return {canonicalize_name(one.name): one for one in parsed}


def _pins(name: str) -> dict[str, str]:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", text)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize("kind", ["", "-dev"])
def test_the_lock_pins_every_requirement_to_an_allowed_version(kind: str) -> None:
    pins = _pins(f"requirements{kind}.lock.txt")
    for name, requirement in _requirements(f"requirements{kind}.txt").items():
        assert name in pins, f"{name} is not in the lock: run `make lock`"
        assert requirement.specifier.contains(pins[name]), name


def test_both_locks_pin_the_same_versions() -> None:
    product, development = _pins("requirements.lock.txt"), _pins("requirements-dev.lock.txt")
    assert product.items() <= development.items()


@pytest.mark.parametrize("name", ["requirements.lock.txt", "requirements-dev.lock.txt"])
def test_a_lock_pins_everything_and_names_no_address(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    starts = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert starts
    assert all("==" in line for line in starts)
    assert text.count("--hash=sha256:") > len(starts)
    assert "://" not in text


def test_what_is_installed_is_what_is_pinned() -> None:
    different = {
        name: (version, installed)
        for name, version in _pins("requirements.lock.txt").items()
        if (installed := _installed(name)) not in (version, None)
    }
    assert not different, "run `make setup`"


@pytest.mark.parametrize(("name", "floor"), SAFE_FLOORS.items())
def test_unsafe_versions_are_excluded(name: str, floor: str) -> None:
    specifier = _requirements("requirements.txt")[name].specifier
    lowest = min(one.version for one in specifier if one.operator == ">=")
    assert Requirement(f"{name}>={floor}").specifier.contains(lowest)


def test_the_gpu_requirements_name_the_same_tensorflow_with_cuda() -> None:
    (name, gpu), *others = _requirements("requirements-gpu.txt").items()
    assert (name, gpu.extras, others) == ("tensorflow", {"and-cuda"}, [])
    assert gpu.specifier == _requirements("requirements.txt")["tensorflow"].specifier
    assert gpu.specifier.contains(_pins("requirements.lock.txt")["tensorflow"])


def test_every_requirement_says_why() -> None:
    for line in (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines():
        assert "# " in line or not line, line


@pytest.mark.parametrize("kind", ["", "-dev"])
def test_the_architecture_says_why_each_requirement_is_there(kind: str) -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    reasons = text.split("## Why each dependency")[1].split("\n## ")[0]
    for name in _requirements(f"requirements{kind}.txt"):
        assert f"`{name}`" in reasons, name


def test_every_library_that_is_imported_is_required() -> None:
    required = {*_requirements("requirements.txt")}
    names = importlib.metadata.packages_distributions()
    imported = {
        name for path in python_files("dlstudio", "pages", "app.py") for name in _roots(path)
    }
    for name in sorted(imported & set(names) - NOT_LIBRARIES):
        owners = {canonicalize_name(owner) for owner in names[name]}
        assert owners & required, f"{name} is imported, but requirements.txt does not name it"


def test_the_package_takes_its_dependencies_from_the_requirements() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert "dependencies" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["metadata"]["hooks"]["requirements_txt"]["files"] == [
        "requirements.txt"
    ]


def _roots(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"(?m)^\s*(?:import|from) ([a-zA-Z_]\w*)", text))


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
