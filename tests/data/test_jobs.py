"""Reading in a process of its own: seen, found again, cancelled, survived."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dlstudio.data.catalog import list_datasets, open_dataset
from dlstudio.data.ingest import run_job
from dlstudio.data.jobs import (
    JOB_FILE,
    IngestJob,
    IngestState,
    IngestStatus,
    JobRequest,
    find_jobs,
    open_job,
    start_ingest,
    write_record,
)
from dlstudio.data.options import ReadOptions
from dlstudio.errors import NotFoundError
from dlstudio.settings import Settings


def _wait(job: IngestJob, timeout_s: float = 60.0) -> IngestState:
    deadline = time.monotonic() + timeout_s
    while (state := job.poll()).status is IngestStatus.RUNNING:
        assert time.monotonic() < deadline, state
        time.sleep(0.02)
    return state


def _file(tmp_path: Path, num_rows: int = 20) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("a;b\n" + "".join(f"{n * 2};x{n % 3}\n" for n in range(num_rows)))
    return path


def test_a_job_makes_a_dataset_and_is_found_by_others(settings: Settings, tmp_path: Path) -> None:
    path = _file(tmp_path)
    job = start_ingest(settings, path, "Sales", ReadOptions(delimiter=";"))
    assert [found.id for found in find_jobs(settings)] == [job.id]
    state = _wait(open_job(settings, job.id))
    assert state.status is IngestStatus.DONE and state.progress.fraction == 1.0
    dataset = open_dataset(settings, "Sales")
    assert (state.name, state.fingerprint) == ("Sales", dataset.info.fingerprint)
    assert path.exists()
    job.dismiss()
    assert find_jobs(settings) == []
    with pytest.raises(NotFoundError, match="any more"):
        open_job(settings, job.id)


@pytest.mark.slow
def test_a_failed_job_says_why(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    state = _wait(start_ingest(settings, path))
    assert state.status is IngestStatus.FAILED
    assert "'empty.csv' is empty." in state.problems[0].problem
    assert list_datasets(settings) == []


@pytest.mark.parametrize(
    "end",
    [lambda job, pid: os.kill(pid, signal.SIGKILL), lambda job, pid: job.cancel()],
    ids=["killed", "cancelled"],
)
def test_a_job_that_ends_early_leaves_no_dataset(
    settings: Settings, tmp_path: Path, end: Callable[[IngestJob, int], None]
) -> None:
    job = start_ingest(settings, _file(tmp_path, 400_000))
    pid = int((job.folder / "process.json").read_text().split('"pid":')[1].split(",")[0])
    end(job, pid)
    state = _wait(job)
    assert state.status is IngestStatus.FAILED
    assert any(word in state.problems[0].problem for word in ("ended before", "cancelled"))
    assert list_datasets(settings) == []


def test_a_mistake_of_the_studio_is_reported_as_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSTUDIO_HOME", str(settings.home))
    folder = tmp_path / "job"
    folder.mkdir()
    settings.home.mkdir(exist_ok=True)
    settings.datasets_folder.write_text("a file where a folder should be")
    write_record(folder / JOB_FILE, JobRequest(path=str(_file(tmp_path))))
    assert run_job(folder) == 1
    assert "The studio made a mistake while reading" in (folder / "result.json").read_text()
