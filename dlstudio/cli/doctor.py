"""`dlstudio doctor`: whether everything works on this machine."""

import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version

import psutil
import typer

from dlstudio.cli.failures import print_problems
from dlstudio.cli.output import JSON_OPTION, format_size, print_columns, print_json
from dlstudio.errors import Problem, StudioError
from dlstudio.runs.machine import visible_gpus
from dlstudio.runs.store import open_store
from dlstudio.settings import GIGABYTE, Settings, read_settings, studio_folder
from dlstudio.spec.frozen import Frozen

PACKAGES = ("dlstudio", "tensorflow", "keras", "streamlit", "pyarrow", "numpy", "scikit-learn")
TENSORFLOW_TIMEOUT_S = 120
LITTLE_DISK_BYTES = 2 * GIGABYTE
LITTLE_MEMORY_BYTES = 1 * GIGABYTE


class Check(Frozen):
    """One thing that was looked at; `problem` is None if it is as it should be."""

    name: str
    is_ok: bool
    detail: str
    problem: Problem | None = None


class Diagnosis(Frozen):
    """This machine, and whether the studio works on it."""

    is_ok: bool
    versions: dict[str, str | None]
    python: str
    system: str
    num_cpus: int
    memory_bytes: int
    gpus: tuple[str, ...]
    home: str
    disk_free_bytes: int
    checks: tuple[Check, ...]


def run(as_json: bool = JSON_OPTION) -> None:
    """Check Python, TensorFlow, GPUs, memory, disk, workspace and database."""
    settings = read_settings()
    found = diagnose(settings)
    if as_json:
        print_json(found)
    else:
        _print_diagnosis(found)
    problems = [check.problem for check in found.checks if check.problem and not check.is_ok]
    if problems:
        print_problems(problems)
        raise typer.Exit(1)


def diagnose(settings: Settings) -> Diagnosis:
    """Look at everything that the studio needs.

    Args:
        settings: The workspace; it is created if it is not there.
    """
    checks = tuple(
        check(settings)
        for check in (_check_home, _check_disk, _check_memory, _check_store, _check_app)
    )
    checks = (*checks, _check_tensorflow())
    return Diagnosis(
        is_ok=all(check.is_ok for check in checks),
        versions={name: _version(name) for name in PACKAGES},
        python=platform.python_version(),
        system=platform.platform(),
        num_cpus=psutil.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        gpus=visible_gpus(),
        home=str(settings.home),
        disk_free_bytes=_free_bytes(settings),
        checks=checks,
    )


def _check_home(settings: Settings) -> Check:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        return _failed(
            "workspace",
            f"The workspace {settings.home} cannot be written: {error.strerror}.",
            "Set DLSTUDIO_HOME to a folder that you may write to.",
        )
    return Check(name="workspace", is_ok=True, detail=f"{settings.home} can be written")


def _check_disk(settings: Settings) -> Check:
    free = _free_bytes(settings)
    if free < LITTLE_DISK_BYTES:
        return _failed(
            "disk",
            f"Only {format_size(free)} are free at {settings.home}.",
            "Free some space, or set DLSTUDIO_HOME to a larger disk.",
        )
    return Check(name="disk", is_ok=True, detail=f"{format_size(free)} free")


def _check_memory(settings: Settings) -> Check:
    free = psutil.virtual_memory().available
    if free < LITTLE_MEMORY_BYTES:
        return _failed(
            "memory",
            f"Only {format_size(free)} of memory are free; training takes about 1 GB.",
            "Close other programs.",
        )
    return Check(name="memory", is_ok=True, detail=f"{format_size(free)} free")


def _check_store(settings: Settings) -> Check:
    try:
        store = open_store(settings)
        num_runs = store.count_runs()
        store.close()
    except StudioError as error:
        return _failed("database", error.problem, error.fix)
    except OSError as error:
        return _failed(
            "database",
            f"The run store cannot be opened: {error}.",
            "Check DLSTUDIO_HOME and DLSTUDIO_DATABASE_URL.",
        )
    return Check(name="database", is_ok=True, detail=f"reachable, {num_runs} runs")


def _check_app(settings: Settings) -> Check:
    folder = studio_folder()
    if not (folder / "app.py").is_file():
        return _failed(
            "web app", f"There is no app.py in {folder}.", "Install DL Studio again: pip install ."
        )
    return Check(name="web app", is_ok=True, detail=str(folder))


def _check_tensorflow() -> Check:
    """TensorFlow must import, in a process of its own: the command line stays without it."""
    code = "import keras, tensorflow; print(tensorflow.__version__, keras.__version__)"
    fix = "Install it again: pip install -r requirements.txt, with Python 3.11 to 3.13."
    try:
        result = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=TENSORFLOW_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem = f"TensorFlow could not be imported within {TENSORFLOW_TIMEOUT_S} s."
        return _failed("tensorflow", problem, fix)
    if result.returncode != 0:
        last_line = (result.stderr.strip().splitlines() or ["it was killed"])[-1][:300]
        return _failed("tensorflow", f"TensorFlow cannot be imported: {last_line}.", fix)
    tensorflow, keras = result.stdout.split()[-2:]
    detail = f"TensorFlow {tensorflow} and Keras {keras} can be imported"
    return Check(name="tensorflow", is_ok=True, detail=detail)


def _failed(name: str, problem: str, fix: str) -> Check:
    return Check(name=name, is_ok=False, detail=problem, problem=Problem(problem, fix, where=name))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _free_bytes(settings: Settings) -> int:
    folder = settings.home
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _print_diagnosis(found: Diagnosis) -> None:
    gpus = f"{len(found.gpus)} GPU(s)" if found.gpus else "no GPU"
    typer.echo(
        f"Python {found.python} on {found.system}, {found.num_cpus} CPUs, "
        f"{format_size(found.memory_bytes)} memory, {gpus}"
    )
    typer.echo(", ".join(f"{name} {number or '-'}" for name, number in found.versions.items()))
    typer.echo("")
    print_columns(
        ["check", "", "detail"],
        [[check.name, "ok" if check.is_ok else "PROBLEM", check.detail] for check in found.checks],
    )
