"""What a person does again and again, in the words of the screens."""

import re

from playwright.sync_api import Page, expect

from tests.fixtures.screens import open_screen, wait_for_screen

TRAINED_WITHIN_MS = 120_000


class Visitor:
    """A person at a studio: reads titles and labels, clicks, waits for what they see."""

    def __init__(self, page: Page, url: str) -> None:
        """Sit down at the studio at `url`."""
        self.page = page
        self.url = url

    def train_sample(self, key: str) -> str:
        """Train a sample's drafted network in two clicks from Home; returns the run's id."""
        open_screen(self.page, self.url)
        self.page.locator(f".st-key-use_{key} button").first.click()
        self.page.locator(f".st-key-train_{key} button").first.click(timeout=TRAINED_WITHIN_MS)
        wait_for_screen(self.page, "train")
        return self.run_id()

    def run_id(self) -> str:
        """The run that the address names."""
        self.page.wait_for_url(re.compile(r"[?&]run=\w+"))
        found = re.search(r"[?&]run=(\w+)", self.page.url)
        assert found
        return found[1]

    def watch(self, run_id: str) -> None:
        """Open a run's live curves by their address."""
        open_screen(self.page, self.url, "train", run=run_id)

    def last_epoch(self) -> int:
        """The largest epoch that the live curves show; 0 before the first."""
        return int(self.page.get_by_test_id("live-curves").get_attribute("data-last-epoch") or 0)

    def wait_for_epoch(self, epoch: int) -> None:
        """Wait until the live curves show an epoch."""
        self.page.wait_for_function(
            """(epoch) => {
                const find = (root) => {
                    const found = root.querySelector('[data-testid="live-curves"]');
                    if (found) return found;
                    for (const one of root.querySelectorAll('*')) {
                        const inner = one.shadowRoot && find(one.shadowRoot);
                        if (inner) return inner;
                    }
                    return null;
                };
                return Number(find(document)?.dataset.lastEpoch ?? 0) >= epoch;
            }""",
            arg=epoch,
            timeout=TRAINED_WITHIN_MS,
        )

    def wait_until(self, status: str) -> None:
        """Wait until the Train page says that the run in focus has this status."""
        progress = self.page.get_by_test_id("stProgress").first
        expect(progress).to_contain_text(status, timeout=TRAINED_WITHIN_MS)
