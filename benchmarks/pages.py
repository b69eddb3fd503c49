"""Clocks inside the browser: they start at the click and stop when the screen has changed."""

import time

import psutil
from playwright.sync_api import Page

from tests.fixtures.server import StudioServer

# Finds an element through shadow roots; the curves live inside one.
CLOCKS = """
window.studioFind = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const one of root.querySelectorAll('*')) {
        const inner = one.shadowRoot && window.studioFind(selector, one.shadowRoot);
        if (inner) return inner;
    }
    return null;
};
window.studioClock = (isDone) => {
    const giveUp = performance.now() + 60000;
    window.studioResult = new Promise((resolve, reject) => {
        let start = null;
        const begin = () => { start ??= performance.now(); };
        for (const name of ['click', 'keydown']) {
            document.addEventListener(name, begin, { capture: true, once: true });
        }
        const look = () => {
            if (start !== null && isDone()) resolve(performance.now() - start);
            else if (performance.now() > giveUp) reject(new Error('Nothing was seen in 60 s.'));
            else requestAnimationFrame(look);
        };
        look();
    });
};
window.studioIsIdle = () => document.querySelector('[data-testid="stApp"]')
    ?.getAttribute('data-test-script-state') === 'notRunning';
"""

# Done once the script has run and ended after the click; a run may begin and end between frames.
RERUN = """() => {
    let hasRun = false;
    // The whole document, because Streamlit may put another element in the place of its root.
    new MutationObserver(() => { hasRun = true; }).observe(
        document, { attributes: true, attributeFilter: ['data-test-script-state'], subtree: true });
    window.studioClock(() => hasRun && window.studioIsIdle());
}"""

SCREEN_IS_THERE = """(title) => window.studioClock(
    () => document.querySelector('h1')?.innerText.trim() === title && window.studioIsIdle())"""

FIRST_POINT = """() => window.studioClock(
    () => Number(window.studioFind('[data-testid="live-curves"]')?.dataset.numPoints ?? 0) > 0)"""

# Notes the moment at which each epoch is drawn.
NOTE_EPOCHS = """() => {
    const curves = window.studioFind('[data-testid="live-curves"]');
    window.studioSeen = {};
    new MutationObserver(() => {
        window.studioSeen[curves.dataset.lastEpoch] ??= Date.now() / 1000;
    }).observe(curves, { attributes: true, attributeFilter: ['data-last-epoch'] });
}"""


def seconds_of(page: Page) -> float:
    """Wait for the clock that was set and return what it shows."""
    return page.evaluate("window.studioResult") / 1000


def busy_seconds(page: Page, duration_s: float) -> float:
    """How many seconds of a second the browser's main thread works, over some seconds."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    before, start = worked(), time.monotonic()
    page.wait_for_timeout(duration_s * 1000)
    return (worked() - before) / (time.monotonic() - start)


def wait_for_warm_worker(server: StudioServer, timeout_s: float = 90) -> None:
    """Wait until one worker of the studio has TensorFlow and has come to rest."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for worker in server.workers():
            try:
                is_loaded = worker.memory_info().rss > 300 * 1024**2
                if is_loaded and worker.cpu_percent(interval=1.0) < 5:
                    return
            except psutil.Error:
                continue
        time.sleep(0.2)
    raise TimeoutError("no worker became warm")
