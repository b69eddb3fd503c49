"""On a phone, where nothing hovers, the tools of a chart do not cover its legend."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from dlstudio.data.samples import add_sample
from tests.fixtures.browser import PHONE
from tests.fixtures.server import StudioServer

pytestmark = pytest.mark.browser

PHONE_BROWSER = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize("is_phone", [True, False])
def test_the_tools_of_a_chart_need_a_pointer(
    studio: StudioServer, new_page: Callable[..., Page], is_phone: bool
) -> None:
    add_sample(studio.settings, "iris")
    page = new_page(viewport=PHONE, user_agent=PHONE_BROWSER if is_phone else None)
    page.goto(f"{studio.url}/data?dataset=iris")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert (page.locator(".modebar-btn").count() == 0) == is_phone
