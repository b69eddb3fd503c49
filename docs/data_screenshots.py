"""Make one picture of the Data page for each kind of data: `python -m docs.data_screenshots`.

Samples show images, texts, recordings and a series. Sounds and videos do not come with the studio:
give the paths of folders or ZIPs, `python -m docs.data_screenshots sounds.zip videos.zip`.
Names: data-KIND.png.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, ViewportSize

from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from docs.screenshots import FOLDER, new_browser, new_studio, save_picture
from tests.fixtures.screens import wait_until_idle
from tests.fixtures.server import StudioServer

SAMPLES = ("digits", "reviews", "japanese_vowels", "airline_passengers")
TALL = ViewportSize(width=1280, height=1100)
# The first kind that is among the columns names the picture.
KINDS = (
    ColumnKind.IMAGE,
    ColumnKind.AUDIO,
    ColumnKind.VIDEO,
    ColumnKind.SEQUENCE,
    ColumnKind.TEXT,
    ColumnKind.DATETIME,
)


def main(paths: list[Path]) -> None:
    """Add samples and files to an empty studio and take a picture of each.

    Args:
        paths: Folders or files to add beside the samples.
    """
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        for dataset in _datasets(server.settings, paths):
            page = browser.new_page(viewport=TALL, color_scheme="light")
            page.set_default_timeout(60_000)
            _take(page, server, dataset)
            page.close()


def _datasets(settings: Settings, paths: list[Path]) -> Iterator[Dataset]:
    yield from (add_sample(settings, key) for key in SAMPLES)
    yield from (add_dataset(settings, path) for path in paths)


def _take(page: Page, server: StudioServer, dataset: Dataset) -> None:
    present = {column.kind for column in dataset.info.columns}
    kind = next(kind for kind in KINDS if kind in present)
    tab = "Over time" if kind is ColumnKind.DATETIME else "Examples"
    page.goto(f"{server.url}/data?{urlencode({'dataset': dataset.info.name, 'tab': tab})}")
    page.get_by_role("heading", level=1, name=dataset.info.name).wait_for()
    wait_until_idle(page)
    if kind is ColumnKind.IMAGE:
        page.get_by_text("By class", exact=True).click()
        wait_until_idle(page)
    save_picture(page, f"data-{kind.value}.png")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
