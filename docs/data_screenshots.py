"""Make one picture of the Data page for each kind of data: `python -m docs.data_screenshots`.

Samples show images, texts, recordings and a series. Sounds, videos and a series with gaps are those
of the benchmarks: downloaded into the folder that `DLSTUDIO_BENCHMARK_DATA` names, or into one that
is removed afterwards. Names: data-KIND.png and data-gaps.png.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, ViewportSize

from benchmarks.audio_data import drums
from benchmarks.forecasting import all_series
from benchmarks.measurement import FOLDER_VARIABLE
from benchmarks.videos_data import clips
from dlstudio.data.catalog import add_dataset
from dlstudio.data.dataset import Dataset
from dlstudio.data.samples import add_sample
from dlstudio.settings import Settings
from dlstudio.spec.dataset import ColumnKind
from docs.screenshots import FOLDER, new_browser, new_studio, save_picture
from tests.fixtures.screens import wait_until_idle
from tests.fixtures.server import StudioServer

DRUMS_SEED = 10  # of the split, which the picture does not show
GAPS = "gaps"  # weekly carbon dioxide since 1958; the weeks that were not measured are left out
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


def main() -> None:
    """Add samples and files to an empty studio and take a picture of each."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_studio(Path(folder)) as server,
        new_browser() as browser,
    ):
        os.environ.setdefault(FOLDER_VARIABLE, str(Path(folder) / "downloads"))
        for dataset in _datasets(server.settings):
            page = browser.new_page(viewport=TALL, color_scheme="light")
            page.set_default_timeout(60_000)
            _take(page, server, dataset)
            page.close()


def _datasets(settings: Settings) -> Iterator[Dataset]:
    yield from (add_sample(settings, key) for key in SAMPLES)
    yield add_dataset(settings, drums(DRUMS_SEED), "drums")
    yield add_dataset(settings, clips())
    yield add_dataset(settings, _with_gaps(settings.home), GAPS)


def _with_gaps(folder: Path) -> Path:
    path = folder / f"{GAPS}.csv"
    series = next(one for one in all_series() if one.name == "co2")
    series.read().dropna().to_csv(path, index=False)
    return path


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
    save_picture(page, f"data-{GAPS if dataset.info.name == GAPS else kind.value}.png")


if __name__ == "__main__":
    main()
