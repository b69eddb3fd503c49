"""What a person begins to read or aims at stays where it is while a page is drawn."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.fixtures.browser import PHONE
from tests.fixtures.screens import open_screen
from tests.fixtures.server import StudioServer
from tests.fixtures.training import train_sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

SETTLE_MS = 1500
GOOD = 0.1  # https://web.dev/articles/cls
STEADY = GOOD / 2
CUT_LABELS = """
() => [...document.querySelectorAll("[data-testid=stMain] button")].filter((button) =>
    [...button.querySelectorAll("*")].some(
        (one) => one.clientWidth && one.scrollWidth > one.clientWidth)
).map((button) => button.textContent)
"""
DRAWN = "() => !document.querySelector('[data-testid=stSkeleton]')"

# Streamlit draws an empty page in the middle and widens it before its first words come.
WATCH = """
const isWidenedPage = ({ node, previousRect, currentRect }) =>
    node?.dataset?.testid === "stMainBlockContainer" && previousRect.width < currentRect.width
window.shift = 0
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        if (!entry.sources.some(isWidenedPage)) window.shift += entry.value
    }
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
    assert _shift(page) < STEADY


def test_pages_of_runs_stay_in_place_while_a_phone_draws_them(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    run = train_sample(own_studio.settings, "iris", "training.epochs=2").run_id
    own_studio.start()

    def shift_of(screen: str, **address: str) -> float:
        page = new_page(viewport=PHONE)
        page.add_init_script(WATCH)
        open_screen(page, own_studio.url, screen, **address)
        shift = _shift(page)
        assert page.evaluate(CUT_LABELS) == []
        return shift

    assert shift_of("train", run=run) < STEADY
    assert shift_of("runs") < STEADY
    assert shift_of("design", run=run, section="network") < GOOD


def test_fields_of_compare_end_at_one_line_on_a_phone(
    own_studio: StudioServer, new_page: Callable[..., Page]
) -> None:
    first = train_sample(own_studio.settings, "iris", "training.epochs=2").run_id
    second = train_sample(own_studio.settings, "iris", "training.epochs=3").run_id
    own_studio.start()
    page = new_page(viewport=PHONE)
    page.add_init_script(WATCH)
    open_screen(page, own_studio.url, "compare", runs=f"{first},{second}")
    assert _shift(page) < STEADY
    runs, baseline = (page.get_by_test_id(name).first for name in ("stMultiSelect", "stSelectbox"))
    assert _right_end(runs) == pytest.approx(_right_end(baseline), abs=1)


def _shift(page: Page) -> float:
    """How far what was shown has moved so far, once everything is drawn; 0 is not at all."""
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(SETTLE_MS)
    return page.evaluate("window.shift")


def _right_end(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"]
