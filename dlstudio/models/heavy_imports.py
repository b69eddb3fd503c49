"""Importing TensorFlow, which takes seconds, as fast as it goes."""

import os
import sys
import threading
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

# Keras imports these only to offer wrappers that nobody uses here; without them the import takes
# 0.65 of its time. They can be imported as usual afterwards.
NOT_NEEDED = ("sklearn", "pandas")
THREADS = "DLSTUDIO_THREADS"


class _Hidden(MetaPathFinder):
    """Hides some packages from the thread that made it, and from no other."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in NOT_NEEDED and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is hidden while TensorFlow is imported", name=name)
        return None


def import_tensorflow() -> None:
    """Import TensorFlow and Keras and limit their threads to this worker's share of the cores."""
    if "keras" in sys.modules:
        return
    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        import keras  # noqa: F401
        import tensorflow as tf
    finally:
        sys.meta_path.remove(hidden)
    num_threads = int(os.environ.get(THREADS, "0"))
    if num_threads:
        tf.config.threading.set_intra_op_parallelism_threads(num_threads)
        tf.config.threading.set_inter_op_parallelism_threads(max(2, num_threads))
