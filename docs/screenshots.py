"""Make the pictures of `docs/screenshots` from a real studio: `python -m docs.screenshots`.

A studio is started in an empty workspace, two samples are trained in it by clicks, then every
screen is taken wide and on a phone, in light and dark. Names: SCREEN-WIDTH-SCHEME.png.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.run import RunSpec
from tests.browser.visitor import Visitor
from tests.fixtures.browser import FLAGS, PHONE
from tests.fixtures.chromium import find_chromium
from tests.fixtures.long_runs import submit_long_run
from tests.fixtures.screens import go_to, wait_for_screen, wait_until_idle
from tests.fixtures.server import StudioServer, new_server

FOLDER = Path(__file__).parent / "screenshots"
WIDTHS = {"wide": ViewportSize(width=1280, height=860), "phone": PHONE}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SETTLE_MS = 1500
LONGEST_TRAINING_S = 1_800
NO_PLACEHOLDERS = """() => ![...document.querySelectorAll('[data-testid="stSkeleton"]')].some(
    (one) => one.getBoundingClientRect().top < innerHeight)"""


def main() -> None:
    """Prepare a studio worth looking at and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        addresses = _prepare(browser, server)
        for width, viewport in WIDTHS.items():
            for scheme in SCHEMES:
                page = browser.new_page(viewport=viewport, color_scheme=scheme)
                page.set_default_timeout(60_000)
                for screen, address in addresses.items():
                    _take(page, server, screen, address, f"{screen}-{width}-{scheme}.png")
                page.close()


def _prepare(browser: Browser, server: StudioServer) -> dict[str, dict[str, str]]:
    """Train what the pictures show; returns the address of each screen."""
    page = browser.new_page(viewport=WIDTHS["wide"])
    page.set_default_timeout(120_000)
    visitor = Visitor(page, server.url)
    first = visitor.train_sample("credit")
    visitor.wait_until("Finished")
    second = _train_smaller(visitor)
    go_to(page, "home")
    live = submit_long_run(server.settings, "white-wine-fnn", "white_wine", 2000)
    visitor.watch(live)
    visitor.wait_for_epoch(20)
    page.close()
    return {
        "home": {},
        "data": {"dataset": "credit"},
        "design": {"run": first, "section": "network"},
        "train": {"run": live},
        "runs": {"run": first},
        "compare": {"runs": f"{first},{second}"},
        "predict": {"run": first},
    }


def _train_smaller(visitor: Visitor) -> str:
    page = visitor.page
    page.get_by_role("button", name="Change and train again").click()
    wait_for_screen(page, "design")
    page.get_by_text("Network", exact=True).click()
    parameters = page.get_by_test_id("stMetricValue").first
    before = parameters.inner_text()
    page.get_by_role("button", name="Small", exact=True).click()
    expect(parameters).not_to_have_text(before)
    wait_until_idle(page)
    page.get_by_role("button", name="Train this network").click()
    wait_for_screen(page, "train")
    visitor.wait_until("Finished")
    return visitor.run_id()


def _take(
    page: Page, server: StudioServer, screen: str, address: dict[str, str], name: str
) -> None:
    path = "" if screen == "home" else screen
    page.goto(f"{server.url}/{path}?{urlencode(address)}")
    page.get_by_role("heading", level=1).first.wait_for()
    wait_until_idle(page)
    if screen == "train":
        Visitor(page, server.url).wait_for_epoch(20)
    save_picture(page, name)


def trained_run(settings: Settings, spec: RunSpec, name: str) -> str:
    """Train a spec in a studio and wait for the end; returns the run's id."""
    store = open_store(settings)
    try:
        run_id = store.submit(spec, name).id
        for _ in range(LONGEST_TRAINING_S):
            if store.get_run(run_id).status.is_over:
                break
            time.sleep(1.0)
        return run_id
    finally:
        store.close()


def save_picture(page: Page, name: str) -> None:
    """Wait until a page is drawn and save what is seen of it.

    Args:
        page: An open page.
        name: File name of the picture.
    """
    page.wait_for_function(NO_PLACEHOLDERS)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=FOLDER / name)
    sys.stdout.write(f"{name}\n")


@contextmanager
def new_studio(folder: Path) -> Iterator[StudioServer]:
    """A studio of its own while the block runs; its workspace lies in the folder."""
    server = new_server(folder)
    server.start()
    try:
        yield server
    finally:
        server.end()


@contextmanager
def new_browser() -> Iterator[Browser]:
    """A browser while the block runs."""
    program = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
