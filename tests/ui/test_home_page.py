"""Home: from nothing to a training in two clicks."""

import pytest

from dlstudio.data.catalog import list_datasets
from dlstudio.data.samples import SAMPLES
from dlstudio.runs.records import RunStatus
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from tests.ui.opened import open_page, words_of
from tests.ui.past_runs import finished_run, iris_spec

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("workspace")]


def test_a_newcomer_sees_the_road_the_samples_and_the_machine() -> None:
    app = open_page("home")
    assert not app.exception
    text = words_of(app)
    for expected in ("How it works", "Try it with real data", "No runs yet", "This machine"):
        assert expected in text
    assert [metric.label for metric in app.metric] == [
        "Processor",
        "Memory",
        "Graphics card (GPU)",
        "Disk",
    ]


def test_there_is_a_card_for_every_sample() -> None:
    app = open_page("home")
    for sample in SAMPLES:
        assert app.button(key=f"use_{sample.key}").label == "Use this data"


def test_two_clicks_lead_from_a_sample_to_a_run(settings: Settings) -> None:
    app = open_page("home")
    app.button(key="use_iris").click().run()
    assert [info.name for info in list_datasets(settings)] == ["iris"]
    assert "Predicts **species** from 4 columns" in words_of(app)
    app.button(key="train_iris").click().run()
    (run,) = open_store(settings).list_runs()
    assert run.status is RunStatus.QUEUED
    assert run.spec.task.targets == ("species",)


def test_a_card_that_was_chosen_is_found_again_by_its_address(settings: Settings) -> None:
    app = open_page("home")
    app.button(key="use_iris").click().run()
    again = open_page("home", sample="iris")
    assert again.button(key="train_iris").label == "Train now"


def test_an_address_with_a_sample_that_was_not_added_adds_nothing(settings: Settings) -> None:
    app = open_page("home", sample="iris")
    assert not app.exception
    assert list_datasets(settings) == []
    assert app.button(key="use_iris")


def test_the_last_runs_are_listed_with_status_and_score(settings: Settings) -> None:
    store = open_store(settings)
    for number in range(7):
        finished_run(store, iris_spec(), f"try {number}", 0.9)
    app = open_page("home")
    text = words_of(app)
    assert text.count("Finished") == 5
    assert "Accuracy **" in text
    scores = [block for block in app.markdown if "Accuracy **" in block.value]
    assert {block.help for block in scores} == {"Share of rows that were predicted right."}
