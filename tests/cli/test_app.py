"""The command line itself: help, exit codes, errors, start-up."""

import subprocess
import sys
from pathlib import Path

import pytest

from dlstudio.cli import predict
from dlstudio.cli.app import COMMANDS
from dlstudio.errors import StudioError
from dlstudio.settings import Settings
from tests.fixtures.training import run_dlstudio
from tests.fixtures.workspace import environment_of

pytestmark = pytest.mark.slow  # starts process after process


def test_the_help_lists_every_command(settings: Settings) -> None:
    result = run_dlstudio(settings, "--help")
    assert result.returncode == 0
    for name, command in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert command.help in result.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help(settings: Settings, name: str) -> None:
    result = run_dlstudio(settings, name, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Usage: dlstudio {name}")


def test_the_version_is_printed(settings: Settings) -> None:
    assert run_dlstudio(settings, "--version").stdout.strip() == "0.1.0"


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("train",),
        ("train", "a.yaml", "--no-such-option"),
        ("data", "add"),
        ("spec", "new", "iris", "--task", "clasification"),
        ("runs", "compare", "one"),
        ("ui", "--port", "eighty"),
        ("predict", "run", "file.csv", "--json"),
    ],
)
def test_wrong_usage_exits_with_2_and_prints_nothing_to_stdout(
    settings: Settings, arguments: tuple[str, ...]
) -> None:
    result = run_dlstudio(settings, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Usage: dlstudio" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("data", "show", "nothing"), "There is no dataset 'nothing'."),
        (("data", "remove", "nothing"), "There is no dataset 'nothing'."),
        (("data", "add", "nothing.csv"), "'nothing.csv' does not exist."),
        (("runs", "show", "nothing"), "There is no run 'nothing'."),
        (("spec", "new", "nothing", "--target", "x"), "There is no dataset 'nothing'."),
        (("train", "nothing.yaml"), "There is no file 'nothing.yaml'."),
        (("predict", "nothing", "x.csv", "-o", "y.csv"), "There is no run 'nothing'."),
        (("evaluate", "nothing", "x.csv"), "There is no run 'nothing'."),
        (("export", "nothing", "-o", "m.keras"), "There is no run 'nothing'."),
    ],
)
def test_a_failure_exits_with_1_and_names_problem_and_fix(
    settings: Settings, arguments: tuple[str, ...], problem: str
) -> None:
    result = run_dlstudio(settings, *arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert problem in result.stderr
    assert "  Fix: " in result.stderr
    assert "Traceback" not in result.stderr


def test_what_is_no_studio_error_is_called_our_mistake(
    settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    code = (
        "import sys; from dlstudio.cli import app\n"
        "def build(arguments): raise RuntimeError('boom')\n"
        "app.build_app = build; app.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "This is a mistake in DL Studio: RuntimeError: boom." in result.stderr
    (log,) = (settings.home / "logs").iterdir()
    assert str(log) in result.stderr
    assert "Traceback" not in result.stderr
    assert "RuntimeError: boom" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "disk"),
    [
        ("OSError(errno.ENOSPC, 'No space left on device')", "The disk"),
        (
            "OSError(errno.ENOSPC, 'No space left', '/disk/runs/a')",
            "The disk that holds /disk/runs",
        ),
        (
            "sqlite3.OperationalError('database or disk is full')",
            "The disk that holds the store of runs",
        ),
    ],
)
def test_a_full_disk_is_named(environment: dict[str, str], error: str, disk: str) -> None:
    code = (
        "import errno, sqlite3; from dlstudio.cli import app\n"
        f"def build(arguments): raise {error}\n"
        "app.build_app = build; app.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == f"Problem: {disk} is full.\n  Fix: Free some space and try again.\n"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("the connection is closed", "The store of runs does not answer: the connection is closed"),
        ("no such table: runs", "This is a mistake in DL Studio: OperationalError"),
    ],
)
def test_a_database_that_does_not_answer_is_named(
    environment: dict[str, str], said: str, problem: str
) -> None:
    code = (
        "from sqlalchemy.exc import OperationalError; from dlstudio.cli import app\n"
        f"def build(arguments): raise OperationalError('SELECT', {{}}, Exception({said!r}))\n"
        "app.build_app = build; app.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert problem in result.stderr


def test_a_setting_that_is_no_number_is_named(environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dlstudio", "data", "list"],
        env={**environment, "DLSTUDIO_SLOTS": "two"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "DLSTUDIO_SLOTS is 'two'" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["data", "list"], ["runs", "list"]])
def test_no_command_imports_tensorflow_or_streamlit(
    settings: Settings, arguments: list[str]
) -> None:
    code = (
        "import sys; sys.argv = ['dlstudio', *sys.argv[1:]]\n"
        "from dlstudio.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'tensorflow', 'keras', 'streamlit', 'sklearn', 'pandas'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment_of(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr.strip().endswith("[]")


def test_the_help_imports_neither_data_nor_store(environment: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['dlstudio', '--help']\n"
        "from dlstudio.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pyarrow', 'sqlalchemy', 'pydantic', 'numpy'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.stderr.strip() == "[]"


def test_names_that_the_terminal_cannot_show_do_not_break_a_command(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("größe,猫,y\n" + "".join(f"{n},{n % 3},{n % 2}\n" for n in range(20)), "utf-8")
    environment = {**environment_of(settings), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    result = subprocess.run(
        [sys.executable, "-m", "dlstudio", "data", "add", str(path)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert b"Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_error(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dlstudio", "--help"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=30)
    assert b"Traceback" not in errors


def test_predictions_go_to_a_file_of_a_format_that_is_written(tmp_path: Path) -> None:
    for output, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x.csv", "There is no folder"),
        (tmp_path / "x.xlsx", "CSV or Parquet, not as '.xlsx'"),
    ):
        with pytest.raises(StudioError, match=words):
            predict.run("run", tmp_path / "rows.csv", output, [], as_json=False)
