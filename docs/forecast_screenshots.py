"""Make a picture of a forecast on Predict: `python -m docs.forecast_screenshots`.

The passengers of an airline are forecast with the defaults. Name: predict-forecasting.png.
"""

import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import ViewportSize

from dlstudio.data.samples import add_sample
from dlstudio.spec.defaults import default_spec
from dlstudio.spec.task import TaskKind
from docs.screenshots import FOLDER, new_browser, new_studio, save_picture, trained_run
from tests.fixtures.screens import wait_until_idle

SAMPLE, TARGET = "airline_passengers", "Passengers"
SIZE = ViewportSize(width=1280, height=1040)


def main() -> None:
    """Train one forecast and take a picture of its next steps."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        info = add_sample(server.settings, SAMPLE).info
        spec = default_spec(info, (TARGET,), TaskKind.FORECASTING)
        run_id = trained_run(server.settings, spec, "passengers")
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/predict?{urlencode({'run': run_id})}")
        page.get_by_text("Download the table").first.wait_for()
        wait_until_idle(page)
        save_picture(page, "predict-forecasting.png")


if __name__ == "__main__":
    main()
