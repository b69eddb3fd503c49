"""Processes, GPUs, launchers and files, as the supervisor sees them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dlstudio.errors import Problem, StudioError
from dlstudio.reports.progress import MetricPoint, Progress
from dlstudio.runs.attempt import WorkerReport
from dlstudio.runs.folders import RunFolder, read_log_tail, write_text_atomically
from dlstudio.runs.heartbeat import merge
from dlstudio.runs.launchers.local import CUDA, THREADS, LocalLauncher
from dlstudio.runs.launchers.table import launcher_of
from dlstudio.runs.lost_workers import describe_exit
from dlstudio.runs.machine import host_name, is_alive, process_mark, visible_gpus
from dlstudio.runs.queue import ALL_SLOTS, Claim
from dlstudio.runs.resources import INTERVAL_S, ResourceMeter, read_gpu_use
from dlstudio.runs.work import problem_of
from dlstudio.settings import Settings


def local(tmp_path: Path, gpus: tuple[str, ...], num_slots: int = 0) -> LocalLauncher:
    settings = Settings(home=tmp_path, database_url="sqlite://", num_slots=num_slots)
    launcher = LocalLauncher(settings)
    launcher.__dict__["_gpus"] = gpus  # as if they had been found
    return launcher


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = process_mark(child.pid)
    assert mark is not None
    assert is_alive(child.pid, mark)
    assert not is_alive(child.pid, mark + 1)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_mark(child.pid) is None  # still a zombie
    child.communicate()
    assert process_mark(child.pid) is None


def test_the_host_is_the_same_for_all_processes_of_a_machine() -> None:
    command = "from dlstudio.runs.machine import host_name; print(host_name())"
    answer = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert answer.stdout.strip() == host_name()


@pytest.mark.parametrize(
    ("value", "gpus"),
    [("", ()), ("-1", ()), ("0", ("0",)), ("2, 3", ("2", "3")), ("GPU-ab,1", ("GPU-ab", "1"))],
)
def test_visible_gpus_follow_the_environment(value: str, gpus: tuple[str, ...]) -> None:
    assert visible_gpus({CUDA: value}) == gpus


def test_there_is_one_slot_a_gpu_else_one_else_as_set(tmp_path: Path) -> None:
    assert local(tmp_path, ()).num_slots == 1
    assert local(tmp_path, ("0", "1")).num_slots == 2
    assert local(tmp_path, ("0", "1"), num_slots=5).num_slots == 5


@pytest.mark.parametrize(
    ("device", "slot", "gpus"),
    [
        ("auto", 0, "4"),
        ("auto", 1, "5"),
        ("gpu", 3, "5"),
        ("gpu:1", 0, "5"),
        ("gpu:7", 0, None),
        ("cpu", 1, ""),
        ("all_gpus", ALL_SLOTS, None),
    ],
)
def test_a_worker_sees_the_gpu_of_its_slot(
    tmp_path: Path, device: str, slot: int, gpus: str | None
) -> None:
    launcher = local(tmp_path, ("4", "5"))
    assert launcher._gpus_of(Claim("r", 1, slot, device)) == gpus


def test_slots_share_the_cores(tmp_path: Path) -> None:
    cores = len(os.sched_getaffinity(0))
    assert local(tmp_path, ())._environment(None)[THREADS] == str(cores)
    assert local(tmp_path, (), num_slots=1000)._environment(None)[THREADS] == "1"


def test_a_misspelt_launcher_is_named() -> None:
    with pytest.raises(StudioError) as caught:
        launcher_of(Settings(home=Path("x"), database_url="sqlite://", launcher="locl"))
    assert caught.value.problem == "There is no launcher 'locl'."
    assert caught.value.fix.startswith("Did you mean 'local'?")


def test_gpu_use_is_read_from_the_answer_of_nvidia_smi() -> None:
    assert read_gpu_use("50, 1000\n100, 24\n") == (75.0, 1024 * 1024**2)
    assert read_gpu_use("[N/A], [N/A]\n") == (None, None)
    assert read_gpu_use("") == (None, None)


NVIDIA_SMI = """#!/bin/sh
case "$*" in *"-i 1"*) echo "100, 24";; *) printf '50, 1000\\n100, 24\\n';; esac
"""


@pytest.mark.parametrize(("visible", "percent"), [(None, 75.0), ("1", 100.0), ("-1", None)])
def test_a_run_on_all_gpus_tells_the_use_of_all(
    visible: str | None, percent: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(NVIDIA_SMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv(CUDA, raising=False)
    if visible is not None:
        monkeypatch.setenv(CUDA, visible)
    meter = ResourceMeter()
    meter._measured_at -= INTERVAL_S

    use = meter.measure()

    assert use is not None
    assert use.gpu_percent == percent


def test_exit_codes_are_put_in_words() -> None:
    assert "killed, perhaps because the machine's memory ran out" in describe_exit(-9).problem
    assert "the signal SIGABRT" in describe_exit(-6).problem
    assert "the disk is full" in describe_exit(-signal.SIGBUS).problem
    assert "exit code 3" in describe_exit(3).problem
    assert "could not be written for too long" in describe_exit(0).problem


def test_a_full_memory_is_put_in_words() -> None:
    assert problem_of(MemoryError()).problem.startswith("The memory is full")
    own = StudioError("What.", "Do.", "where")
    assert problem_of(own) == Problem("What.", "Do.", "where")


def test_reports_merge_into_one_that_says_the_same() -> None:
    def point(epoch: int) -> MetricPoint:
        return MetricPoint(split="train", name="loss", epoch=epoch, step=1, time_s=1.0, value=1.0)

    progress = Progress(epoch=1, num_epochs=2, step=1, steps_per_epoch=1)
    older = WorkerReport(progress=progress, epoch=1, best_epoch=1, points=(point(1),))
    newer = WorkerReport(epoch=2, points=(point(2),), metrics={"train": {"loss": 0.0}})
    merged = merge(older, newer)
    assert (merged.progress, merged.epoch, merged.best_epoch) == (progress, 2, 1)
    assert merged.points == (point(1), point(2))
    assert merged.metrics == {"train": {"loss": 0.0}}
    assert merge(WorkerReport(), WorkerReport()) == WorkerReport()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text_atomically(path, "half\udcff")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_tail_of_a_log_has_whole_lines(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert read_log_tail(folder) == ""
    folder.log.write_text("first\nsecond\nthird\n")
    assert read_log_tail(folder) == "first\nsecond\nthird\n"
    assert read_log_tail(folder, num_bytes=10) == "third\n"
