"""The Design page in a real browser with a real warm worker: the preview follows the form."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dlstudio.data.catalog import add_dataset
from tests.fixtures.held_scripts import HeldScripts
from tests.fixtures.screens import has_sideways_scroll, open_screen, wait_until_idle
from tests.fixtures.server import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WARM_WITHIN_MS = 90_000


@pytest.fixture
def iris(studio: StudioServer, sample_folder: Path) -> str:
    """The flowers under a name of this file alone."""
    return add_dataset(studio.settings, sample_folder / "iris.csv", name="design-iris").info.name


def expect_parameters(page: Page, number: str) -> None:
    tile = page.get_by_test_id("stMetric").filter(has_text="Parameters")
    expect(tile.get_by_test_id("stMetricValue")).to_have_text(number, timeout=WARM_WITHIN_MS)


def test_the_preview_is_exact_follows_the_form_and_survives_a_refresh(
    studio: StudioServer, iris: str, page: Page
) -> None:
    open_screen(page, studio.url, "design", dataset=iris, target="species", section="network")

    default = page.get_by_role("img", name="The network: Input 4, then Dense 128")
    expect(default).to_be_visible(timeout=WARM_WITHIN_MS)

    # One layer of 32 on four numbers, then three classes.
    page.get_by_role("button", name="Small").click()
    expect_parameters(page, str(4 * 32 + 32 + 32 * 3 + 3))
    expect(page.get_by_role("img", name="The network: Input 4, then Dense 32")).to_be_visible()

    page.get_by_role("button", name="Add a row").click()
    expect_parameters(page, f"{4 * 32 + 32 + 32 * 32 + 32 + 32 * 3 + 3:,}")
    page.get_by_role("button", name="Undo").click()
    expect_parameters(page, str(4 * 32 + 32 + 32 * 3 + 3))

    page.reload()
    expect_parameters(page, str(4 * 32 + 32 + 32 * 3 + 3))


def test_the_drawing_is_the_newest_where_its_script_comes_late(
    studio: StudioServer, iris: str, page: Page
) -> None:
    scripts = HeldScripts(page)
    open_screen(page, studio.url, "design", dataset=iris, target="species", section="network")
    numbers = {"Small": "259", "Medium": "9,091", "Large": "167,171"}
    for preset in ("Small", "Medium", "Small", "Medium", "Small", "Medium", "Large"):
        page.get_by_role("button", name=preset, exact=True).click()
        expect_parameters(page, numbers[preset])
        wait_until_idle(page)

    scripts.let_go()

    expect(page.get_by_role("img", name="The network: Input 4, then Dense 512")).to_be_visible()


def test_the_form_fits_a_phone(studio: StudioServer, iris: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for section in ("task", "network", "training", "columns", "text"):
        open_screen(page, studio.url, "design", dataset=iris, target="species", section=section)
        expect(page.get_by_role("button", name="Train this network")).to_be_visible()
        assert not has_sideways_scroll(page), section
