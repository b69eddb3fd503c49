"""What a start does beside the first page and after it, so that nothing keeps that page waiting.

While the browser loads its scripts, the server opens the store and imports what Home needs. Once
the browser has drawn the page, it imports what the other pages need, and a warm worker begins to
import TensorFlow: earlier, they would take the processor from the browser and from the page.
"""

import ast
import gc
import logging
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from dlstudio.errors import StudioError
from dlstudio.ui import services
from dlstudio.ui.navigation import PAGES_FOLDER, Screen

DRAWING_S = 2.0  # from a page that is out to one that the browser has drawn
RETRY_S = 5.0
SHORT_TURN_S = 0.0005  # of a thread: the many files of the browser come between the imports

_is_out = threading.Event()
_is_over = threading.Event()
_threads: list[threading.Thread] = []

log = logging.getLogger(__name__)


def start_preparing() -> None:
    """Prepare everything in a thread; returns at once."""
    _is_over.clear()
    thread = threading.Thread(target=_prepare, name="first-page", daemon=True)
    _threads.append(thread)
    thread.start()


def stop_preparing() -> None:
    """Prepare nothing more; returns when the thread has ended."""
    _is_over.set()
    _is_out.set()
    while _threads:
        _threads.pop().join()


def note_page() -> None:
    """Say that a page is out."""
    _is_out.set()


def page_modules(page: Path) -> Iterator[str]:
    """Names of the modules that the script of a page imports."""
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _prepare() -> None:
    usual_turn_s = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN_S)
    try:
        import_module("PIL.Image")  # Streamlit looks at the logo with it
        _import_pages(f"{Screen.HOME}.py")
        _start_supervisor()
        _spare_collector()
        _is_out.wait(services.FIRST_WORKER_S)
    finally:
        sys.setswitchinterval(usual_turn_s)
    _is_over.wait(DRAWING_S)
    if not _is_over.is_set():
        services.supervisor().warm_up()
    _import_pages("*.py")
    _spare_collector()


def _start_supervisor() -> None:
    # Pages show the same problem; a database that starts later than this server is waited for.
    last = ""
    while not _is_over.is_set():
        try:
            services.supervisor()
        except StudioError as error:
            if str(error) != last:
                log.warning("%s", error)
                sys.stderr.write(f"{error}\n")
            last = str(error)
            _is_over.wait(RETRY_S)
        else:
            return


def _import_pages(pattern: str) -> None:
    for page in sorted(PAGES_FOLDER.glob(pattern)):
        for name in page_modules(page):
            if _is_over.is_set():
                return
            import_module(name)


def _spare_collector() -> None:
    # Streamlit collects garbage after every run of a page: with all libraries in view that takes
    # 0.1 s, in which nothing is sent. What was imported stays anyway; it need not be looked at.
    gc.freeze()
