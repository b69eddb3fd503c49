"""Adding folders and archives of files on the Data page, whole and with broken files."""

import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlstudio.data.catalog import list_datasets, open_dataset
from dlstudio.data.jobs import IngestJob, IngestStatus, find_jobs, start_ingest
from dlstudio.data.options import FileFormat, ReadOptions
from dlstudio.data.progress import IngestProgress
from dlstudio.errors import Problem
from dlstudio.settings import Settings
from dlstudio.ui.data_add import free_name
from dlstudio.ui.data_broken import broken_files, broken_table
from dlstudio.ui.data_jobs import progress_words
from dlstudio.ui.sources import find_source
from tests.ui.opened import open_page, words_of

# Each opens the page many times.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]


def write_pictures(folder: Path, num_files: int = 4) -> Path:
    """Class folders of small pictures."""
    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(num_files):
            pixels = random.integers(0, 255, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pets.v2")


@pytest.fixture
def broken_archive(pictures: Path) -> Path:
    (pictures / "cat" / "cut.png").write_bytes((pictures / "cat" / "0.png").read_bytes()[:60])
    (pictures / "dog" / "empty.png").touch()
    path = pictures.parent / "pets.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            archive.write(file, file.relative_to(pictures))
    return path


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def wait_for(job: IngestJob) -> None:
    wait_until(lambda: job.poll().status is not IngestStatus.RUNNING)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_folder_of_the_server_becomes_a_dataset_of_that_name(
    settings: Settings, pictures: Path
) -> None:
    app = open_page("data")
    next(box for box in app.text_input if box.label.startswith("Path")).set_value(str(pictures))
    press(app, "Read it")
    if "dataset" not in app.query_params:
        wait_for(find_jobs(settings)[0])
        app.run()
    info = open_dataset(settings, "pets.v2").info
    assert info.num_rows == 8
    assert find_source(settings, info.fingerprint) == pictures


def test_broken_files_are_listed_with_their_reasons(
    settings: Settings, broken_archive: Path
) -> None:
    job = start_ingest(settings, broken_archive, "pets")
    wait_for(job)
    app = open_page("data", job=job.id)
    assert not app.exception
    assert "2 of 10 files" in app.error[0].value
    table = app.dataframe[0].value
    assert list(table["File"]) == ["cat/cut.png", "dog/empty.png"]
    assert "damaged" in str(list(table["What is wrong"])[0])
    assert list(table["What is wrong"])[1] == "is empty (0 bytes)"


def test_broken_files_are_left_out_by_one_click(settings: Settings, broken_archive: Path) -> None:
    job = start_ingest(settings, broken_archive, "pets")
    wait_for(job)
    app = press(open_page("data", job=job.id), "Leave them out and go on")
    assert not app.exception
    assert job.id not in [one.id for one in find_jobs(settings)]
    assert broken_archive.exists()
    if "dataset" not in app.query_params:
        (again,) = find_jobs(settings)
        assert again.options.leave_out_broken
        wait_for(again)
        app.run()
    assert app.query_params["dataset"] == "pets"
    assert open_dataset(settings, "pets").info.num_rows == 8
    reading = open_page("data", dataset="pets", tab="How it was read")
    assert "2 files could not be read and were left out" in words_of(reading)
    assert list(reading.dataframe[0].value["File"]) == ["cat/cut.png", "dog/empty.png"]


def test_an_archive_without_one_whole_file_cannot_go_on(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "bad.zip"
    with ZipFile(path, "w") as archive:
        for name in ("a/1.png", "a/2.png", "b/3.png"):
            archive.writestr(name, b"no picture")
    job = start_ingest(settings, path, "bad")
    wait_for(job)
    app = open_page("data", job=job.id)
    assert "None of the files" in app.error[0].value
    assert len(app.dataframe[0].value) == 3
    assert not [button for button in app.button if button.label.startswith("Leave them out")]
    press(app, "Dismiss")
    assert find_jobs(settings) == []
    assert list_datasets(settings) == []


def test_a_form_of_a_collection_asks_only_what_fits_it(settings: Settings, pictures: Path) -> None:
    job = start_ingest(
        settings, pictures, "pets", ReadOptions(format=FileFormat.COLLECTION, encoding="utf-8")
    )
    wait_for(job)
    open_page("data", job=job.id)
    app = open_page("data", dataset="pets", tab="How it was read")
    assert not app.exception
    assert not [box for box in app.selectbox if box.label == "Delimiter"]
    assert [box.label for box in app.checkbox] == ["Leave out broken files"]


def test_only_problems_that_name_their_file_are_listed() -> None:
    problems = [
        Problem("2 of 9 files of 'a.zip' cannot be read.", "Mend them.", "leave_out_broken"),
        Problem("'cat/1.png' is empty (0 bytes).", "Replace the file.", "cat/1.png"),
        Problem("1 more files cannot be read.", "Mend the ones above first.", "file"),
    ]
    broken = broken_files(problems)
    assert broken == problems[1:2]
    assert broken_table(broken).to_pylist() == [
        {"File": "cat/1.png", "What is wrong": "is empty (0 bytes)"}
    ]


def test_progress_counts_files_or_rows() -> None:
    files = IngestProgress(phase="Reading and checking files", fraction=0.2, num_rows=1234)
    assert progress_words(files) == "Reading and checking files: 1,234 files so far"
    rows = IngestProgress(phase="Reading rows", fraction=0.2, num_rows=1)
    assert progress_words(rows) == "Reading rows: 1 row so far"
    assert progress_words(IngestProgress(phase="Starting", fraction=0.0)) == "Starting"


def test_a_folder_keeps_its_whole_name(settings: Settings, pictures: Path) -> None:
    assert free_name(settings, pictures) == "pets.v2"
