"""A folder or archive read in a process of its own, as a page does it."""

import time
from pathlib import Path

import pytest

from dlstudio.data.catalog import open_dataset
from dlstudio.data.jobs import IngestState, IngestStatus, start_ingest
from dlstudio.data.options import ReadOptions
from dlstudio.settings import Settings
from tests.data.collection.files import cats_and_dogs, write_folder, write_zip


def ended(settings: Settings, path: Path, options: ReadOptions) -> IngestState:
    """The end of a job."""
    job = start_ingest(settings, path, "pets", options)
    deadline = time.monotonic() + 100
    while (state := job.poll()).status is IngestStatus.RUNNING:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return state


@pytest.mark.slow
def test_broken_files_reach_the_page_one_by_one_and_may_be_left_out(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "data.zip", cats_and_dogs() | {"cat/9.png": b"", "dog/9.png": b"x"})
    state = ended(settings, path, ReadOptions())
    assert state.status is IngestStatus.FAILED
    assert [problem.where for problem in state.problems] == [
        "leave_out_broken",
        "cat/9.png",
        "dog/9.png",
    ]
    state = ended(settings, path, ReadOptions(leave_out_broken=True))
    assert state.status is IngestStatus.DONE
    assert open_dataset(settings, "pets").info.num_rows == 6


def test_a_folder_of_the_server_is_read(settings: Settings, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", cats_and_dogs())
    state = ended(settings, folder, ReadOptions())
    assert (state.status, state.progress.num_rows) == (IngestStatus.DONE, 6)
