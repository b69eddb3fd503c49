"""The live curves say where fine-tuning begins as soon as it has."""

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import StudioServer
from tests.ui.fine_tuned_runs import describe_photos, fine_tuned
from tests.ui.live_runs import any_spec, begin_runs, heartbeats

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FROZEN = 6


def test_the_mark_appears_with_the_first_fine_tuned_epoch(
    own_studio: StudioServer, page: Page
) -> None:
    spec = fine_tuned(any_spec(), FROZEN)
    run, plain = [
        *begin_runs(own_studio.settings, ["photos"], spec),
        *begin_runs(own_studio.settings, ["plain"]),
    ]
    describe_photos(run.store, run.run)
    run.train(FROZEN)
    plain.train(9)
    own_studio.start()
    with heartbeats([run, plain]):
        page.goto(f"{own_studio.url}/train?run={run.run.id}")
        chart = page.locator("canvas.canvas")
        expect(chart).to_have_attribute("data-last-epoch", str(FROZEN))
        expect(chart).to_have_attribute("data-marks", "")

        run.train(4)

        expect(chart).to_have_attribute("data-marks", f"{FROZEN} fine-tuning begins")
        said = chart.get_attribute("aria-label") or ""
        assert f"After epoch {FROZEN}: fine-tuning begins." in said
        for across in ("time", "step"):
            page.locator("select.across").select_option(across)
            expect(chart).to_have_attribute("data-marks", f"{FROZEN} fine-tuning begins")

        page.goto(f"{own_studio.url}/train?run={plain.run.id}&runs={run.run.id}")
        named = f"{FROZEN} photos: fine-tuning begins"
        expect(page.locator("canvas.canvas")).to_have_attribute("data-marks", named)
