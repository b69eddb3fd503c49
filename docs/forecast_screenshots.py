"""Make a picture of a forecast on Predict: `python -m docs.forecast_screenshots`.

The passengers of an airline are forecast with the defaults. Name: predict-forecasting.png.
"""

import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import ViewportSize

from dlstudio.data.samples import add_sample
from dlstudio.runs.store import open_store
from dlstudio.settings import Settings
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from docs.screenshots import FOLDER, new_browser, new_studio, save_picture
from tests.fixtures.screens import wait_until_idle

SAMPLE, TARGET = "airline_passengers", "Passengers"
SIZE = ViewportSize(width=1280, height=1040)
LONGEST_S = 600


def main() -> None:
    """Train one forecast and take a picture of its next steps."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        run_id = _train(server.settings)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/predict?{urlencode({'run': run_id})}")
        page.get_by_text("Download the table").first.wait_for()
        wait_until_idle(page)
        save_picture(page, "predict-forecasting.png")


def _train(settings: Settings) -> str:
    info = add_sample(settings, SAMPLE).info
    store = open_store(settings)
    try:
        spec = default_spec(info, (TARGET,), TaskKind.FORECASTING)
        run_id = store.submit(spec, "passengers").id
        for _ in range(LONGEST_S):
            if store.get_run(run_id).status.is_over:
                break
            time.sleep(1.0)
        return run_id
    finally:
        store.close()


if __name__ == "__main__":
    main()
