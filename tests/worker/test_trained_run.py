"""What a run says about its end."""

import pytest

from dlstudio.reports.progress import EngineChoice
from dlstudio.spec.training import KeptWeights
from dlstudio.training.outcome import StopReason, TrainingOutcome
from dlstudio.worker.training import TrainedRun

pytestmark = pytest.mark.tensorflow


def ended(reason: StopReason, num_epochs: int, best: int) -> TrainingOutcome:
    engine = EngineChoice(mode="graph", reason="It was asked for.")
    return TrainingOutcome(best, num_epochs, reason, engine, (), duration_s=1.0)


@pytest.mark.parametrize(
    ("reason", "num_epochs", "best", "keep", "message"),
    [
        (StopReason.ASKED, 0, 0, "best", "Stopped on request before the first epoch was over"),
        (StopReason.ASKED, 3, 2, "best", "Stopped on request after 3 epochs; the best was 2."),
        (StopReason.ALL_EPOCHS, 1, 1, "last", "All epochs are done after 1 epoch; the last is kep"),
        (StopReason.EARLY_STOPPING, 9, 4, "best", "Nothing improved any more after 9 epochs; the"),
    ],
)
def test_the_end_is_told_in_a_sentence(
    reason: StopReason, num_epochs: int, best: int, keep: str, message: str
) -> None:
    run = TrainedRun(ended(reason, num_epochs, best), {}, (), KeptWeights(keep))
    assert run.message.startswith(message)
