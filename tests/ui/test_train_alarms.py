"""What looks wrong while a network trains is shown with what to try."""

import pytest

from dlstudio.data.samples import add_sample
from dlstudio.reports.generation import Alarm
from dlstudio.runs.alarms import NotedAlarm, write_alarms
from dlstudio.runs.store import Store
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from dlstudio.ui.train_alarms import passed_words, together
from tests.ui.opened import open_page

pytestmark = pytest.mark.slow  # each opens a page

ALIKE = Alarm(code="low_diversity", problem="Samples are alike.", fix="Train longer.")
FEW = Alarm(code="low_recall", problem="Samples come close to few rows.", fix="Train longer.")
LOST = Alarm(code="discriminator_wins", problem="The game is lost.", fix="Add R1.")


def test_alarms_with_the_same_way_out_are_told_together() -> None:
    assert together([ALIKE, LOST, FEW]) == [
        ([ALIKE.problem, FEW.problem], "Train longer."),
        (["The game is lost."], "Add R1."),
    ]


def test_alarms_that_have_passed_are_told_as_such() -> None:
    noted = [NotedAlarm(epoch=4, alarm=ALIKE, passed=9), NotedAlarm(epoch=5, alarm=LOST)]
    assert passed_words(noted) == "Passed: Samples are alike. (from epoch 4 to 9)"
    assert passed_words(noted[1:]) == ""


@pytest.mark.parametrize(
    ("task", "network"), [(TaskKind.GENERATION, "gan"), (TaskKind.REDUCTION, "vae")]
)
def test_the_train_page_shows_alarms_of_a_run_that_goes_on(
    store: Store, task: TaskKind, network: str
) -> None:
    info = add_sample(store.settings, "iris").info
    run = store.submit(default_spec(info, (), task, network), "game")
    noted = (NotedAlarm(epoch=4, alarm=ALIKE), NotedAlarm(epoch=2, alarm=LOST, passed=3))
    write_alarms(store.folder(run.id), noted)
    app = open_page("train", run=run.id)

    assert not app.exception
    assert [entry.value for entry in app.warning] == [
        "**Since epoch 4\\: Samples are alike.** Train longer."
    ]
    assert any(
        "Passed" in entry.value and "The game is lost" in entry.value for entry in app.caption
    )
