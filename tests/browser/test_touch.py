"""Where nothing can hover, tools that appear on hovering do not cover what is shown."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from dlstudio.data.samples import add_sample
from dlstudio.runs.store import open_store
from tests.fixtures.browser import PHONE
from tests.fixtures.screens import open_screen
from tests.fixtures.server import StudioServer
from tests.ui.past_runs import finished_run, iris_spec

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("is_touched", [True, False])
def test_the_tools_of_a_chart_need_a_pointer(
    studio: StudioServer, new_page: Callable[..., Page], is_touched: bool
) -> None:
    add_sample(studio.settings, "iris")
    page = new_page(viewport=PHONE, is_mobile=is_touched, has_touch=is_touched)
    page.goto(f"{studio.url}/data?dataset=iris")
    tools = page.locator(".modebar-container").first
    tools.wait_for(state="attached")
    display = tools.evaluate("(one) => getComputedStyle(one).display")
    assert (display == "none") == is_touched


def test_the_tools_of_a_table_leave_the_words_above_it_free(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    store = open_store(own_studio.settings)
    finished_run(store, iris_spec(), "first", 0.8)
    store.close()
    own_studio.start()
    phone = new_page(viewport=PHONE, is_mobile=True, has_touch=True)
    open_screen(phone, own_studio.url, "runs")
    words = phone.get_by_text("1 run. Tick rows to act on them.").bounding_box()
    tools = phone.get_by_test_id("stElementToolbar").bounding_box()
    assert tools is not None and words is not None
    assert tools["y"] >= words["y"] + words["height"]
