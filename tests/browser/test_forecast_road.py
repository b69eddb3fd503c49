"""From a file of passengers a month to next year's, by clicks alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_unsupervised_road import set_epochs
from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer
from tests.fixtures.workspace import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
SERIES = REPOSITORY / "sample_data" / "airline_passengers.csv"


def test_from_a_file_of_months_to_the_months_after_it(studio: StudioServer, page: Page) -> None:
    open_screen(page, studio.url, "data")
    page.get_by_test_id("upload-box").locator("input[type=file]").set_input_files(SERIES)
    name = page.get_by_role("heading", level=1, name="airline_passengers")
    expect(name).to_be_visible(timeout=90_000)
    wait_until_idle(page)
    page.get_by_role("button", name="Design a network").click()
    wait_for_screen(page, "design")
    choose_forecasting(page)
    expect(page.get_by_text("forecasts the next 12", exact=False).first).to_be_visible()
    set_epochs(page, 40)
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    visitor = Visitor(page, studio.url)
    run_id = visitor.run_id()
    visitor.wait_until("Finished")

    page.get_by_role("button", name="Full report").click()
    expect(page.get_by_text("Error by step", exact=True).first).to_be_visible(timeout=30_000)
    for name in ("RMSE", "MAE", "sMAPE", "MASE"):
        expect(page.get_by_text(name, exact=False).first).to_be_visible()
    said = re.compile(r"Scores are over \d+ forecasts of this part, .*rolling origins")
    expect(page.get_by_text(said).first).to_be_visible()
    assert page.locator(".js-plotly-plot").count() >= 2

    open_screen(page, studio.url, "predict", run=run_id)
    without_file = forecast_for_the_year_after(page, studio.url)

    page.get_by_text("A file", exact=True).first.click()
    wait_until_idle(page)
    box = page.get_by_test_id("upload-box").locator("input[type=file]")
    box.first.set_input_files(SERIES)
    assert forecast_for_the_year_after(page, studio.url) == without_file


def forecast_for_the_year_after(page: Page, url: str) -> list[str]:
    """The chart, what is said of its band, and the lines of the table that is taken away."""
    said = page.get_by_text("The next 12 steps after 1960-12-01", exact=False)
    expect(said.locator("visible=true")).to_be_visible(timeout=90_000)
    band = page.get_by_text("at least 8 of 10 true values lay within the band", exact=False)
    expect(band.locator("visible=true")).to_be_visible()
    expect(page.locator(".js-plotly-plot").locator("visible=true")).to_be_visible()
    link = page.get_by_role("link", name="Download the table").locator("visible=true")
    answer = page.request.get(f"{url}{link.get_attribute('href')}").text().splitlines()
    assert answer[0] == "Date,prediction,prediction_low,prediction_high"
    assert [line[:7] for line in answer[1:]] == [f"1961-{month:02}" for month in range(1, 13)]
    return answer


def choose_forecasting(page: Page) -> None:
    choice = page.get_by_role("radio", name="Forecasting")
    choice.or_(page.get_by_role("button", name="Forecasting")).first.click()
    expect(page.get_by_text("Window", exact=True).first).to_be_visible(timeout=30_000)
    wait_until_idle(page)
