"""Scripts of components heed the newest data, in whatever order the browser lets the calls go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from dlstudio.ui import design_drawing, live_chart

pytestmark = pytest.mark.browser

ADDRESS = "http://studio.test/"
ASSETS = Path(live_chart.__file__).parent / "assets"
CALLS = """
async ([html, script, calls]) => {
  const opened = []
  const usual = window.EventSource
  window.EventSource = class extends usual {
    constructor(...given) { super(...given); opened.push(this) }
  }
  const place = document.body.appendChild(document.createElement("div"))
  const parentElement = place.attachShadow({ mode: "open" })
  parentElement.innerHTML = html
  const blob = new Blob([script], { type: "text/javascript" })
  const { default: call } = await import(URL.createObjectURL(blob))
  // As Streamlit does: all calls but that of the newest data are cleaned up at once.
  const newest = Math.max(...calls.map((data) => data.number))
  const cleanups = calls.map((data) => {
    const cleanup = call({ data, parentElement, setTriggerValue: () => {} })
    if (data.number < newest) cleanup?.()
    return cleanup
  })
  const isOpen = (source) => source.readyState !== usual.CLOSED
  const shown = parentElement.textContent
  const streams = opened.filter(isOpen).map((source) => source.url)
  place.remove()
  cleanups.forEach((cleanup) => cleanup?.())
  return { shown, streams, left: opened.filter(isOpen).length }
}
"""


@pytest.fixture
def studio_page(new_page: Callable[..., Page]) -> Page:
    """An empty page of an address whose streams hold nothing."""

    def answer(route: Route) -> None:
        is_stream = "studio/live" in route.request.url
        route.fulfill(body="", content_type="text/event-stream" if is_stream else "text/html")

    page = new_page()
    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    return page


def test_an_older_drawing_does_not_replace_a_newer_one(studio_page: Page) -> None:
    calls = [{"svg": "<svg><text>newer</text></svg>", "number": 7}]
    calls.append({"svg": "<svg><text>older</text></svg>", "number": 6})
    html = '<div class="network"></div>'
    seen = studio_page.evaluate(CALLS, [html, design_drawing.SCRIPT, calls])
    assert seen["shown"] == "newer"


@pytest.mark.parametrize("order", [[6, 7, 8], [8, 6, 7], [7, 8, 6]], ids=str)
def test_live_curves_follow_the_newest_runs_until_they_are_gone(
    studio_page: Page, order: list[int]
) -> None:
    calls = [
        {
            "number": number,
            "choices": {"metric": "loss", "across": "epoch", "smoothing": 0, "log": False},
            "metrics": {},
            "runs": [{"id": f"run{number}", "name": "", "status": "running", "is_over": False}],
        }
        for number in order
    ]
    html = (ASSETS / "live_chart.html").read_text(encoding="utf-8")
    seen = studio_page.evaluate(CALLS, [html, live_chart.SCRIPT, calls])
    assert seen["streams"] == [f"{ADDRESS}studio/live?runs=run8&after=0"]
    assert seen["left"] == 0
