"""An archive with a broken image: the list, going on without it, and the images that remain."""

import re
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.fixtures.screens import open_screen, wait_until_idle
from tests.fixtures.server import StudioServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]
READ_WITHIN_MS = 60_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    path = tmp_path / "pets.zip"
    with ZipFile(path, "w") as file:
        for name in ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png", "dog/cut.png"):
            picture = tmp_path / "picture.png"
            Image.fromarray(random.integers(0, 255, (24, 32, 3), np.uint8)).save(picture)
            content = picture.read_bytes()
            file.writestr(name, content[:80] if "cut" in name else content)
    return path


def test_a_broken_image_is_listed_and_left_out_by_a_click(
    studio: StudioServer, page: Page, archive: Path
) -> None:
    open_screen(page, studio.url, "data")
    page.get_by_test_id("upload-box").locator("input[type=file]").set_input_files(archive)
    expect(page.get_by_text("1 of 5 files of")).to_be_visible(timeout=READ_WITHIN_MS)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("button", name="Leave them out and go on").click()
    expect(page.get_by_role("heading", level=1, name="pets")).to_be_visible(timeout=READ_WITHIN_MS)
    wait_until_idle(page)
    page.get_by_role("tab", name="Examples").click()
    expect(page.get_by_test_id("stImage")).to_have_count(4)
    expect(page.get_by_text("32 by 24 pixels, colour")).to_be_visible()
    page.get_by_role("tab", name="How it was read").click()
    expect(
        page.get_by_text(re.compile("1 file could not be read and was left out"))
    ).to_be_visible()
