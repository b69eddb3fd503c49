"""The server's log."""

import logging

from dlstudio.settings import Settings
from dlstudio.ui.server_log import log_file, start_log, stop_log


def test_errors_of_the_studio_are_kept_in_a_file(settings: Settings) -> None:
    handler = start_log(settings)
    logging.getLogger("dlstudio.ui.test").error("Unexpected error %s", "1a2b", exc_info=True)
    stop_log(handler)
    logging.getLogger("dlstudio.ui.test").error("after the end")
    text = log_file(settings).read_text()
    assert "Unexpected error 1a2b" in text
    assert "after the end" not in text
