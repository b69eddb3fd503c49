"""What a person does to runs on the Runs page: name, tag, note, find again and delete."""

import re

import pytest
from playwright.sync_api import Locator, Page, Position, expect

from dlstudio.runs.store import open_store
from tests.fixtures.screens import open_screen, wait_until_idle
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
