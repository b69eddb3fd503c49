"""Adding a dataset: drop a file, or name one that the server already has."""

from pathlib import Path

import streamlit as st

from dlstudio.data.jobs import start_ingest
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
    ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zip",
)  # fmt: skip


def show_add_data() -> None:
    """Offer to upload a file or to read one from the server's disk."""
    with showing_problems():
        limit = size(services.settings().max_upload_bytes)
        uploaded = show_upload_box(
            "upload_box",
            ENDINGS,
            f"CSV, TSV, Excel, JSON or Parquet, plain or inside .gz or .zip, up to {limit}.",
        )
        if uploaded is not None:
            upload = find_upload(services.settings(), uploaded.upload_id)
            read_file(upload.path, free_name(services.settings(), upload.path))
    _show_path_form()


def read_file(path: Path, name: str, options: ReadOptions | None = None) -> None:
    """Start to read a file as a dataset and show how far it is.

    Args:
        path: The file.
        name: Name of the dataset; one that exists gets a new version.
        options: How to read it; everything is guessed by default.
    """
    job = start_ingest(services.settings(), path, name, options or ReadOptions())
    open_screen(Screen.DATA, job=job.id)


def free_name(settings: Settings, path: Path) -> str:
    """Name a dataset after its file; a number is added where that name is taken.

    Args:
        settings: The workspace.
        path: The file, such as "sales 2024.csv.gz".
    """
    stem = path.name.split(".")[0].strip() or "data"
    taken = {info.name for info in list_summaries(settings)}
    names = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _show_path_form() -> None:
    with (
        st.expander("Read a file that is already on the server", icon=":material/folder_open:"),
        st.form("path_form", border=False),
    ):
        text = st.text_input(
            "Path of the file",
            placeholder="/data/measurements.csv",
            help="Good for very large files: nothing is uploaded and the file stays where it is.",
        )
        is_asked = st.form_submit_button("Read the file", icon=":material/arrow_forward:")
        if is_asked:
            with showing_problems():
                path = _server_file(text)
                read_file(path, free_name(services.settings(), path))


def _server_file(text: str) -> Path:
    path = Path(text.strip()).expanduser()
    if not text.strip() or not path.is_absolute():
        raise DataError(
            f"{text!r} is not a whole path.",
            "Type the path from the root of the disk, such as /data/measurements.csv.",
            where="Path of the file",
        )
    if not path.is_file():
        raise DataError(
            f"There is no file {str(path)!r} on the server.",
            "Check the spelling, and that the studio may read the folder.",
            where="Path of the file",
        )
    return path
