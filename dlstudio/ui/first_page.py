"""What a start does beside the first page and after it, so that nothing keeps that page waiting.

While the browser loads its scripts, the server imports what Home needs. Once the first page is out,
it imports what the other pages need, and a warm worker begins to import TensorFlow: earlier, they
would take the processor from the browser and from the page.
"""

import ast
import gc
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from dlstudio.ui import services
from dlstudio.ui.navigation import PAGES_FOLDER, Screen

LONGEST_WAIT_S = 10.0  # a server that nobody looks at gets ready too

_is_out = threading.Event()


def start_preparing() -> None:
    """Prepare everything in a thread; returns at once."""
    threading.Thread(target=_prepare, name="first-page", daemon=True).start()


def note_page() -> None:
    """Say that a page is out."""
    _is_out.set()


def page_modules(page: Path) -> Iterator[str]:
    """Names of the modules that the script of a page imports."""
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _prepare() -> None:
    import_module("PIL.Image")  # Streamlit looks at the logo with it
    _import_pages(f"{Screen.HOME}.py")
    _spare_collector()
    _is_out.wait(LONGEST_WAIT_S)
    services.supervisor().warm_up()
    _import_pages("*.py")
    _spare_collector()


def _import_pages(pattern: str) -> None:
    for page in sorted(PAGES_FOLDER.glob(pattern)):
        for name in page_modules(page):
            import_module(name)


def _spare_collector() -> None:
    # Streamlit collects garbage after every run of a page: with all libraries in view that takes
    # 0.1 s, in which nothing is sent. What was imported stays anyway; it need not be looked at.
    gc.freeze()
