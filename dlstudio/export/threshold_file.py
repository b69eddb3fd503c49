"""The process that writes a model with another threshold: request on stdin, result on stdout.

`python -m dlstudio.export.threshold_file`, see `dlstudio.export.threshold`.
"""

import sys
import traceback
from pathlib import Path

from dlstudio.errors import Problem, StudioError
from dlstudio.evaluation.whole_file import written_whole
from dlstudio.export.load import load_model
from dlstudio.export.threshold import ThresholdRequest, ThresholdResult
from dlstudio.models.new_threshold import with_threshold


def write_with_threshold(request: ThresholdRequest) -> None:
    """Write the model; the file appears whole or not at all.

    Args:
        request: Which model, where to, which threshold.

    Raises:
        DataError: The model is damaged or has no threshold, or the new one is not above 0.
        OSError: The file cannot be written.
    """
    model = with_threshold(load_model(Path(request.model)), request.threshold)
    with written_whole(Path(request.output)) as partial:
        model.save(partial)


def main() -> int:
    """Do what stdin asks for and print the result as the last line; 1 if it holds problems."""
    result = ThresholdResult()
    try:
        write_with_threshold(ThresholdRequest.model_validate_json(sys.stdin.read()))
    except StudioError as error:
        result = ThresholdResult(problems=error.problems)
    except OSError as error:
        problem = Problem(f"The file cannot be written: {error}.", "Check place and space.", "-o")
        result = ThresholdResult(problems=(problem,))
    except Exception as error:
        traceback.print_exc()
        text = f"This is a mistake in DL Studio: {type(error).__name__}: {str(error)[:300]}."
        result = ThresholdResult(problems=(Problem(text, "Report it with these details."),))
    sys.stdout.write(f"\n{result.model_dump_json()}\n")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
