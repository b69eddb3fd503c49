"""Every screen opens, by its address and by the navigation, wide and on a phone."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from dlstudio.ui.upload_box import HEIGHT
from tests.fixtures.browser import PHONE
from tests.fixtures.screens import go_to, has_sideways_scroll, open_screen
from tests.fixtures.server import StudioServer

pytestmark = pytest.mark.browser

SCREENS = ("home", "data", "design", "train", "runs", "compare", "predict")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_opens_by_its_address(studio: StudioServer, page: Page, screen: str) -> None:
    open_screen(page, studio.url, "" if screen == "home" else screen)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    expect(page).to_have_title(re.compile("DL Studio"))


def test_the_navigation_leads_to_every_screen(studio: StudioServer, page: Page) -> None:
    open_screen(page, studio.url)
    for screen in (*SCREENS[1:], SCREENS[0]):
        go_to(page, screen)
        assert urlsplit(page.url).path.strip("/") == ("" if screen == "home" else screen)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_phone_needs_no_sideways_scroll(
    studio: StudioServer, new_page: Callable[..., Page], screen: str
) -> None:
    phone = new_page(viewport=PHONE, is_mobile=True, has_touch=True)
    open_screen(phone, studio.url, "" if screen == "home" else screen)
    assert not has_sideways_scroll(phone)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_upload_box_fills_the_room_that_is_kept_for_it(
    studio: StudioServer, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_screen(page, studio.url, "data")
    box = page.get_by_test_id("upload-box")

    expect(box).to_have_css("height", f"{HEIGHT}px")
    assert box.evaluate("(box) => box.scrollHeight <= box.clientHeight"), "it has to be scrolled"


@pytest.mark.parametrize("screen", ["runs", "data"])
def test_a_deep_link_may_be_the_first_request_after_a_start(
    own_studio: StudioServer, page: Page, screen: str
) -> None:
    own_studio.start()
    open_screen(page, own_studio.url, screen)
    go_to(page, "home")
    expect(page.get_by_text("How it works")).to_be_visible()
