"""Adding a dataset: drop a file, or name one that the server already has."""

from pathlib import Path

import streamlit as st

from dlstudio.data.jobs import IngestStatus, find_jobs, start_ingest
from dlstudio.data.options import ReadOptions
from dlstudio.data.summaries import list_summaries
from dlstudio.errors import DataError
from dlstudio.settings import Settings
from dlstudio.ui import services
from dlstudio.ui.formats import size
from dlstudio.ui.navigation import Screen, open_screen
from dlstudio.ui.problems import showing_problems
from dlstudio.ui.upload_box import show_upload_box
from dlstudio.ui.uploads import find_upload

ENDINGS = (
    ".csv", ".tsv", ".txt", ".dat", ".data", ".xlsx", ".xls", ".xlsb", ".ods",
    ".json", ".jsonl", ".ndjson", ".parquet", ".ts", ".arff", ".gz", ".zip",
)  # fmt: skip

LONGEST_STEM = 80  # a dataset's name has at most 100 characters

_FORMS = """
- **Images, sounds, videos, texts**: put the files of each class into a folder with its name
  (`cat/1.jpg`, `dog/2.jpg`) and pack the folders into one ZIP. Folders `train`, `val` and `test`
  around them are taken as the split.
- **Several answers a file, or numbers**: pack the files with a table (CSV, Parquet, JSON lines)
  that has a column with their names.
- **Texts in a table**: a CSV with a column of texts and a column of answers.
- **Time series**: a table with a column of times and one or more columns of numbers.
- **Recordings of sensors**: a table whose rows are time steps, with a column that names the
  recording; a table with a column a time step; CSV files, a folder a class or with a table
  that lists them; or `.ts` and `.arff` files.
"""


def show_add_data() -> None:
    """Offer to upload a file, or to read a file or folder from the server's disk."""
    with showing_problems():
        limit = size(services.settings().max_upload_bytes)
        uploaded = show_upload_box(
            "upload_box",
            ENDINGS,
            "A table (CSV, Excel, JSON, Parquet, .ts, .arff), or a ZIP of images, sounds, videos, "
            f"texts or recordings with a folder a class. Up to {limit}.",
        )
        if uploaded is not None:
            upload = find_upload(services.settings(), uploaded.upload_id)
            read_file(upload.path, free_name(services.settings(), upload.path))
    _show_forms_of_data()
    _show_path_form()


def read_file(path: Path, name: str, options: ReadOptions | None = None) -> None:
    """Start to read a file as a dataset and show how far it is.

    Args:
        path: The file or folder.
        name: Name of the dataset; one that exists gets a new version.
        options: How to read it; everything is guessed by default.
    """
    job = start_ingest(services.settings(), path, name, options or ReadOptions())
    open_screen(Screen.DATA, job=job.id)


def free_name(settings: Settings, path: Path) -> str:
    """Name a dataset after its file; a number is added where that name is taken.

    A name is also taken by a file that somebody else is adding at this moment.

    Args:
        settings: The workspace.
        path: The file or folder, such as "sales 2024.csv.gz".
    """
    stem = path.name if path.is_dir() else path.name.split(".")[0]
    stem = stem[:LONGEST_STEM].strip() or "data"
    taken = {info.name for info in list_summaries(settings)}
    arriving = (job for job in find_jobs(settings) if job.poll().status is IngestStatus.RUNNING)
    taken |= {job.name or "" for job in arriving}
    names = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _show_forms_of_data() -> None:
    with st.expander(
        "How images, sounds, videos, texts and series are added", icon=":material/help:"
    ):
        st.markdown(_FORMS)


def _show_path_form() -> None:
    with (
        st.expander(
            "Read a file or a folder that is already on the server", icon=":material/folder_open:"
        ),
        st.form("path_form", border=False),
    ):
        text = st.text_input(
            "Path of the file or folder",
            placeholder="/data/measurements.csv",
            help="Good for very large files and for folders of many: nothing is uploaded, and "
            "they stay where they are.",
        )
        is_asked = st.form_submit_button("Read it", icon=":material/arrow_forward:")
        if is_asked:
            with showing_problems():
                path = _server_path(text)
                read_file(path, free_name(services.settings(), path))


def _server_path(text: str) -> Path:
    path = Path(text.strip()).expanduser()
    if not text.strip() or not path.is_absolute():
        raise DataError(
            f"{text!r} is not a whole path.",
            "Type the path from the root of the disk, such as /data/measurements.csv.",
            where="Path of the file or folder",
        )
    if not path.is_file() and not path.is_dir():
        raise DataError(
            f"There is no file or folder {str(path)!r} on the server.",
            "Check the spelling, and that the studio may read the folder.",
            where="Path of the file or folder",
        )
    return path
