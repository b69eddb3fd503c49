"""The process that writes a model with another threshold: request on stdin, result on stdout.

`python -m dlstudio.export.threshold_file`, see `dlstudio.export.threshold`.
"""

import sys
from pathlib import Path

from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.load import load_model
from dlstudio.export.own_process import Answer, answer
from dlstudio.export.threshold import ThresholdRequest
from dlstudio.models.new_threshold import with_threshold


def write_with_threshold(request: ThresholdRequest) -> Answer:
    """Write the model; the file appears whole or not at all.

    Args:
        request: Which model, where to, which threshold.

    Returns:
        An answer without problems.

    Raises:
        DataError: The model is damaged or has no threshold, or the new one is not above 0.
        OSError: The file cannot be written.
    """
    model = with_threshold(load_model(Path(request.model)), request.threshold)
    with written_whole(Path(request.output)) as partial:
        model.save(partial)
    return Answer()


def main() -> int:
    """Write the model that stdin asks for."""
    return answer(ThresholdRequest, write_with_threshold)


if __name__ == "__main__":
    sys.exit(main())
