"""Where the server writes what went wrong: a file in the workspace that never grows large."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from dlstudio.settings import Settings

MOST_BYTES = 1_000_000
NUM_OLD_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def log_file(settings: Settings) -> Path:
    """The file that errors of the studio are written to."""
    return settings.home / "studio.log"


def start_log(settings: Settings) -> logging.Handler:
    """Write the warnings and errors of this package to the log file from now on.

    Args:
        settings: The workspace.

    Returns:
        The handler; give it to `stop_log` when the server stops.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        log_file(settings), maxBytes=MOST_BYTES, backupCount=NUM_OLD_FILES, delay=True
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.setLevel(logging.WARNING)
    logging.getLogger("dlstudio").addHandler(handler)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Stop writing and close the file."""
    logging.getLogger("dlstudio").removeHandler(handler)
    handler.close()
