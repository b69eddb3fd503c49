"""How files look: docstrings, names, thin pages."""

import ast
from pathlib import Path

import pytest

from tests.fixtures.repository import python_files, shown

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager"}
LARGEST_PAGE_LINES = 120
LARGEST_FILE_LINES = 400


def _named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=shown(path)) for path in paths]


@pytest.mark.parametrize("path", _named(python_files()))
def test_every_module_begins_with_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), shown(path)


@pytest.mark.parametrize(
    "path", _named([path for path in python_files("dlstudio") if path.name == "__init__.py"])
)
def test_a_package_holds_a_docstring_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert len(tree.body) == 1, f"{shown(path)}: import-linter misses what it imports"
    assert ast.get_docstring(tree)


def test_no_name_says_nothing() -> None:
    vague = [
        shown(path)
        for path in python_files()
        if VAGUE_NAMES & {*path.relative_to(path.anchor).with_suffix("").parts[-3:]}
    ]
    assert not vague


@pytest.mark.parametrize("path", _named(python_files("dlstudio")))
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LARGEST_FILE_LINES


@pytest.mark.parametrize("path", _named(python_files("pages")))
def test_a_page_reads_top_to_bottom(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) < LARGEST_PAGE_LINES
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try | ast.While
    found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, definitions)]
    assert not found, "logic belongs into dlstudio.ui"


@pytest.mark.parametrize("path", _named([*python_files("pages"), *python_files("app.py")]))
def test_a_page_imports_streamlit_and_the_studio_only(path: Path) -> None:
    allowed = {"streamlit", "dlstudio.ui", "dlstudio.spec", "dlstudio.reports", "dlstudio.errors"}
    for name in _imported_modules(path):
        assert any(name == one or name.startswith(f"{one}.") for one in allowed), name


@pytest.mark.parametrize("path", _named([*python_files("pages"), *python_files("dlstudio/ui")]))
def test_the_look_comes_from_the_theme_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "st.html(" not in text and "unsafe_allow_html" not in text


def _imported_modules(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names
