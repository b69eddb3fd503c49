"""The live curves in a real browser: they cost little, and a zoom survives new points."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

from dlstudio.ui.train_view import MOST_PLOTTED
from tests.fixtures.screens import go_to, wait_until_idle
from tests.fixtures.server import StudioServer
from tests.ui.live_runs import HandTrainedRun, begin_runs, heartbeats

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_MAIN_THREAD_MS = 100.0
NUM_POINTS = 1_000
MEASURED_S = 10.0
USUAL = ("loss", "epoch", "0", False)
CHOSEN = ("accuracy", "time", "0.6", True)
UNTIL_TOLD_MS = 1_500


@pytest.fixture
def live_runs(own_studio: StudioServer) -> Iterator[list[HandTrainedRun]]:
    """Three runs of 1,000 epochs: six curves; and a server that shows them."""
    runs = begin_runs(own_studio.settings, ["first", "second", "third"])
    for run in runs:
        run.train(NUM_POINTS)
    own_studio.start()
    with heartbeats(runs):
        yield runs


def open_curves(page: Page, studio: StudioServer, runs: list[HandTrainedRun]) -> None:
    first, *others = [run.run.id for run in runs]
    page.goto(f"{studio.url}/train?run={first}&runs={','.join(others)}")
    page.locator(".values tbody tr").nth(2 * len(runs) - 1).wait_for()


def zoom(page: Page) -> None:
    """Drag a box over the curves."""
    box = page.locator("canvas.canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 200, steps=5)
    page.mouse.up()
    page.locator("button.reset:enabled").wait_for()


def chart_text(page: Page) -> str:
    return page.locator("canvas.canvas").get_attribute("aria-label") or ""


def test_six_curves_of_a_thousand_points_cost_little_of_the_main_thread(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    open_curves(page, own_studio, live_runs)
    page.wait_for_timeout(2_000)

    with training_at_one_hertz(live_runs):
        page.wait_for_timeout(1_500)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        seen, before = chart_text(page), main_thread_s(session)
        started_at = time.monotonic()
        page.wait_for_timeout(MEASURED_S * 1000)
        spent_ms = 1000 * (main_thread_s(session) - before) / (time.monotonic() - started_at)

    print(f"live view: {spent_ms:.1f} ms of the main thread a second")
    assert chart_text(page) != seen, "no points arrived"
    assert 0.1 < spent_ms <= MOST_MAIN_THREAD_MS


def test_new_points_appear_within_a_second_and_a_zoom_survives_them(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    open_curves(page, own_studio, live_runs)
    zoom(page)
    zoomed = page.locator("canvas.canvas").screenshot()

    before = chart_text(page)
    for run in live_runs:
        run.train(5)
    page.wait_for_function(
        "before => { const find = (root) => root.querySelector('canvas.canvas') ?? "
        "[...root.querySelectorAll('*')].map((e) => e.shadowRoot && find(e.shadowRoot))"
        ".find(Boolean); return find(document)?.getAttribute('aria-label') !== before }",
        arg=before,
        timeout=3_000,
    )

    assert page.locator("button.reset").is_enabled()
    assert page.locator("canvas.canvas").screenshot() == zoomed, "new points moved the zoomed view"
    page.locator("button.reset").click()
    page.locator("button.reset:disabled").wait_for()


def test_a_ticked_box_draws_a_run_at_once_and_boxes_ticked_fast_draw_all(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    page.goto(f"{own_studio.url}/train?run={live_runs[0].run.id}")
    rows = page.locator(".values tbody tr")
    expect(rows).to_have_count(2)
    boxes = page.get_by_role("checkbox", name="Draw its curves too")
    labels = page.get_by_text("Draw its curves too")

    labels.nth(0).click()
    expect(rows).to_have_count(4)
    page.go_back()
    expect(boxes.nth(0)).not_to_be_checked()
    expect(rows).to_have_count(2)
    wait_until_idle(page)

    places = [box for label in labels.all() if (box := label.bounding_box())]
    for place in places:
        page.mouse.click(place["x"] + 5, place["y"] + 5)
    expect(rows).to_have_count(2 + 2 * len(places))
    assert [box.is_checked() for box in boxes.all()] == [True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_of_eight_runs_look_alike(
    own_studio: StudioServer, new_page: Callable[..., Page], scheme: str
) -> None:
    runs = begin_runs(own_studio.settings, [f"run {number}" for number in range(MOST_PLOTTED)])
    for run in runs:
        run.train(30)
        run.finish()
    own_studio.start()
    page = new_page(color_scheme=scheme)
    open_curves(page, own_studio, runs)

    looks = (page.locator("canvas.canvas").get_attribute("data-looks") or "").splitlines()
    assert len(looks) == 2 * MOST_PLOTTED
    assert len(set(looks)) == len(looks)
    assert page.locator(".values svg.dash polygon").count() == 2  # both curves of the eighth


def shown(page: Page) -> tuple[str, str, str, bool]:
    """What the controls above the curves say: metric, axis, smoothing, log scale."""
    page.locator(".values tbody tr").first.wait_for()
    names = ("select.metric", "select.across", "input.smoothing")
    metric, across, smoothing = (page.locator(name).input_value() for name in names)
    return metric, across, smoothing, page.locator("input.log").is_checked()


def choose(page: Page, metric: str, across: str, smoothing: str, log: bool) -> None:
    page.locator("select.metric").select_option(metric)
    page.locator("select.across").select_option(across)
    page.locator("input.smoothing").fill(smoothing)
    page.locator("input.log").set_checked(log)


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def test_what_the_curves_show_stands_in_the_address(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_curves(page, own_studio, live_runs)
    wait_until_idle(page)
    usual, num_steps = query(page), page.evaluate("history.length")
    assert set(usual) == {"run", "runs"}

    choose(page, *CHOSEN)
    expect(page.locator(".about")).to_have_text("Share of rows that were predicted right.")
    zoom(page)
    zoomed = page.locator("canvas.canvas").screenshot()
    page.wait_for_timeout(UNTIL_TOLD_MS)
    wait_until_idle(page)

    address = {**usual, "metric": "accuracy", "across": "time", "smoothing": "0.6", "log": "true"}
    assert query(page) == address
    assert page.evaluate("history.length") == num_steps, "each choice became a step back"
    assert page.locator("canvas.canvas").screenshot() == zoomed, "telling the page moved the curves"

    page.reload()
    assert shown(page) == CHOSEN
    assert query(page) == address
    beside = new_page()
    beside.goto(page.url)
    assert shown(beside) == CHOSEN

    choose(page, *USUAL)
    page.wait_for_timeout(UNTIL_TOLD_MS)
    assert query(page) == usual
    page.reload()
    assert shown(page) == USUAL


def test_choices_go_along_from_run_to_run_and_back(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    open_curves(page, own_studio, live_runs[:1])
    choose(page, "accuracy", "step", "0.3", False)
    page.wait_for_timeout(UNTIL_TOLD_MS)

    go_to(page, "runs")
    assert not {"metric", "across", "smoothing"} & set(query(page))
    go_to(page, "train")
    assert shown(page) == ("accuracy", "step", "0.3", False)
    page.wait_for_timeout(UNTIL_TOLD_MS)
    assert query(page)["across"] == "step"

    page.get_by_role("button", name="second").click()
    page.wait_for_url(f"**run={live_runs[1].run.id}**")
    wait_until_idle(page)
    choose(page, "accuracy", "step", "0.3", True)
    page.wait_for_timeout(UNTIL_TOLD_MS)
    page.go_back()
    expect(page.locator("input.log")).not_to_be_checked()
    assert shown(page) == ("accuracy", "step", "0.3", False)


def test_an_address_that_asks_for_what_does_not_exist_shows_the_usual(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    nonsense = "metric=beauty&across=miles&smoothing=lots&log=maybe"
    page.goto(f"{own_studio.url}/train?run={live_runs[0].run.id}&{nonsense}")

    assert shown(page) == USUAL
    choose(page, "loss", "time", "0", False)
    page.wait_for_timeout(UNTIL_TOLD_MS)
    assert "smoothing" not in query(page)


def test_a_finished_run_shows_its_scores_without_a_refresh(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    open_curves(page, own_studio, live_runs)
    page.get_by_role("button", name="Stop and keep the best").wait_for()

    live_runs[0].finish()

    page.get_by_role("button", name="Full report").wait_for(timeout=6_000)
    expect(page.get_by_text("Accuracy, test").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop and keep the best")).to_have_count(0)


def test_the_streams_of_the_curves_end_when_the_page_is_left(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    page.add_init_script(
        "window.opened = []; const usual = EventSource;"
        "window.EventSource = class extends usual {"
        "  constructor(...given) { super(...given); window.opened.push(this) } }"
    )
    num_open = "window.opened.filter((source) => source.readyState !== EventSource.CLOSED).length"
    open_curves(page, own_studio, live_runs)
    assert page.evaluate(num_open) == 1

    go_to(page, "runs")
    page.wait_for_function(f"{num_open} === 0")


def test_the_curves_can_be_read_with_the_keyboard(
    own_studio: StudioServer, live_runs: list[HandTrainedRun], page: Page
) -> None:
    open_curves(page, own_studio, live_runs)
    page.locator("canvas.canvas").focus()

    page.keyboard.press("Home")
    expect(page.locator(".tip b")).to_have_text("Epoch 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tip b")).to_have_text("Epoch 2")


def test_both_losses_of_a_game_are_drawn_together(own_studio: StudioServer, page: Page) -> None:
    runs = begin_runs(own_studio.settings, ["game"])
    runs[0].is_game = True
    runs[0].train(20)
    own_studio.start()
    with heartbeats(runs):
        page.goto(f"{own_studio.url}/train?run={runs[0].run.id}")
        page.locator(".values tbody tr").nth(1).wait_for()

        expect(page.locator("select.metric")).to_have_value("both_losses")
        names = page.locator(".values tbody button.name")
        expect(names).to_have_text(["Generator loss, train", "Discriminator loss, train"])
        page.locator("select.metric").select_option("generator_loss")
        expect(names).to_have_text(["Train"])


@contextmanager
def training_at_one_hertz(runs: list[HandTrainedRun]) -> Iterator[None]:
    """Let runs finish one epoch a second while the block runs."""
    is_over = threading.Event()

    def train() -> None:
        while not is_over.wait(1.0):
            for run in runs:
                run.train(1)

    thread = threading.Thread(target=train)
    thread.start()
    yield
    is_over.set()
    thread.join()


def main_thread_s(session: CDPSession) -> float:
    """Seconds that the page's main thread has worked since the session looks."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration")
