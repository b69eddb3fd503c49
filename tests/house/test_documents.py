"""What the documents promise exists."""

import re
from pathlib import Path

import pytest
import typer

from dlstudio.cli.app import COMMANDS, build_app
from tests.fixtures.repository import tracked_files
from tests.fixtures.workspace import REPOSITORY

DOCUMENTS = [path for path in tracked_files() if path.suffix == ".md"]


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def _code(text: str) -> str:
    """The parts of a Markdown text that are set as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))


def test_every_make_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", _read("Makefile")))
    for document in DOCUMENTS:
        named = set(re.findall(r"\bmake ([a-z]+)", _code(document.read_text(encoding="utf-8"))))
        assert named <= targets, document.name


def _commands(text: str) -> list[list[str]]:
    """The words after `dlstudio` of each command in code, without its comment and what follows."""
    lines = re.findall(r"(?m)(?:^|`|bin/)dlstudio ([^`;#\n]+)", _code(text))
    return [line.split() for line in lines]


def _subcommands(command: object) -> dict[str, object]:
    return getattr(command, "commands", {})


def _options(command: object) -> set[str]:
    return {name for option in getattr(command, "params", ()) for name in option.opts}


def test_every_dlstudio_command_and_option_in_the_documents_exists() -> None:
    root = typer.main.get_command(build_app([*COMMANDS]))
    for document in DOCUMENTS:
        for words in _commands(document.read_text(encoding="utf-8")):
            command, rest = root, words
            while rest and rest[0] in _subcommands(command):
                command, rest = _subcommands(command)[rest[0]], rest[1:]
            is_whole = not rest or rest[0].startswith("-") or not _subcommands(command)
            assert is_whole, f"{document.name} names no command: {words}"
            named = {word for word in rest if re.fullmatch(r"--?[a-z][a-z-]*", word)}
            assert named <= {"--help", *_options(command)}, f"{document.name}: {words}"


def test_the_readme_names_every_make_command_for_users() -> None:
    readme = _read("README.md")
    for target in ("setup", "run", "test", "check", "bench"):
        assert f"make {target}" in readme


def test_the_readme_explains_every_environment_variable() -> None:
    in_code = set(re.findall(r'"(DLSTUDIO_[A-Z_]+)"', _read("dlstudio/settings.py")))
    in_readme = set(re.findall(r"`(DLSTUDIO_[A-Z_]+)`", _read("README.md")))
    assert in_code
    assert in_code == in_readme


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    for link in links:
        if "://" not in link and not link.startswith("mailto:"):
            assert (document.parent / link).exists(), link


def test_the_licence_is_the_one_that_the_package_names() -> None:
    assert "Apache License" in _read("LICENSE")
    assert 'license = "Apache-2.0"' in _read("pyproject.toml")


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in _read("CHANGELOG.md")
