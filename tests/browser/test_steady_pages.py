"""What a person begins to read or aims at stays where it is while a page is drawn."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.fixtures.browser import PHONE
from tests.fixtures.screens import open_screen
from tests.fixtures.server import StudioServer
from tests.fixtures.training import train_sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

SETTLE_MS = 1500
GOOD_SHIFT = 0.05  # half of what https://web.dev/articles/cls calls good

WATCH = """
window.shift = 0
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value
}).observe({ type: "layout-shift", buffered: true })
"""


def test_the_form_of_predict_stays_in_place_while_a_phone_draws_it(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    run = train_sample(own_studio.settings, "iris", "training.epochs=2")
    own_studio.start()
    page = new_page(viewport=PHONE)
    page.add_init_script(WATCH)
    open_screen(page, own_studio.url, "predict", run=run.run_id)
    page.get_by_role("button", name="Predict", exact=True).wait_for()
    page.wait_for_timeout(SETTLE_MS)
    assert page.evaluate("window.shift") < GOOD_SHIFT
