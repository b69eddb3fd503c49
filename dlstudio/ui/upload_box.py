"""The box that files are dropped on: it streams them to the server and says how far it is."""

from dataclasses import dataclass
from pathlib import Path

from streamlit.components.v2 import component

from dlstudio.ui.component_data import numbered
from dlstudio.ui.services import settings, upload_token

# In pixels; known from the beginning on, so that the page below does not jump when it is drawn.
HEIGHT = 264
_ASSETS = Path(__file__).parent / "assets"

_component = component(
    "dlstudio_upload_box",
    html=(_ASSETS / "upload_box.html").read_text(encoding="utf-8"),
    css=(_ASSETS / "upload_box.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "upload_box.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class UploadedFile:
    """A file that has just arrived; `upload_id` finds it again with `uploads.find_upload`."""

    upload_id: str
    file_name: str
    size_bytes: int


def show_upload_box(key: str, endings: tuple[str, ...], hint: str) -> UploadedFile | None:
    """Show the box.

    Args:
        key: Key of the widget.
        endings: File name endings that the file chooser offers, such as ".csv".
        hint: One line below the button: what may be dropped here.

    Returns:
        The file, in the one run after it has arrived whole; None in every other run.
    """
    result = _component(
        key=key,
        data=numbered(
            {
                "token": upload_token(),
                "accept": ",".join(endings),
                "hint": hint,
                "limit_bytes": settings().max_upload_bytes,
            },
            key,
        ),
        on_uploaded_change=lambda: None,
        height=HEIGHT,
    )
    answer = result.get("uploaded")
    if not answer:
        return None
    return UploadedFile(str(answer["upload"]), str(answer["file_name"]), int(answer["size_bytes"]))
