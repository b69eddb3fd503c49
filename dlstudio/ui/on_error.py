"""What a visitor sees when a page fails: a problem they can mend, or a card about our bug."""

import logging
import platform
import secrets
import traceback
from importlib.metadata import PackageNotFoundError, version

import streamlit as st

from dlstudio.errors import StudioError, disk_problem, store_problem
from dlstudio.ui import services
from dlstudio.ui.problems import show_problems
from dlstudio.ui.server_log import log_file

_log = logging.getLogger(__name__)


def show_script_error(error: Exception) -> bool:
    """Show an error that no page has handled; the page's traceback never reaches the screen.

    Args:
        error: What was raised; a `StudioError` is shown as the user's problem, anything else
            as a bug of the studio with details to copy.

    Returns:
        True: Streamlit need not show anything itself.
    """
    if isinstance(error, StudioError):
        show_problems(error.problems)
        return True
    known = disk_problem(error) or store_problem(error)
    if known is not None:
        show_problems([known])
        return True
    code = secrets.token_hex(4)
    _log.error("Unexpected error %s on a page", code, exc_info=error)
    with st.container(border=True):
        st.subheader(":material/bug_report: Something went wrong in the studio", anchor=False)
        st.write(
            "This is a fault of the studio, not of your data. Nothing that was saved is lost. "
            "Try again, or open another page."
        )
        with st.expander("Details to copy when you report it"):
            st.code(_details(error, code), language="text", wrap_lines=True)
    return True


def _details(error: Exception, code: str) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename][-6:]
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in ours]
    return "\n".join(
        [
            f"Error {code}; the whole story is in {log_file(services.settings())} under this code",
            f"DL Studio {_version()}, Streamlit {st.__version__}",
            f"Python {platform.python_version()} on {platform.system()}",
            f"{type(error).__name__}: {error}",
            *lines,
        ]
    )


def _version() -> str:
    try:
        return version("dlstudio")
    except PackageNotFoundError:
        return "(not installed as a package)"
