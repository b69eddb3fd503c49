"""The layers of ARCHITECTURE.md hold, and the check that says so can fail."""

import subprocess
import sys
from pathlib import Path

from tests.fixtures.workspace import REPOSITORY

LINT = (
    "import sys; from importlinter.cli import lint_imports_command; "
    "sys.exit(lint_imports_command(sys.argv[1:]))"
)

BROKEN_ON_PURPOSE = """
[tool.importlinter]
root_package = "dlstudio"
include_external_packages = true

[[tool.importlinter.contracts]]
name = "The worker does without Keras"
type = "forbidden"
source_modules = ["dlstudio.worker"]
forbidden_modules = ["keras"]

[[tool.importlinter.contracts]]
name = "Settings stand above the specs"
type = "layers"
containers = ["dlstudio"]
layers = ["errors", "settings"]
"""


def _lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(config), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_contract_is_kept() -> None:
    answer = _lint(REPOSITORY / "pyproject.toml")
    assert answer.returncode == 0, answer.stdout
    assert "4 kept, 0 broken" in answer.stdout


def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(BROKEN_ON_PURPOSE, encoding="utf-8")
    answer = _lint(config)
    assert answer.returncode == 1
    assert "The worker does without Keras BROKEN" in answer.stdout
    assert "Settings stand above the specs BROKEN" in answer.stdout
