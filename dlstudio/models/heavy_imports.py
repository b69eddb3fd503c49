"""Importing TensorFlow, which takes seconds, as fast as it goes."""

import sys
import threading
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
    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
    finally:
        sys.meta_path.remove(hidden)
