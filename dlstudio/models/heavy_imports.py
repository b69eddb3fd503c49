"""Importing TensorFlow, which takes seconds, as fast as it goes."""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

# Keras imports these only to offer wrappers that nobody uses here; without them the import takes
# 0.65 of its time. They can be imported as usual afterwards.
NOT_NEEDED = ("sklearn", "pandas")


class _Hidden(MetaPathFinder):
    """Hides some packages from the thread that made it, and from no other."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in NOT_NEEDED and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is hidden while TensorFlow is imported", name=name)
        return None


def import_tensorflow() -> None:
    """Import TensorFlow and Keras; nothing is computed yet, so devices can still be chosen."""
    if "keras" in sys.modules:
        return
    with _hidden_packages(), _without_collector():
        import keras  # noqa: F401
        import tensorflow  # noqa: F401


@contextmanager
def _hidden_packages() -> Iterator[None]:
    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


@contextmanager
def _without_collector() -> Iterator[None]:
    # Half a million objects are made here and stay for ever. Without looking through them again
    # and again, the import takes 0.75 of its time, and tracing a network later 0.8.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
