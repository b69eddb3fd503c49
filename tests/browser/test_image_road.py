"""From a ZIP of pictures to an answer for another picture, by clicks alone."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.fixtures.screens import open_screen, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def zip_of_pictures(folder: Path) -> Path:
    generator = np.random.default_rng(0)
    for number in range(40):
        path = folder / "shades" / ("dark", "light")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 100, (16, 16, 3)) + 150 * (number % 2)
        Image.fromarray(pixels.astype("uint8")).save(path)
    return Path(shutil.make_archive(str(folder / "shades"), "zip", folder / "shades"))


def test_from_a_zip_of_pictures_to_an_answer(
    studio: StudioServer, page: Page, tmp_path: Path
) -> None:
    open_screen(page, studio.url, "data")
    box = page.get_by_test_id("upload-box").locator("input[type=file]")
    box.set_input_files(zip_of_pictures(tmp_path))
    expect(page.get_by_role("heading", level=1, name="shades")).to_be_visible(timeout=90_000)
    wait_until_idle(page)
    page.get_by_role("button", name="Design a network").click()
    wait_for_screen(page, "design")
    page.get_by_role("button", name="Show the first batch").click()
    expect(page.get_by_text("16 × 16 pixels, colour")).to_be_visible(timeout=90_000)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    visitor = Visitor(page, studio.url)
    run_id = visitor.run_id()
    visitor.wait_until("Finished")

    open_screen(page, studio.url, "predict", run=run_id)
    picture = tmp_path / "shades" / "light" / "1.png"
    page.get_by_test_id("upload-box").locator("input[type=file]").first.set_input_files(picture)
    answer = page.get_by_test_id("stMetric").filter(has_text="Prediction")
    expect(answer).to_contain_text(re.compile("dark|light"), timeout=90_000)
