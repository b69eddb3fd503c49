"""The pages, in a real Chromium: start, memory, reaction, live curves; 200 runs in the store."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import pages
from benchmarks.history import LiveRun, add_finished_runs, sample_spec, start_live_run
from benchmarks.measurement import Measurement
from dlstudio.runs.store import open_store
from tests.fixtures.browser import FLAGS, WIDE
from tests.fixtures.chromium import find_chromium
from tests.fixtures.screens import TITLES, open_screen, wait_until_idle
from tests.fixtures.server import StudioServer, free_port, is_healthy, new_server

NUM_RUNS = 200
NUM_EPOCHS = 100
MEGABYTE = 1024**2
ROUNDS = 5
LIVE_S = 15
BARE_APP = "import streamlit as st\nst.title('Bare')\n"


def measure() -> list[Measurement]:
    """Measure every limit of the pages."""
    with a_browser() as browser, tempfile.TemporaryDirectory() as folder:
        return [
            *_with_many_runs(browser, Path(folder) / "many"),
            *_live(browser, Path(folder) / "live"),
            *_first_point(browser, Path(folder) / "first"),
        ]


def _with_many_runs(browser: Browser, folder: Path) -> list[Measurement]:
    folder.mkdir()
    server = new_server(folder)
    _add_history(server)
    starts, bare_starts = [], []
    for _ in range(ROUNDS):
        starts.append(_start_to_first_page(browser, server))
        bare_starts.append(_bare_start_to_page(browser, folder))
    with serving(server):
        page = _new_page(browser)
        open_screen(page, server.url)
        changes = [_page_changes(page) for _ in range(ROUNDS)][1:]
        slowest = max(median(one[screen] for one in changes) for screen in changes[0])
        overall = median(value for one in changes for value in one.values())
        reaction = median(_search_runs(page, server) for _ in range(ROUNDS))
        page.close()
        time.sleep(5)
        process = psutil.Process(server.pid)
        memory = process.memory_info().rss / MEGABYTE
        heavy = sum("tensorflow" in region.path for region in process.memory_maps())
    return [
        Measurement("server start to first page", median(starts), "s", 3),
        Measurement("a Streamlit app of one line, the same way", median(bare_starts), "s"),
        Measurement(f"web process at rest, {NUM_RUNS} runs", memory, "MB", 250),
        Measurement("TensorFlow libraries in the web process", heavy, "", 0),
        Measurement("page change, median of all pages", overall * 1000, "ms", 300),
        Measurement("page change, the slowest page", slowest * 1000, "ms", 300),
        Measurement("search in the table of runs", reaction * 1000, "ms", 300),
    ]


def _live(browser: Browser, folder: Path) -> list[Measurement]:
    folder.mkdir()
    server = new_server(folder)
    live = _begin_live_run(server)
    with serving(server):
        live.start()
        page = _new_page(browser)
        open_screen(page, server.url, "train", run=live.attempt.run_id)
        page.wait_for_timeout(5000)
        page.evaluate(pages.NOTE_EPOCHS)
        busy = pages.busy_seconds(page, LIVE_S)
        seen: dict[str, float] = page.evaluate("window.studioSeen")
        live.stop()
    ages = [at - live.written_at[int(epoch)] for epoch, at in seen.items()]
    return [
        Measurement("live view, main thread per second", busy * 1000, "ms", 100),
        Measurement("oldest live point when it is drawn", max(ages), "s", 1),
        Measurement("live point when it is drawn, median", median(ages), "s", 1),
    ]


def _first_point(browser: Browser, folder: Path) -> list[Measurement]:
    folder.mkdir()
    server = new_server(folder)
    with serving(server):
        times = [_click_to_first_point(browser, server) for _ in range(ROUNDS)]
    return [Measurement("click to first loss point, warm worker", median(times), "s", 1.5)]


def _click_to_first_point(browser: Browser, server: StudioServer) -> float:
    pages.wait_for_warm_worker(server)
    page = _new_page(browser)
    open_screen(page, server.url)
    page.locator(".st-key-use_iris button").first.click()
    button = page.locator(".st-key-train_iris button").first
    button.wait_for()
    wait_until_idle(page)
    page.evaluate(pages.FIRST_POINT)
    button.click()
    seconds = pages.seconds_of(page)
    page.get_by_text("Finished").first.wait_for()
    page.close()
    return seconds


def _start_to_first_page(browser: Browser, server: StudioServer) -> float:
    page = _new_page(browser)
    start = time.monotonic()
    server.start()
    try:
        open_screen(page, server.url)
        return time.monotonic() - start
    finally:
        page.close()
        server.end()


def _bare_start_to_page(browser: Browser, folder: Path) -> float:
    """Streamlit's own share of a start: what no studio built on it can be below."""
    script, port = folder / "bare.py", free_port()
    script.write_text(BARE_APP, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port), "--browser.gatherUsageStats", "false"]
    page = _new_page(browser)
    start = time.monotonic()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            while not is_healthy(f"http://127.0.0.1:{port}"):
                time.sleep(0.05)
            page.goto(f"http://127.0.0.1:{port}")
            page.get_by_role("heading", level=1, name="Bare").wait_for()
            wait_until_idle(page)
            return time.monotonic() - start
        finally:
            page.close()
            process.terminate()


def _page_changes(page: Page) -> dict[str, float]:
    seconds = {}
    for screen in [*list(TITLES)[1:], "home"]:
        wait_until_idle(page)
        page.evaluate(pages.SCREEN_IS_THERE, TITLES[screen])
        page.get_by_role("link", name=screen.capitalize(), exact=True).first.click()
        seconds[screen] = pages.seconds_of(page)
    print({screen: round(value * 1000) for screen, value in seconds.items()})
    return seconds


def _search_runs(page: Page, server: StudioServer) -> float:
    open_screen(page, server.url, "runs")
    box = page.get_by_role("textbox").first
    box.fill("fnn-1")
    page.wait_for_timeout(500)  # a page that is still settling may put its own text back
    box.fill("fnn-1")
    page.evaluate(pages.RERUN)
    box.press("Enter")
    return pages.seconds_of(page)


def _add_history(server: StudioServer) -> None:
    store = open_store(server.settings)
    spec = sample_spec(store, "breast_cancer", "diagnosis", NUM_EPOCHS)
    add_finished_runs(store, spec, NUM_RUNS)
    store.close()


def _begin_live_run(server: StudioServer) -> LiveRun:
    store = open_store(server.settings)
    return start_live_run(store, sample_spec(store, "breast_cancer", "diagnosis", 5000))


def _new_page(browser: Browser) -> Page:
    page = browser.new_page(viewport=WIDE)
    page.set_default_timeout(60_000)
    page.add_init_script(pages.CLOCKS)
    return page


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A Chromium, closed at the end."""
    program = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(server: StudioServer) -> Iterator[None]:
    """A studio that runs, ended with its workers at the end."""
    server.start()
    try:
        yield
    finally:
        server.end()
