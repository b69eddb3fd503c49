"""Refresh, closed tabs, restarts, killed workers: training goes on, or goes on later."""

import re
import signal
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dlstudio.data.catalog import edit_columns, open_dataset
from dlstudio.data.edit import ColumnChange
from dlstudio.data.samples import add_sample
from dlstudio.runs.records import RunRecord, RunStatus
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.architectures.fnn import FNN_PRESETS
from dlstudio.spec.dataset import ColumnRole
from dlstudio.ui.design_drafts import list_drafts
from tests.browser.visitor import Visitor
from tests.fixtures.long_runs import submit_long_run
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer
from tests.fixtures.training import train_sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LONGEST_WAIT_S = 90


def _run(settings: Settings, run_id: str) -> RunRecord:
    store = open_store(settings)
    try:
        return store.get_run(run_id)
    finally:
        store.close()


def _wait_for(settings: Settings, run_id: str, condition: Callable[[RunRecord], bool]) -> RunRecord:
    deadline = time.monotonic() + LONGEST_WAIT_S
    while not condition(run := _run(settings, run_id)):
        assert time.monotonic() < deadline, f"{run.status} at epoch {run.epoch}: {run.problem}"
        time.sleep(0.2)
    return run


def _design_sample(page: Page, studio: StudioServer, sample: str) -> None:
    open_screen(page, studio.url)
    page.locator(f".st-key-use_{sample} button").first.click()
    page.get_by_role("button", name="Change the network").or_(
        page.get_by_role("link", name="Change the network")
    ).first.click()
    wait_for_screen(page, "design")


def test_a_refresh_and_a_closed_tab_lose_nothing(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    own_studio.start()
    run_id = submit_long_run(own_studio.settings, "watched")
    visitor = Visitor(new_page(), own_studio.url)
    visitor.watch(run_id)
    visitor.wait_for_epoch(1)
    visitor.page.reload()
    visitor.wait_for_epoch(2)
    seen = visitor.last_epoch()
    visitor.page.close()

    later = Visitor(new_page(), own_studio.url)
    later.watch(run_id)
    later.wait_for_epoch(seen + 1)
    later.page.get_by_role("button", name="Stop and keep the best").click()
    later.wait_until("Stopped")
    run = _run(own_studio.settings, run_id)
    assert run.status is RunStatus.STOPPED
    assert "model.keras" in [artifact.name for artifact in run.artifacts]


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL])
def test_training_goes_on_while_the_server_is_away(
    own_studio: StudioServer, page: Page, with_signal: signal.Signals
) -> None:
    own_studio.start()
    settings = own_studio.settings
    run_id = submit_long_run(settings, "survivor")
    before = _wait_for(settings, run_id, lambda run: run.epoch > 0)
    own_studio.stop(with_signal)
    _wait_for(settings, run_id, lambda run: run.epoch > before.epoch)

    own_studio.start()
    visitor = Visitor(page, own_studio.url)
    visitor.watch(run_id)
    visitor.wait_for_epoch(before.epoch + 1)
    assert _run(settings, run_id).attempt == 1


def test_an_open_page_goes_on_by_itself_after_a_restart_of_the_server(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    own_studio.start()
    run_id = submit_long_run(own_studio.settings, "restarted")
    page = new_page(expects_errors=True)  # the browser logs each try to connect again
    visitor = Visitor(page, own_studio.url)
    visitor.watch(run_id)
    visitor.wait_for_epoch(1)
    own_studio.stop()
    own_studio.start()
    seen = _run(own_studio.settings, run_id).epoch
    visitor.wait_for_epoch(seen + 1)
    page.get_by_role("button", name="Stop and keep the best").click()
    visitor.wait_until("Stopped")
    assert _run(own_studio.settings, run_id).attempt == 1


def test_the_command_line_trains_beside_a_running_studio(
    own_studio: StudioServer, page: Page
) -> None:
    own_studio.start()
    trained = train_sample(own_studio.settings, "iris", "training.epochs=5")
    visitor = Visitor(page, own_studio.url)
    visitor.watch(trained.run_id)
    visitor.wait_until("Finished")
    visitor.wait_for_epoch(5)
    again = visitor.train_sample("iris")
    visitor.wait_until("Finished")
    assert again != trained.run_id


def _name_run(page: Page, name: str) -> None:
    box = page.get_by_role("textbox", name="Name of the run")
    box.fill(name)
    box.press("Enter")


def test_back_from_design_leads_to_where_the_visitor_came_from(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    own_studio.start()
    page = new_page()
    _design_sample(page, own_studio, "iris")
    expect(page).to_have_url(re.compile("design.*dataset=iris"))
    page.go_back()
    wait_for_screen(page, "home")
    assert list_drafts(own_studio.settings) == []

    page.go_forward()
    wait_for_screen(page, "design")
    _name_run(page, "mine")
    page.wait_for_url(re.compile("draft="))
    wait_until_idle(page)
    page.go_back()
    box = page.get_by_role("textbox", name="Name of the run")
    expect(box.first).to_have_value("iris-fnn")
    expect(box).to_have_count(1)  # the form of the changed draft may still fade out
    page.go_back()
    wait_for_screen(page, "home")
    assert [draft.spec.name for draft in list_drafts(own_studio.settings)] == ["mine"]


def test_two_tabs_that_change_one_draft_keep_both_versions(
    studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    ann = new_page()
    _design_sample(ann, studio, "iris")
    _name_run(ann, "of both")
    ann.wait_for_url(re.compile("draft="))
    ben = new_page()
    ben.goto(ann.url)
    wait_for_screen(ben, "design")
    for tab, name in ((ben, "of ben"), (ann, "of ann")):
        _name_run(tab, name)
        wait_until_idle(tab)
    expect(ann.get_by_text("Nothing is lost")).to_be_visible()
    box = ann.get_by_role("textbox", name="Name of the run")
    expect(box).to_have_count(1)  # the form of the draft before may still fade out
    expect(box).to_have_value("of ann")
    assert ann.url != ben.url
    ben.reload()
    wait_for_screen(ben, "design")
    expect(ben.get_by_role("textbox", name="Name of the run")).to_have_value("of ben")


def test_a_preset_and_a_click_on_train_right_after_it_both_count(
    studio: StudioServer, page: Page
) -> None:
    _design_sample(page, studio, "breast_cancer")
    page.get_by_text("Network", exact=True).click()
    wait_until_idle(page)
    small = page.get_by_role("button", name="Small", exact=True).element_handle()
    train = page.get_by_role("button", name="Train this network").element_handle()
    page.evaluate("(buttons) => buttons.forEach((one) => one.click())", [small, train])
    wait_for_screen(page, "train")

    run = _run(studio.settings, Visitor(page, studio.url).run_id())
    assert run.spec.architecture == FNN_PRESETS["Small"]


def test_a_killed_worker_is_noticed_and_its_run_resumed(
    own_studio: StudioServer, page: Page
) -> None:
    own_studio.start()
    settings = own_studio.settings
    run_id = submit_long_run(settings, "killed")
    before = _wait_for(settings, run_id, lambda run: run.epoch > 50)
    visitor = Visitor(page, own_studio.url)
    visitor.watch(run_id)
    page.get_by_test_id("stPopover").get_by_role("button").first.click()
    page.get_by_role("button", name="Kill the worker").click()
    visitor.wait_until("Interrupted")
    page.get_by_role("button", name="Resume").click()
    resumed = _wait_for(settings, run_id, lambda run: run.epoch > before.epoch and run.attempt == 2)
    assert resumed.status is RunStatus.RUNNING
    visitor.wait_for_epoch(before.epoch + 1)


def test_a_zoom_survives_new_points(own_studio: StudioServer, page: Page) -> None:
    own_studio.start()
    run_id = submit_long_run(own_studio.settings, "zoomed")
    visitor = Visitor(page, own_studio.url)
    visitor.watch(run_id)
    visitor.wait_for_epoch(20)
    curves = page.get_by_test_id("live-curves")
    curves.scroll_into_view_if_needed()
    box = curves.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=5)
    page.mouse.up()
    expect(curves).to_have_attribute("data-zoomed", "true")
    visitor.wait_for_epoch(visitor.last_epoch() + 20)
    expect(curves).to_have_attribute("data-zoomed", "true")
    page.get_by_role("button", name="Show all").click()
    expect(curves).to_have_attribute("data-zoomed", "false")


def test_two_browsers_work_at_once(studio: StudioServer, new_page: Callable[..., Page]) -> None:
    ann, ben = (Visitor(new_page(), studio.url) for _ in range(2))
    first = ann.train_sample("iris")
    second = ben.train_sample("concrete")
    assert first != second
    ann.wait_until("Finished")
    ben.wait_until("Finished")
    names = {_run(studio.settings, run_id).name for run_id in (first, second)}
    assert len(names) == 2


def test_two_windows_that_edit_the_columns_of_a_dataset_both_count(
    own_studio: StudioServer, page: Page
) -> None:
    own_studio.start()
    settings = own_studio.settings
    name = add_sample(settings, "iris").info.name
    page.goto(f"{own_studio.url}/data?dataset={name}&tab=Columns")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    wait_until_idle(page)
    table.click(position={"x": 60, "y": 52})  # the first name, below a header of 35 pixels
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator("#portal input").wait_for(state="attached")
    page.keyboard.type("ignore")
    page.keyboard.press("Enter")
    save = page.get_by_role("button", name="Save 1 change as a new version")
    expect(save).to_be_visible()

    edit_columns(settings, name, [ColumnChange(name="sepal_width", role=ColumnRole.IGNORE)])
    save.click()
    expect(page.get_by_text("Your changes of sepal_length are in the table")).to_be_visible()
    wait_until_idle(page)
    save.click()
    expect(page.get_by_role("button", name="Save changes")).to_be_disabled()

    columns = open_dataset(settings, name).info.columns
    ignored = [column.name for column in columns if column.role is ColumnRole.IGNORE]
    assert ignored == ["sepal_length", "sepal_width"]
