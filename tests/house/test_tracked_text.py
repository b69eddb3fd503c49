"""What must never be committed: secrets, somebody's folders, addresses of package hosts."""

import re
from pathlib import Path

import pytest

from tests.fixtures.repository import shown, tracked_files

TEXT_SUFFIXES = {".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".json", ".js", ".css", ".sh", ""}
LARGEST_FILE_BYTES = 1_500_000

FORBIDDEN = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an access key": r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9]{32,})\b",
    "a password in an address": r"[a-z]+://[A-Za-z0-9_]+:(?!password@|secret@|PASSWORD@)[^@\s/{}$\"'<>]+@",
    "a home folder": r"/(home|Users)/[a-z][a-z0-9_-]+/",
    "a working folder": r"(?<![\w.])/(root|work)/\w",
    "a package host": r"\b(pypi\.org/simple|files\.pythonhosted|registry\.npmjs|deb\.debian\.org)",
    "an index option": r"(?m)^\s*(--(extra-)?index-url|-i|--find-links|--trusted-host)\b",
}


def _texts() -> list[Path]:
    return [path for path in tracked_files() if path.suffix in TEXT_SUFFIXES]


def _findings(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def test_tracked_files_hold_no_secret_and_no_foreign_address() -> None:
    own_name = Path(__file__).name
    found = {
        shown(path): findings
        for path in _texts()
        if path.name != own_name and (findings := _findings(path.read_text(errors="replace")))
    }
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "postgresql://ann:hunter2@db/studio",
        "open('/home/ann/data.csv')",
        "cd /root/project",
        "--index-url https://example.org/simple",
    ],
)
def test_the_patterns_find_what_they_are_for(text: str) -> None:
    assert len(_findings(text)) == 1


def test_no_tracked_file_is_large() -> None:
    large = {
        shown(path): size
        for path in tracked_files()
        if (size := path.stat().st_size) > LARGEST_FILE_BYTES
    }
    assert not large
