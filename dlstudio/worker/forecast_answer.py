"""What a warm worker answers when a page asks for the next steps of a forecast."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from dlstudio.export.score_series import continue_dataset
from dlstudio.export.scoring import REQUEST_FILE, RESULT_FILE, ScoringRequest, open_job
from dlstudio.runs.folders import write_text_atomically
from dlstudio.settings import Settings


def answer_forecast(
    settings: Settings, load: Callable[[Path], keras.Model], request: dict[str, Any]
) -> None:
    """Do a job that continues the dataset of a run; its folder holds the answer.

    Args:
        settings: Where jobs live.
        load: Loads the model of a run, or has it.
        request: "job", the job's id.

    Raises:
        StudioError: The dataset is gone, or the series cannot be continued.
    """
    folder = open_job(settings, request["job"]).folder
    asked = ScoringRequest.model_validate_json((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    result = continue_dataset(asked, load, lambda _progress: None)
    write_text_atomically(folder / RESULT_FILE, result.model_dump_json())
