"""OpenCV as all readers of files use it: on one thread and without words of its own."""

import os

import cv2

SILENT = "-8"

# Files are decoded side by side by our own threads.
cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", SILENT)

__all__ = ["cv2"]
