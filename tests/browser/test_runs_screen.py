"""What a person does to runs on the Runs page: name, tag, note, find again and delete."""

import re

import pytest
from playwright.sync_api import Locator, Page, Position, expect

from dlstudio.data.samples import add_sample
from dlstudio.runs.store import open_store
from dlstudio.spec.run import RunSpec
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer
from tests.ui.past_runs import finished_run, iris_spec

pytestmark = pytest.mark.browser

FIRST_ROW = Position(x=18, y=52)  # the box to tick, below a header of 35 pixels


@pytest.fixture
def studio_of_runs(own_studio: StudioServer) -> StudioServer:
    """A studio with two runs that are over."""
    store = open_store(own_studio.settings)
    finished_run(store, iris_spec(), "first", 0.8)
    finished_run(store, iris_spec(), "second", 0.9)
    store.close()
    own_studio.start()
    return own_studio


@pytest.fixture
def studio_of_a_real_dataset(own_studio: StudioServer) -> StudioServer:
    """A studio with a run of a dataset that is still there, and with unusual settings."""
    info = add_sample(own_studio.settings, "iris").info
    spec = RunSpec.model_validate(
        {
            "dataset": {"name": info.name, "fingerprint": info.fingerprint},
            "task": {
                "kind": "classification",
                "inputs": ["petal_length"],
                "targets": ["species"],
            },
            "training": {"epochs": 7, "learning_rate": 0.0123},
        }
    )
    store = open_store(own_studio.settings)
    finished_run(store, spec, "to be cloned", 0.8)
    store.close()
    own_studio.start()
    return own_studio


def act_on_first_row(page: Page, action: str) -> Locator:
    """Tick the first row and choose from the menu of actions; gives the dialog."""
    page.get_by_test_id("stDataFrame").click(position=FIRST_ROW)
    expect(page.get_by_text("1 run chosen")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name=action).click()
    return page.get_by_role("dialog")


def runs_of(studio: StudioServer) -> list[tuple[str, tuple[str, ...], str]]:
    """Name, tags and note of every run in the store, newest first."""
    store = open_store(studio.settings)
    try:
        return [(run.name, run.tags, run.note) for run in store.list_runs()]
    finally:
        store.close()


def test_a_run_is_named_tagged_found_and_deleted(studio_of_runs: StudioServer, page: Page) -> None:
    open_screen(page, studio_of_runs.url, "runs")
    dialog = act_on_first_row(page, "Name, tags, note")
    dialog.get_by_role("textbox", name="Name").fill("the best one")
    tags = dialog.get_by_role("combobox", name="Tags")
    tags.fill("keep")
    tags.press("Enter")
    tags.press("Tab")
    dialog.get_by_role("textbox", name="Note").fill("Trained on a rainy day.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    kept = [("the best one", ("keep",), "Trained on a rainy day."), ("first", (), "")]
    assert runs_of(studio_of_runs) == kept

    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Tags (all of them)").click()
    page.get_by_role("option", name="keep").click()
    expect(page.get_by_text(re.compile(r"^1 run\. "))).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_text(re.compile(r"^1 run\. "))).to_be_visible()

    dialog = act_on_first_row(page, "Delete")
    expect(dialog.get_by_text("the best one")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("1 run. Tick rows to act on them.")).to_be_visible()
    assert runs_of(studio_of_runs) == [("first", (), "")]


def test_a_run_is_cloned_to_design_with_all_of_its_settings(
    studio_of_a_real_dataset: StudioServer, page: Page
) -> None:
    open_screen(page, studio_of_a_real_dataset.url, "runs")
    clone = page.get_by_role("button", name="Clone to Design")
    expect(clone).to_be_disabled()
    page.get_by_test_id("stDataFrame").click(position=FIRST_ROW)
    expect(page.get_by_text("1 run chosen")).to_be_visible()
    clone.click()

    wait_for_screen(page, "design")
    page.get_by_text("Training", exact=True).first.click()
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("7")
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.0123")
    (kept,) = runs_of(studio_of_a_real_dataset)
    assert kept[0] == "to be cloned"  # the run itself stays as it is


def test_the_columns_that_were_chosen_are_there_after_a_reload(
    studio_of_runs: StudioServer, page: Page
) -> None:
    open_screen(page, studio_of_runs.url, "runs")
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_role("combobox", name="Columns to show").click()
    page.get_by_role("option", name="Log loss (test)").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Remove Created").click()
    wait_until_idle(page)
    page.keyboard.press("Escape")
    assert "columns=" in page.url

    page.reload()
    wait_until_idle(page)
    page.get_by_role("button", name="Columns", exact=True).click()
    expect(page.get_by_role("button", name="Remove Log loss (test)")).to_be_visible()
    expect(page.get_by_role("button", name="Remove Created")).to_have_count(0)
