"""OpenCV as all readers of files use it: on one thread and without words of its own.

`opencv.cv2` is imported when it is first asked for: a server that shows tables never needs it, and
it takes 16 MB.
"""

import os
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cv2 as cv2

SILENT = "-8"


def __getattr__(name: str) -> ModuleType:
    if name != "cv2":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import cv2 as opencv

    # Files are decoded side by side by our own threads.
    opencv.setNumThreads(1)
    opencv.utils.logging.setLogLevel(opencv.utils.logging.LOG_LEVEL_SILENT)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", SILENT)
    globals()[name] = opencv
    return opencv
